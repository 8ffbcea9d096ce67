//! Evaluates resource policies for requests from CloudFront.
//!
//! Only the elements that such a policy needs are supported. With another condition operator, an `Allow` statement does
//! not allow and a `Deny` statement denies. In both cases the reason is reported as "not modelled locally".
//!
//! Sources: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>,
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>

use serde_json::{Map, Value};

use crate::wildcard;

const CLOUDFRONT: &str = "cloudfront.amazonaws.com";

/// A parsed policy.
pub(super) struct PolicyDocument {
    statements: Vec<Value>,
}

/// As whom CloudFront sends a request.
#[derive(Clone, Copy)]
pub(super) enum Principal<'a> {
    /// The service, with origin access control.
    Service,
    /// An origin access identity.
    Identity { id: &'a str, canonical_user: &'a str },
}

/// A request from CloudFront.
#[derive(Clone, Copy)]
pub(super) struct PolicyRequest<'a> {
    pub(super) principal: Principal<'a>,
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
                (Some("Deny"), Ok(())) => return Decision::Denied(format!("the statement {sid:?} denies it")),
                (Some("Deny"), Err(ConditionError::NotModelled(reason))) => {
                    return Decision::Denied(format!("the statement {sid:?} may deny it: {reason}"));
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
    let matches_action = |pattern: &str| wildcard::matches(&pattern.to_ascii_lowercase(), &action);
    let matches_resource = |pattern: &str| wildcard::matches(pattern, request.resource);
    let is_listed = |element: &str, matches: &dyn Fn(&str) -> bool| {
        statement.get(element).map(|value| texts(Some(value)).iter().any(|text| matches(text)))
    };
    let with_negation = |element: &str, negation: &str, matches: &dyn Fn(&str) -> bool| {
        is_listed(element, matches).or_else(|| is_listed(negation, matches).map(|listed| !listed)).unwrap_or(false)
    };
    let is_sender = |principal: &Value| includes(principal, request.principal);
    let principal = statement.get("Principal").map(is_sender);
    let principal = principal.or_else(|| statement.get("NotPrincipal").map(|principal| !is_sender(principal)));
    principal.unwrap_or(false)
        && with_negation("Action", "NotAction", &matches_action)
        && with_negation("Resource", "NotResource", &matches_resource)
}

/// Whether the element `Principal` includes the sender.
///
/// Source for identities: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>,
/// "Use an origin access identity".
fn includes(principal: &Value, sender: Principal<'_>) -> bool {
    if let Value::String(all) = principal {
        return all == "*";
    }
    let lists = |kind: &str, name: &str| texts(principal.get(kind)).iter().any(|text| text == name);
    match sender {
        Principal::Service => lists("Service", CLOUDFRONT) || lists("AWS", "*"),
        Principal::Identity { id, canonical_user } => {
            let arn = format!("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity {id}");
            lists("AWS", &arn) || lists("AWS", "*") || lists("CanonicalUser", canonical_user)
        }
    }
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
            let holds = holds(operator, actual, &expected).ok_or_else(|| {
                ConditionError::NotModelled(format!("not modelled locally: the condition operator {operator:?}"))
            })?;
            if !holds {
                let actual = actual.unwrap_or("absent");
                let reason = format!("{key} is {actual}, it must be {operator} {}", expected.join(" or "));
                return Err(ConditionError::False(reason));
            }
        }
    }
    Ok(())
}

/// Whether a condition holds; `None` if its operator is not modelled. If the key is absent, a condition with `IfExists`
/// or a negated one holds, and every other does not.
fn holds(operator: &str, actual: Option<&str>, expected: &[String]) -> Option<bool> {
    let (base, if_exists) = operator.strip_suffix("IfExists").map_or((operator, false), |base| (base, true));
    let (base, negated) = match base.split_once("Not") {
        Some((kind, rest)) => (format!("{kind}{rest}"), true),
        None => (base.to_owned(), false),
    };
    let number = |text: &str| text.parse::<f64>().ok();
    let compare = |pattern: &str, actual: &str| match base.as_str() {
        "StringEquals" | "Bool" => Some(actual == pattern),
        "StringEqualsIgnoreCase" => Some(actual.eq_ignore_ascii_case(pattern)),
        "StringLike" | "ArnLike" | "ArnEquals" => Some(wildcard::matches(pattern, actual)),
        "NumericEquals" => Some(number(actual)?.total_cmp(&number(pattern)?).is_eq()),
        "NumericLessThan" => Some(number(actual)? < number(pattern)?),
        "NumericLessThanEquals" => Some(number(actual)? <= number(pattern)?),
        "NumericGreaterThan" => Some(number(actual)? > number(pattern)?),
        "NumericGreaterThanEquals" => Some(number(actual)? >= number(pattern)?),
        _ => None,
    };
    compare("1", "1")?;
    let Some(actual) = actual else { return Some(if_exists || negated) };
    let mut any = false;
    for pattern in expected {
        any |= compare(pattern, actual)?;
    }
    Some(any != negated)
}

/// The texts of a string, a number, a boolean or an array of them.
fn texts(value: Option<&Value>) -> Vec<String> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
    };
    match value {
        Some(Value::Array(values)) => values.iter().filter_map(text).collect(),
        value => value.and_then(text).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Decision, PolicyDocument, PolicyRequest, Principal};

    const OURS: &str = "arn:aws:cloudfront::000000000000:distribution/E1";

    fn evaluate(statement: &str) -> Decision {
        evaluate_as(Principal::Service, statement)
    }

    fn evaluate_as(principal: Principal<'_>, statement: &str) -> Decision {
        let context = [("aws:sourcearn", OURS), ("s3:tlsversion", "1.2")];
        let resource = "arn:aws:s3:::cv/cv/resume.pdf";
        let request = PolicyRequest { principal, action: "s3:GetObject", resource, context: &context };
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
        assert_eq!(reasons, [format!("the statement \"S\": AWS:SourceArn is {OURS}, it must be StringEquals {OURS}2")]);
    }

    #[test]
    fn another_bucket_action_or_principal_does_not_apply() {
        assert_eq!(allow(r#""s3:GetObject""#, "arn:aws:s3:::site/*", ""), Decision::NotAllowed(Vec::new()));
        assert_eq!(allow(r#""s3:ListBucket""#, "*", ""), Decision::NotAllowed(Vec::new()));
        let user = r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::0:user/a"},"Action":"*","Resource":"*"}"#;
        assert_eq!(evaluate(user), Decision::NotAllowed(Vec::new()));
    }

    /// The developer guide's example policies for an origin access identity.
    #[test]
    fn an_identity_is_named_by_its_arn_or_its_canonical_user() {
        let identity = Principal::Identity { id: "EH1HDMB1FH2TC", canonical_user: "79a5" };
        let allow = |principal: &str| {
            let statement = format!(
                r#"{{"Effect":"Allow","Principal":{principal},"Action":"s3:GetObject","Resource":"arn:aws:s3:::cv/*"}}"#
            );
            evaluate_as(identity, &statement) == Decision::Allowed
        };
        assert!(allow(r#"{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity EH1HDMB1FH2TC"}"#));
        assert!(allow(r#"{"CanonicalUser":["79a5","80b6"]}"#) && allow(r#"{"AWS":"*"}"#) && allow(r#""*""#));
        assert!(!allow(r#"{"AWS":"arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2"}"#));
        assert!(!allow(r#"{"CanonicalUser":"80b6"}"#) && !allow(r#"{"Service":"cloudfront.amazonaws.com"}"#));
    }

    #[test]
    fn a_deny_overrides_an_allow() {
        let allow = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#;
        let deny = r#"{"Sid":"No","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#;
        assert_eq!(evaluate(&format!("{allow},{deny}")), Decision::Denied("the statement \"No\" denies it".to_owned()));
    }

    #[test]
    fn an_unsupported_operator_allows_nothing() {
        let Decision::NotAllowed(reasons) = allow(r#""s3:GetObject""#, "*", &source("DateLessThan", "x")) else {
            panic!()
        };
        assert!(reasons[0].contains("not modelled locally") && reasons[0].contains("DateLessThan"), "{reasons:?}");
    }

    fn deny(elements: &str) -> Decision {
        let allow = r#"{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}"#;
        evaluate(&format!(r#"{allow},{{"Sid":"No","Effect":"Deny",{elements}}}"#))
    }

    /// aws/aws-cdk#27279: CloudFront speaks TLS 1.2 or later to S3, so a minimum version does not deny it.
    #[test]
    fn a_minimum_tls_version_does_not_deny_cloudfront() {
        let with = |version: &str| {
            deny(&format!(
                r#""Principal":"*","Action":"s3:*","Resource":"*","Condition":{{"NumericLessThan":{{"s3:TlsVersion":{version}}}}}"#
            ))
        };
        assert_eq!(with("\"1.2\""), Decision::Allowed);
        assert_eq!(with("1.2"), Decision::Allowed);
        assert_eq!(with("\"1.3\""), Decision::Denied("the statement \"No\" denies it".to_owned()));
    }

    /// The IAM guide's pages on `NotPrincipal`, `NotAction` and `NotResource`.
    #[test]
    fn a_deny_with_a_negated_element_applies() {
        for elements in [
            r#""NotPrincipal":{"AWS":"arn:aws:iam::0:user/a"},"Action":"*","Resource":"*""#,
            r#""Principal":"*","NotAction":"s3:Put*","Resource":"*""#,
            r#""Principal":"*","Action":"*","NotResource":"arn:aws:s3:::site/*""#,
            r#""Principal":"*","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"AWS:SourceArn":"x"}}"#,
            r#""Principal":"*","Action":"*","Resource":"*","Condition":{"StringNotEquals":{"aws:SourceVpc":"x"}}"#,
        ] {
            assert!(matches!(deny(elements), Decision::Denied(_)), "{elements}");
        }
        for elements in [
            r#""NotPrincipal":{"Service":"cloudfront.amazonaws.com"},"Action":"*","Resource":"*""#,
            r#""Principal":"*","NotAction":"s3:Get*","Resource":"*""#,
            r#""Principal":"*","Action":"*","NotResource":"arn:aws:s3:::cv/*""#,
            r#""Principal":"*","Action":"*","Resource":"*","Condition":{"BoolIfExists":{"aws:SecureTransport":"false"}}"#,
        ] {
            let expected = if elements.contains("IfExists") { "No" } else { "" };
            match deny(elements) {
                Decision::Allowed => assert_eq!(expected, "", "{elements}"),
                Decision::Denied(reason) => assert!(!expected.is_empty() && reason.contains(expected), "{elements}"),
                Decision::NotAllowed(reasons) => panic!("{reasons:?}"),
            }
        }
    }

    #[test]
    fn an_unsupported_operator_of_a_deny_is_named() {
        let elements =
            r#""Principal":"*","Action":"*","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#;
        assert!(
            matches!(deny(elements), Decision::Denied(reason) if reason.contains("not modelled locally") && reason.contains("IpAddress"))
        );
    }

    #[test]
    fn a_condition_on_an_absent_key_is_false() {
        let condition = r#","Condition":{"Bool":{"aws:SecureTransport":"true"}}"#;
        assert!(
            matches!(allow(r#""s3:GetObject""#, "*", condition), Decision::NotAllowed(reasons) if reasons.len() == 1)
        );
    }
}
