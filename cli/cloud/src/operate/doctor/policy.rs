//! What a resource policy allows CloudFront and others.

use serde_json::Value;

/// The service principal of distributions.
const CLOUDFRONT: &str = "cloudfront.amazonaws.com";

/// A statement of a policy document.
pub(super) struct Statement<'a>(&'a Value);

/// The `Allow` statements of a document; `None` if it is not a policy.
pub(super) fn allows(document: &Value) -> Option<Vec<Statement<'_>>> {
    let statements = match &document["Statement"] {
        Value::Array(statements) => statements.iter().collect(),
        one @ Value::Object(_) => vec![one],
        _ => return None,
    };
    Some(statements.into_iter().filter(|statement| statement["Effect"] == "Allow").map(Statement).collect())
}

/// The `Deny` statements of a document.
pub(super) fn denies(document: &Value) -> Vec<Statement<'_>> {
    let statements = document["Statement"].as_array().into_iter().flatten();
    statements.filter(|statement| statement["Effect"] == "Deny").map(Statement).collect()
}

impl Statement<'_> {
    pub(super) fn has_action(&self, action: &str) -> bool {
        strings(&self.0["Action"]).any(|text| text.eq_ignore_ascii_case(action))
    }

    pub(super) fn has_resource(&self, resource: &str) -> bool {
        strings(&self.0["Resource"]).any(|text| text == resource)
    }

    /// Whether the principal is anyone, without a condition.
    pub(super) fn is_for_anyone(&self) -> bool {
        self.is_for_everyone() && self.0["Condition"].is_null()
    }

    /// Whether the principal is everyone, under whatever condition.
    pub(super) fn is_for_everyone(&self) -> bool {
        let principal = &self.0["Principal"];
        principal == "*" || strings(&principal["AWS"]).any(|text| text == "*")
    }

    /// Whether it has a condition on this key under this operator.
    pub(super) fn has_condition(&self, operator: &str, key: &str) -> bool {
        self.0["Condition"][operator].get(key).is_some()
    }

    pub(super) fn is_for_cloudfront(&self) -> bool {
        strings(&self.0["Principal"]["Service"]).any(|text| text == CLOUDFRONT)
    }

    /// The value of a condition on this key under any operator of equality. Keys are case-insensitive.
    pub(super) fn condition(&self, key: &str) -> Option<&str> {
        let operators = self.0["Condition"].as_object()?;
        let equal = operators.iter().filter(|(operator, _)| {
            matches!(operator.as_str(), "StringEquals" | "ArnEquals" | "ArnLike" | "StringLike" | "Bool")
        });
        let mut values = equal.filter_map(|(_, conditions)| conditions.as_object()).flatten();
        values.find(|(name, _)| name.eq_ignore_ascii_case(key)).and_then(|(_, value)| value.as_str())
    }
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    let several = value.as_array().into_iter().flatten();
    several.chain(value.is_string().then_some(value)).filter_map(Value::as_str)
}
