//! The changes of a change set, and their table.

use std::fmt;

use aws_sdk_cloudformation::types::{Change as Item, ChangeAction, Replacement};
use serde::Serialize;

use crate::table::align;

/// The action on a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The resource is deleted.
    Remove,
    /// The resource is replaced by a new one. Data of the old one is lost or retained.
    Replace,
    /// CloudFormation decides about a replacement after it has changed the dependencies.
    MayReplace,
    /// The resource is changed in place.
    Change,
    /// The resource is created.
    Add,
}

impl Action {
    fn new(action: Option<&ChangeAction>, replacement: Option<&Replacement>) -> Self {
        match (action, replacement) {
            (Some(ChangeAction::Remove), _) => Self::Remove,
            (Some(ChangeAction::Add), _) => Self::Add,
            (_, Some(Replacement::True)) => Self::Replace,
            (_, Some(Replacement::Conditional)) => Self::MayReplace,
            _ => Self::Change,
        }
    }

    /// The word in the table. Replacements are in capitals, since they are the riskiest.
    const fn as_str(self) -> &'static str {
        match self {
            Self::Remove => "remove",
            Self::Replace => "REPLACE",
            Self::MayReplace => "replace?",
            Self::Change => "change",
            Self::Add => "add",
        }
    }
}

/// The change of one resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// The action.
    pub action: Action,
    /// The name in the template.
    pub logical_id: String,
    /// The type, such as `AWS::S3::Bucket`.
    pub resource_type: String,
}

/// The changes of a change set. `Display` is the table: one line per resource, removals first, without a final newline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Changes(Vec<Change>);

impl Changes {
    /// The changes, in the order of the table.
    #[must_use]
    pub fn as_slice(&self) -> &[Change] {
        &self.0
    }

    /// The number of resources by action, such as `2 to add, 1 to change`.
    #[must_use]
    pub fn summary(&self) -> String {
        let count = |action| self.0.iter().filter(|change| change.action == action).count();
        let parts = [
            (count(Action::Add), "to add"),
            (count(Action::Change), "to change"),
            (count(Action::Replace), "to replace"),
            (count(Action::MayReplace), "that may be replaced"),
            (count(Action::Remove), "to remove"),
        ];
        let parts: Vec<_> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, verb)| format!("{n} {verb}")).collect();
        parts.join(", ")
    }

    pub(super) fn extend(&mut self, items: &[Item]) {
        let changes = items.iter().filter_map(Item::resource_change).map(|change| Change {
            action: Action::new(change.action(), change.replacement()),
            logical_id: change.logical_resource_id().unwrap_or_default().to_owned(),
            resource_type: change.resource_type().unwrap_or_default().to_owned(),
        });
        self.0.extend(changes);
        self.0.sort();
    }
}

impl fmt::Display for Changes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let row = |change: &Change| {
            [change.action.as_str().to_owned(), change.logical_id.clone(), change.resource_type.clone()]
        };
        f.write_str(&align(&self.0.iter().map(row).collect::<Vec<_>>()))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_cloudformation::types::ResourceChange;

    use super::*;

    fn item(action: ChangeAction, replacement: Option<Replacement>, logical_id: &str, kind: &str) -> Item {
        let change = ResourceChange::builder()
            .action(action)
            .set_replacement(replacement)
            .logical_resource_id(logical_id)
            .resource_type(kind);
        Item::builder().resource_change(change.build()).build()
    }

    fn changes() -> Changes {
        let mut changes = Changes::default();
        changes.extend(&[
            item(ChangeAction::Add, None, "Table", "AWS::DynamoDB::Table"),
            item(ChangeAction::Modify, Some(Replacement::False), "Role", "AWS::IAM::Role"),
            item(ChangeAction::Modify, Some(Replacement::True), "EdgeVersion", "AWS::Lambda::Version"),
        ]);
        changes.extend(&[
            item(ChangeAction::Modify, Some(Replacement::Conditional), "Distribution", "AWS::CloudFront::Distribution"),
            item(ChangeAction::Remove, None, "Old", "AWS::S3::Bucket"),
        ]);
        changes
    }

    #[test]
    fn the_table_begins_with_removals_and_marks_replacements() {
        assert_eq!(
            changes().to_string(),
            "remove    Old           AWS::S3::Bucket\n\
             REPLACE   EdgeVersion   AWS::Lambda::Version\n\
             replace?  Distribution  AWS::CloudFront::Distribution\n\
             change    Role          AWS::IAM::Role\n\
             add       Table         AWS::DynamoDB::Table"
        );
    }

    #[test]
    fn the_summary_counts_each_action_and_omits_zeros() {
        assert_eq!(changes().summary(), "1 to add, 1 to change, 1 to replace, 1 that may be replaced, 1 to remove");
        let mut adds = Changes::default();
        adds.extend(&[item(ChangeAction::Add, None, "Table", "AWS::DynamoDB::Table")]);
        assert_eq!(adds.summary(), "1 to add");
    }

    #[test]
    fn no_changes_are_an_empty_table() {
        assert_eq!(Changes::default().to_string(), "");
    }
}
