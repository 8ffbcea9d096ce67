//! Evaluates resource policies for requests from CloudFront.
//!
//! Only the elements that such a policy needs are supported. With another condition operator, an `Allow`
//! statement does not allow and the reason is reported, and a `Deny` statement denies. A statement with
//! `NotAction` does not apply.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use serde_json::{Map, Value};

use crate::wildcard;

const CLOUDFRONT: &str = "cloudfront.amazonaws.com";

/// A parsed policy.
pub(super) struct PolicyDocument {
    statements: Vec<Value>,
}

/// A request from CloudFront.
#[derive(Clone, Copy)]
pub(super) struct PolicyRequest<'a> {
    /// `s3:GetObject`.
    pub(super) action: &'a str,
    pub(super) resource: &'a str,
    /// Condition keys in lower case, with their values.
    pub(super) context: &'a [(&'a str, &'a str)],
}

/// The result of an evaluation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Allowed,
    /// Which statement denies it.
    Denied(String),
    /// No statement allows it. The reasons why the statements that apply do not.
    NotAllowed(Vec<String>),
}

impl PolicyDocument {
    /// `None` if it is not a policy.
    pub(super) fn parse(json: &str) -> Option<Self> {
        let document: Value = serde_json::from_str(json).ok()?;
        match document.get("Statement")? {
            Value::Array(statements) => Some(Self { statements: statements.clone() }),
            one @ Value::Object(_) => Some(Self { statements: vec![one.clone()] }),
            _ => None,
        }
    }

    pub(super) fn evaluate(&self, request: PolicyRequest<'_>) -> Decision {
        let mut allowed = false;
        let mut reasons = Vec::new();
        for statement in &self.statements {
            let sid = statement.get("Sid").and_then(Value::as_str).unwrap_or("without a Sid");
            if !applies(statement, request) {
                continue;
            }
            let conditions = check_conditions(statement.get("Condition"), request);
            match (statement.get("Effect").and_then(Value::as_str), conditions) {
                (Some("Deny"), Ok(()) | Err(ConditionError::NotModelled(_))) => {
                    return Decision::Denied(format!("the statement {sid:?} denies it"));
                }
                (Some("Allow"), Ok(())) => allowed = true,
                (Some("Allow"), Err(ConditionError::False(reason) | ConditionError::NotModelled(reason))) => {
                    reasons.push(format!("the statement {sid:?}: {reason}"));
                }
                _ => {}
            }
        }
        if allowed { Decision::Allowed } else { Decision::NotAllowed(reasons) }
    }
}

/// Whether principal, action and resource match the request.
fn applies(statement: &Value, request: PolicyRequest<'_>) -> bool {
    let action = request.action.to_ascii_lowercase();
    let is_service =
        |value: &Value| texts(value.get("Service")).contains(&CLOUDFRONT) || texts(value.get("AWS")).contains(&"*");
    let principal = match statement.get("Principal") {
        Some(Value::String(all)) => all == "*",
        Some(principal) => is_service(principal),
        None => false,
    };
    principal
        && texts(statement.get("Action"))
            .iter()
            .any(|pattern| wildcard::matches(&pattern.to_ascii_lowercase(), &action))
        && texts(statement.get("Resource")).iter().any(|pattern| wildcard::matches(pattern, request.resource))
}

enum ConditionError {
    False(String),
    NotModelled(String),
}

fn check_conditions(condition: Option<&Value>, request: PolicyRequest<'_>) -> Result<(), ConditionError> {
    let empty = Map::new();
    let operators = condition.and_then(Value::as_object).unwrap_or(&empty);
    for (operator, keys) in operators {
        for (key, expected) in keys.as_object().unwrap_or(&empty) {
            let actual =
                request.context.iter().find(|(name, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| *value);
            let expected = texts(Some(expected));
            let matches = |actual: &str, pattern: &str| match operator.as_str() {
                "StringEquals" | "Bool" => Some(actual == pattern),
                "StringEqualsIgnoreCase" => Some(actual.eq_ignore_ascii_case(pattern)),
                "StringLike" | "ArnLike" | "ArnEquals" => Some(wildcard::matches(pattern, actual)),
                _ => None,
            };
            if matches("", "").is_none() {
                return Err(ConditionError::NotModelled(format!(
                    "not modelled locally: the condition operator {operator:?}"
                )));
            }
            let holds =
                actual.is_some_and(|actual| expected.iter().any(|pattern| matches(actual, pattern) == Some(true)));
            if !holds {
                let actual = actual.unwrap_or("absent");
                return Err(ConditionError::False(format!("{key} is {actual}, it must be {}", expected.join(" or "))));
            }
        }
    }
    Ok(())
}

/// The strings of a string, an array of strings or a boolean.
fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(text)) => vec![text],
        Some(Value::Bool(true)) => vec!["true"],
        Some(Value::Bool(false)) => vec!["false"],
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Decision, PolicyDocument, PolicyRequest};

    const OURS: &str = "arn:aws:cloudfront::000000000000:distribution/E1";

    fn evaluate(statement: &str) -> Decision {
        let context = [("aws:sourcearn", OURS)];
        let request =
            PolicyRequest { action: "s3:GetObject", resource: "arn:aws:s3:::cv/cv/resume.pdf", context: &context };
        PolicyDocument::parse(&format!("{{\"Statement\":[{statement}]}}")).unwrap().evaluate(request)
    }

    fn allow(action: &str, resource: &str, condition: &str) -> Decision {
        evaluate(&format!(
            r#"{{"Sid":"S","Effect":"Allow","Principal":{{"Service":"cloudfront.amazonaws.com"}},"Action":{action},"Resource":"{resource}"{condition}}}"#
        ))
    }

    fn source(operator: &str, arn: &str) -> String {
        format!(r#","Condition":{{"{operator}":{{"AWS:SourceArn":"{arn}"}}}}"#)
    }

    #[test]
    fn the_documented_statement_allows_cloudfront() {
        assert_eq!(allow(r#""s3:GetObject""#, "arn:aws:s3:::cv/*", &source("StringEquals", OURS)), Decision::Allowed);
        assert_eq!(
            allow(r#"["s3:PutObject","s3:Get*"]"#, "*", &source("ArnLike", "arn:aws:cloudfront::*:distribution/*")),
            Decision::Allowed
        );
    }

    #[test]
    fn another_distributions_arn_does_not_allow_this_one() {
        let Decision::NotAllowed(reasons) =
            allow(r#""s3:GetObject""#, "arn:aws:s3:::cv/*", &source("StringEquals", &format!("{OURS}2")))
        else {
            panic!()
        };
        assert_eq!(reasons, [format!("the statement \"S\": AWS:SourceArn is {OURS}, it must be {OURS}2")]);
    }

    #[test]
    fn another_bucket_action_or_principal_does_not_apply() {
        assert_eq!(allow(r#""s3:GetObject""#, "arn:aws:s3:::site/*", ""), Decision::NotAllowed(Vec::new()));
        assert_eq!(allow(r#""s3:ListBucket""#, "*", ""), Decision::NotAllowed(Vec::new()));
        let user = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::0:user/a"},"Action":"*","Resource":"*"}"#;
        assert_eq!(evaluate(user), Decision::NotAllowed(Vec::new()));
    }

    #[test]
    fn a_deny_overrides_an_allow() {
        let allow = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#;
        let deny = r#"{"Sid":"No","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#;
        assert_eq!(evaluate(&format!("{allow},{deny}")), Decision::Denied("the statement \"No\" denies it".to_owned()));
    }

    #[test]
    fn an_unsupported_operator_allows_nothing() {
        let Decision::NotAllowed(reasons) = allow(r#""s3:GetObject""#, "*", &source("StringNotLike", "x")) else {
            panic!()
        };
        assert!(reasons[0].contains("not modelled locally") && reasons[0].contains("StringNotLike"), "{reasons:?}");
    }

    #[test]
    fn a_condition_on_an_absent_key_is_false() {
        let condition = r#","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#;
        assert!(
            matches!(allow(r#""s3:GetObject""#, "*", condition), Decision::NotAllowed(reasons) if reasons.len() == 1)
        );
    }
}
