//! Deployment of a system: artifacts, stacks and site content; and its deletion.

pub mod artifacts;
mod bootstrap;
pub mod destroy;
pub mod policies;
pub mod pricing_plan;
pub mod release;
pub mod required_permissions;
pub mod site;
mod stack;

pub use self::{
    bootstrap::{BOOTSTRAP_STACK, Bootstrap, StackNameError, check_stack_names, find_github_provider},
    stack::{
        Action, Change, ChangeSet, Changes, Deployment, Error, InboxOutputs, KeyAlgorithm, LinksOutputs, MailOutputs,
        MissingOutput, Outputs, Parameters, PlannedResource, Purpose, RESERVED_PARAMETERS, Settings, SettingsError,
        StackKind, Template, delete, discard, execute, inbox_outputs, local_inbox_parameters, output_values, outputs,
        physical_id, plan, resources, stack_id,
    },
};
