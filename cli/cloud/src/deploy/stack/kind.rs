//! The stacks of a system.

/// One of the stacks of a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StackKind {
    /// `stack.yaml`: the site, the API and the keys.
    System,
    /// `observability.yaml`: alarms, dashboard and access logs. Its parameters are outputs of the system stack.
    Observability,
}

impl StackKind {
    /// Both, in the order of deployment.
    pub const ALL: [Self; 2] = [Self::System, Self::Observability];

    /// The name of the stack in a system of this name.
    #[must_use]
    pub fn stack_name(self, system: &str) -> String {
        match self {
            Self::System => system.to_owned(),
            Self::Observability => format!("{system}-observability"),
        }
    }

    pub(in crate::deploy) const fn template_path(self) -> &'static str {
        match self {
            Self::System => "cloudformation/stack.yaml",
            Self::Observability => "cloudformation/observability.yaml",
        }
    }
}
