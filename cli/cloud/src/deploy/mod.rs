//! What is deployed, and how it gets into a cloud and out of it again.

pub mod artifact_bucket;
pub mod artifacts;
mod bootstrap;
pub mod destroy;
pub mod policies;
pub mod release;
pub mod site;
mod stack;

pub use self::{
    bootstrap::{BOOTSTRAP, Bootstrap, github_provider},
    stack::{
        Action, Change, ChangeSet, Changes, Deployment, Error, KeyAlgorithm, MissingOutput, Outputs, Parameters,
        Settings, Template, Unusable, delete, discard, execute, id, outputs, physical_id, plan, resources, values,
    },
};
