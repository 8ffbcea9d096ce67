//! The stacks of a system.

use super::Settings;

/// One of the stacks of a system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StackKind {
    /// `inbox.yaml`: the files that visitors send. Only with the setting `Inbox`.
    Inbox,
    /// `stack.yaml`: the site, the API and the keys. With an inbox, some of its parameters are outputs of that stack.
    System,
    /// `observability.yaml`: alarms, dashboard and access logs. Its parameters are outputs of the system stack.
    Observability,
}

impl StackKind {
    /// All of them, in the order of deployment.
    pub const ALL: [Self; 3] = [Self::Inbox, Self::System, Self::Observability];

    /// Those that these settings want, in the order of deployment.
    pub fn wanted(settings: &Settings) -> impl Iterator<Item = Self> {
        let has_inbox = settings.has_inbox();
        Self::ALL.into_iter().filter(move |kind| *kind != Self::Inbox || has_inbox)
    }

    /// The name of the stack in a system of this name.
    #[must_use]
    pub fn stack_name(self, system: &str) -> String {
        match self {
            Self::Inbox => format!("{system}-inbox"),
            Self::System => system.to_owned(),
            Self::Observability => format!("{system}-observability"),
        }
    }

    /// The template, in the checkout.
    pub(crate) const fn template_path(self) -> &'static str {
        match self {
            Self::Inbox => "cloudformation/inbox.yaml",
            Self::System => "cloudformation/stack.yaml",
            Self::Observability => "cloudformation/observability.yaml",
        }
    }
}
