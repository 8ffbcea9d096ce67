//! The origin in an event, which a function on origin request may replace.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html>, "Dynamic origin
//! selection".

use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};

use super::event;
use super::result::{invalid, parse_headers};
use crate::distribution::{
    CustomOrigin, OriginConfig, OriginKind, OriginProtocol, Replacement, SigningBehavior, bucket_name,
};
use crate::functions::FunctionError;

/// The default keep-alive timeout of an origin, in seconds. It has no effect here.
const KEEPALIVE_TIMEOUT_S: u64 = 5;

pub(super) fn to_json(origin: &OriginConfig) -> Value {
    let mut headers = HeaderMap::new();
    for (name, value) in &origin.custom_headers {
        headers.append(name.clone(), value.clone());
    }
    let common = json!({
        "customHeaders": event::headers(&headers),
        "domainName": origin.domain_name,
        "path": origin.path,
    });
    let Value::Object(mut fields) = common else { return common };
    match &origin.kind {
        OriginKind::Bucket { .. } => {
            fields.insert("authMethod".to_owned(), json!("none"));
            fields.insert("region".to_owned(), json!(region(&origin.domain_name)));
            json!({ "s3": fields })
        }
        OriginKind::FunctionUrl { .. } => custom(fields, origin, "https", 443),
        OriginKind::Custom(server) => {
            let (scheme, port) = server.scheme_and_port("https");
            custom(fields, origin, scheme, port)
        }
    }
}

fn custom(mut fields: Map<String, Value>, origin: &OriginConfig, scheme: &str, port: u16) -> Value {
    fields.insert("keepaliveTimeout".to_owned(), json!(KEEPALIVE_TIMEOUT_S));
    fields.insert("port".to_owned(), json!(port));
    fields.insert("protocol".to_owned(), json!(scheme));
    fields.insert("readTimeout".to_owned(), json!(origin.response_timeout.as_secs()));
    fields.insert("sslProtocols".to_owned(), json!(["TLSv1.2"]));
    json!({ "custom": fields })
}

/// The region of `name.s3.region.amazonaws.com`; that of the global endpoint without one.
fn region(domain: &str) -> &str {
    let host = domain.strip_suffix(".amazonaws.com").unwrap_or(domain);
    match host.rsplit_once(".s3.") {
        Some((_, region)) => region,
        None => "us-east-1",
    }
}

/// The origin that a function returned, or `None` if it did not change it.
///
/// # Errors
/// It is not a valid origin.
pub(super) fn parse(returned: Option<&Value>, sent: &OriginConfig) -> Result<Option<OriginConfig>, FunctionError> {
    let Some(returned) = returned.filter(|origin| !origin.is_null()) else { return Ok(None) };
    if *returned == to_json(sent) {
        return Ok(None);
    }
    let (s3, custom) = (returned.get("s3"), returned.get("custom"));
    let ((Some(fields), None) | (None, Some(fields))) = (s3, custom) else {
        return Err(invalid("`origin` must have exactly one of `s3` and `custom`"));
    };
    let text = |name: &str| fields.get(name).and_then(Value::as_str);
    let domain = text("domainName").filter(|domain| !domain.is_empty());
    let domain = domain.ok_or_else(|| invalid("the origin's `domainName` is missing"))?;
    let path = text("path").unwrap_or_default();
    if !path.is_empty() && (!path.starts_with('/') || path.ends_with('/')) {
        return Err(invalid(format!("the origin's path {path:?} must begin with a slash and not end with one")));
    }
    let kind = match custom {
        Some(fields) => custom_kind(fields, domain, sent)?,
        None => match bucket_name(domain) {
            Some(name) => OriginKind::Bucket { name: name.to_owned() },
            None => return Err(invalid(format!("the S3 origin {domain:?} is not a bucket's domain name"))),
        },
    };
    let headers = parse_headers(fields.get("customHeaders"))?;
    let custom_headers: Vec<(HeaderName, HeaderValue)> =
        headers.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
    let is_same_kind = std::mem::discriminant(&kind) == std::mem::discriminant(&sent.kind);
    // Another server than the one that is replaced must not be reached.
    let replacement = match &sent.replacement {
        Some(_) if domain != sent.domain_name => Some(Replacement::Missing),
        replacement => replacement.clone(),
    };
    Ok(Some(OriginConfig {
        id: sent.id.clone(),
        domain_name: domain.to_owned(),
        kind,
        path: path.to_owned(),
        custom_headers,
        signing: if is_same_kind { sent.signing } else { SigningBehavior::Never },
        identity: sent.identity.clone().filter(|_| is_same_kind),
        website: sent.website.clone().filter(|_| domain == sent.domain_name),
        replacement,
        response_timeout: fields
            .get("readTimeout")
            .and_then(Value::as_u64)
            .filter(|seconds| *seconds > 0)
            .map_or(sent.response_timeout, Duration::from_secs),
    }))
}

fn custom_kind(fields: &Value, domain: &str, sent: &OriginConfig) -> Result<OriginKind, FunctionError> {
    if domain == sent.domain_name && matches!(sent.kind, OriginKind::FunctionUrl { .. }) {
        return Ok(sent.kind.clone());
    }
    let protocol = match fields.get("protocol").and_then(Value::as_str) {
        Some("http") => OriginProtocol::Http,
        Some("https") => OriginProtocol::Https,
        other => {
            return Err(invalid(format!("the origin's `protocol` is {other:?}, it must be \"http\" or \"https\"")));
        }
    };
    let port = fields.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
    let port = port.filter(|port| *port > 0).ok_or_else(|| invalid("the origin's `port` is not a port"))?;
    Ok(OriginKind::Custom(CustomOrigin { protocol, http_port: port, https_port: port }))
}

#[cfg(test)]
mod tests {
    use super::{parse, to_json};
    use crate::distribution::{OriginConfig, OriginKind, SigningBehavior};
    use serde_json::json;

    fn site() -> OriginConfig {
        OriginConfig { signing: SigningBehavior::Always, ..OriginConfig::bucket("site") }
    }

    #[test]
    fn an_origin_that_is_returned_unchanged_is_kept() {
        assert!(parse(Some(&to_json(&site())), &site()).unwrap().is_none());
        assert!(parse(None, &site()).unwrap().is_none());
    }

    /// The developer guide's examples of content-based dynamic origin selection.
    #[test]
    fn another_bucket_or_server_may_be_selected() {
        let mut other = to_json(&site());
        other["s3"]["domainName"] = json!("other.s3.eu-west-1.amazonaws.com");
        other["s3"]["path"] = json!("/eu");
        let origin = parse(Some(&other), &site()).unwrap().unwrap();
        assert_eq!((&origin.kind, origin.path.as_str()), (&OriginKind::Bucket { name: "other".to_owned() }, "/eu"));
        assert_eq!(origin.signing, SigningBehavior::Always);
        let custom = json!({ "custom": {
            "domainName": "www.example.com", "port": 443, "protocol": "https", "path": "", "readTimeout": 7,
            "keepaliveTimeout": 5, "sslProtocols": ["TLSv1.2"],
            "customHeaders": { "x-a": [{ "key": "X-A", "value": "1" }] },
        } });
        let origin = parse(Some(&custom), &site()).unwrap().unwrap();
        assert!(matches!(&origin.kind, OriginKind::Custom(server) if server.scheme_and_port("http") == ("https", 443)));
        assert_eq!((origin.custom_headers.len(), origin.response_timeout.as_secs()), (1, 7));
        assert_eq!(origin.signing, SigningBehavior::Never);
    }

    #[test]
    fn an_origin_that_is_not_valid_is_rejected() {
        for (origin, reason) in [
            (json!({}), "exactly one"),
            (json!({ "s3": { "domainName": "example.com" } }), "bucket"),
            (json!({ "custom": { "domainName": "a.example", "port": 80 } }), "protocol"),
            (json!({ "custom": { "domainName": "a.example", "protocol": "http", "port": 0 } }), "port"),
            (json!({ "custom": { "domainName": "a.example", "protocol": "http", "port": 80, "path": "x" } }), "path"),
        ] {
            let error = parse(Some(&origin), &site()).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
