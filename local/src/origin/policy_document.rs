//! Resource policies, read for one question: do they let CloudFront in, for this distribution?
//!
//! Only what such a policy needs is understood. A statement with anything else (another condition operator, `NotAction`) does not
//! match when it allows, and is reported.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use serde_json::{Map, Value};

use crate::glob;

const CLOUDFRONT: &str = "cloudfront.amazonaws.com";

/// A parsed policy.
pub(super) struct PolicyDocument {
    statements: Vec<Value>,
}

/// What CloudFront is about to do.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    /// `s3:GetObject`.
    pub(super) action: &'a str,
    pub(super) resource: &'a str,
    /// Condition keys in lower case, with their values.
    pub(super) context: &'a [(&'a str, &'a str)],
}

/// What the policy says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Allowed,
    /// A sentence about the statement that forbids it.
    Denied(String),
    /// No statement allows it; what stands in the way of those that nearly do.
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

    pub(super) fn decide(&self, request: Request<'_>) -> Decision {
        let mut allowed = false;
        let mut nearly = Vec::new();
        for statement in &self.statements {
            let named = statement.get("Sid").and_then(Value::as_str).unwrap_or("without a Sid");
            if !is_about(statement, request) {
                continue;
            }
            let held = conditions_hold(statement.get("Condition"), request);
            match (statement.get("Effect").and_then(Value::as_str), held) {
                (Some("Deny"), Ok(()) | Err(Unmet::NotUnderstood(_))) => {
                    return Decision::Denied(format!("the statement {named:?} denies it"));
                }
                (Some("Allow"), Ok(())) => allowed = true,
                (Some("Allow"), Err(Unmet::False(why) | Unmet::NotUnderstood(why))) => {
                    nearly.push(format!("the statement {named:?}: {why}"));
                }
                _ => {}
            }
        }
        if allowed { Decision::Allowed } else { Decision::NotAllowed(nearly) }
    }
}

/// The reasons, each after a semicolon, for the end of a sentence.
pub(super) fn also(reasons: &[String]) -> String {
    reasons.iter().flat_map(|reason| ["; ", reason]).collect()
}

/// Whether principal, action and resource are this request's.
fn is_about(statement: &Value, request: Request<'_>) -> bool {
    let action = request.action.to_ascii_lowercase();
    let is_service =
        |value: &Value| texts(value.get("Service")).contains(&CLOUDFRONT) || texts(value.get("AWS")).contains(&"*");
    let principal = match statement.get("Principal") {
        Some(Value::String(all)) => all == "*",
        Some(principal) => is_service(principal),
        None => false,
    };
    principal
        && texts(statement.get("Action")).iter().any(|pattern| glob::matches(&pattern.to_ascii_lowercase(), &action))
        && texts(statement.get("Resource")).iter().any(|pattern| glob::matches(pattern, request.resource))
}

enum Unmet {
    False(String),
    NotUnderstood(String),
}

fn conditions_hold(condition: Option<&Value>, request: Request<'_>) -> Result<(), Unmet> {
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
                "StringLike" | "ArnLike" | "ArnEquals" => Some(glob::matches(pattern, actual)),
                _ => None,
            };
            if matches("", "").is_none() {
                return Err(Unmet::NotUnderstood(format!("not modelled locally: the condition operator {operator:?}")));
            }
            let holds =
                actual.is_some_and(|actual| expected.iter().any(|pattern| matches(actual, pattern) == Some(true)));
            if !holds {
                let actual = actual.unwrap_or("absent");
                return Err(Unmet::False(format!("{key} is {actual}, and must be {}", expected.join(" or "))));
            }
        }
    }
    Ok(())
}

/// A string, or an array of strings; other types of `Bool` values included.
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
    use super::{Decision, PolicyDocument, Request};

    const OURS: &str = "arn:aws:cloudfront::000000000000:distribution/E1";

    fn decide(statement: &str) -> Decision {
        let context = [("aws:sourcearn", OURS)];
        let request = Request { action: "s3:GetObject", resource: "arn:aws:s3:::cv/cv/resume.pdf", context: &context };
        PolicyDocument::parse(&format!("{{\"Statement\":[{statement}]}}")).unwrap().decide(request)
    }

    fn allow(action: &str, resource: &str, condition: &str) -> Decision {
        decide(&format!(
            r#"{{"Sid":"S","Effect":"Allow","Principal":{{"Service":"cloudfront.amazonaws.com"}},"Action":{action},"Resource":"{resource}"{condition}}}"#
        ))
    }

    fn source(operator: &str, arn: &str) -> String {
        format!(r#","Condition":{{"{operator}":{{"AWS:SourceArn":"{arn}"}}}}"#)
    }

    #[test]
    fn the_documented_statement_lets_cloudfront_in() {
        assert_eq!(allow(r#""s3:GetObject""#, "arn:aws:s3:::cv/*", &source("StringEquals", OURS)), Decision::Allowed);
        assert_eq!(
            allow(r#"["s3:PutObject","s3:Get*"]"#, "*", &source("ArnLike", "arn:aws:cloudfront::*:distribution/*")),
            Decision::Allowed
        );
    }

    #[test]
    fn another_distributions_arn_does_not_let_this_one_in() {
        let Decision::NotAllowed(nearly) =
            allow(r#""s3:GetObject""#, "arn:aws:s3:::cv/*", &source("StringEquals", &format!("{OURS}2")))
        else {
            panic!()
        };
        assert_eq!(nearly, [format!("the statement \"S\": AWS:SourceArn is {OURS}, and must be {OURS}2")]);
    }

    #[test]
    fn another_bucket_action_or_principal_is_not_about_it() {
        assert_eq!(allow(r#""s3:GetObject""#, "arn:aws:s3:::site/*", ""), Decision::NotAllowed(Vec::new()));
        assert_eq!(allow(r#""s3:ListBucket""#, "*", ""), Decision::NotAllowed(Vec::new()));
        let user = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::0:user/a"},"Action":"*","Resource":"*"}"#;
        assert_eq!(decide(user), Decision::NotAllowed(Vec::new()));
    }

    #[test]
    fn a_deny_goes_before_an_allow() {
        let allow = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#;
        let deny = r#"{"Sid":"No","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#;
        assert_eq!(decide(&format!("{allow},{deny}")), Decision::Denied("the statement \"No\" denies it".to_owned()));
    }

    #[test]
    fn an_operator_that_is_not_understood_lets_no_one_in() {
        let Decision::NotAllowed(nearly) = allow(r#""s3:GetObject""#, "*", &source("StringNotLike", "x")) else {
            panic!()
        };
        assert!(nearly[0].contains("not modelled locally") && nearly[0].contains("StringNotLike"), "{nearly:?}");
    }

    #[test]
    fn a_condition_on_an_absent_key_does_not_hold() {
        let condition = r#","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#;
        assert!(
            matches!(allow(r#""s3:GetObject""#, "*", condition), Decision::NotAllowed(nearly) if nearly.len() == 1)
        );
    }
}
