//! The ids in a distribution's configuration.

use serde_json::Value;

/// The texts of a configuration with the names of their fields. Those of a list have the list's name, in both of its
/// forms.
pub(super) fn references(config: &Value) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    collect("", config, &mut found);
    found
}

fn collect<'v>(name: &'v str, value: &'v Value, found: &mut Vec<(&'v str, &'v str)>) {
    match value {
        Value::String(text) => found.push((name, text)),
        Value::Array(items) => items.iter().for_each(|item| collect(name, item, found)),
        Value::Object(fields) => {
            for (field, value) in fields {
                collect(if field == "Items" { name } else { field }, value, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::references;
    use serde_json::json;

    #[test]
    fn the_items_of_a_list_have_its_name() {
        let config = json!({"A": {"Groups": ["x"]}, "B": [{"Groups": {"Items": ["y"], "Quantity": 1}}]});
        assert_eq!(references(&config), [("Groups", "x"), ("Groups", "y")]);
    }
}
