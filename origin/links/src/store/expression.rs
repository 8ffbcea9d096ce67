//! Update and condition expressions.
//!
//! Every attribute is written `#name`, since several names are reserved words.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ReservedWords.html>

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

/// The names of the placeholders in expressions: `#label` is `label`.
pub(super) fn names(expressions: &[&str]) -> HashMap<String, String> {
    let is_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let after_hash = expressions.iter().flat_map(|expression| expression.split('#').skip(1));
    let names = after_hash.map(|rest| rest.split(|character| !is_name(character)).next().unwrap_or_default());
    names.map(|name| (format!("#{name}"), name.to_owned())).collect()
}

/// The values of placeholders such as `:now`.
pub(super) fn values<const N: usize>(values: [(&str, AttributeValue); N]) -> HashMap<String, AttributeValue> {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(super) fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

pub(super) fn number(value: u64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_placeholder_has_its_name() {
        let names = names(&["SET #last_open = :now ADD #opens :one", "attribute_exists(#pk) AND #expires > :now"]);
        let mut names: Vec<_> = names.into_iter().collect();
        names.sort();
        let expected = ["expires", "last_open", "opens", "pk"].map(|name| (format!("#{name}"), name.to_owned()));
        assert_eq!(names, expected);
    }
}
