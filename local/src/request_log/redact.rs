//! Removes secrets and personal data from a trace: signatures and policies, keys, secret paths, bodies, visitors' addresses.

use serde_json::Value;

/// Replaces a redacted value.
const HIDDEN: &str = "(hidden)";

/// Members of an event whose values are redacted whole. In lower case.
const MEMBERS: [&str; 15] = [
    "signature",
    "policy",
    "cloudfront-signature",
    "cloudfront-policy",
    "authorization",
    "proxy-authorization",
    "x-amz-security-token",
    "x-amz-signature",
    "clientip",
    "ip",
    "x-forwarded-for",
    "x-real-ip",
    "true-client-ip",
    "forwarded",
    "cloudfront-viewer-address",
];

/// Members that hold a body, which may be personal data or a signed link.
const BODIES: [&str; 2] = ["body", "data"];

/// Parameters whose values are redacted anywhere in a text: in a query, a cookie or a link. In lower case.
const PARAMETERS: [&str; 4] = ["signature", "policy", "security-token", "private_key"];

/// Characters that end a path in a text.
const END_OF_PATH: [char; 11] = ['?', '#', '&', ';', ',', '"', '\'', '<', '>', ' ', '\\'];

/// A text that contains this is a private key.
const KEY: &str = "PRIVATE KEY";

/// The value without secrets and personal data. What follows `secret_prefix` in a path is a secret.
pub(super) fn redact(value: Value, secret_prefix: Option<&str>) -> Value {
    match value {
        Value::Object(members) => {
            let redacted = members.into_iter().map(|(name, value)| {
                let lower = name.to_ascii_lowercase();
                let value = if MEMBERS.contains(&lower.as_str()) {
                    Value::String(HIDDEN.to_owned())
                } else if BODIES.contains(&lower.as_str()) {
                    body_length(value, secret_prefix)
                } else {
                    redact(value, secret_prefix)
                };
                (name, value)
            });
            Value::Object(redacted.collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(|item| redact(item, secret_prefix)).collect()),
        Value::String(text) => {
            let text = redact_parameters(&text);
            Value::String(secret_prefix.map_or_else(|| text.clone(), |prefix| redact_below(&text, prefix)))
        }
        other => other,
    }
}

/// Replaces a text with its length.
fn body_length(value: Value, secret_prefix: Option<&str>) -> Value {
    match value {
        Value::String(text) => Value::String(format!("({} bytes)", text.len())),
        other => redact(other, secret_prefix),
    }
}

/// Redacts `Signature=...` and the other parameters, whether or not they are percent-encoded.
fn redact_parameters(text: &str) -> String {
    if text.contains(KEY) {
        return HIDDEN.to_owned();
    }
    // Changes ASCII only, so offsets in both texts are equal.
    let lower = text.to_ascii_lowercase();
    let mut redacted = String::new();
    let mut at = 0;
    while let Some(begin) = next_value(&lower, at) {
        redacted.push_str(&text[at..begin]);
        redacted.push_str(HIDDEN);
        at = end_of_value(&lower, begin);
    }
    redacted.push_str(&text[at..]);
    redacted
}

/// Redacts what follows each `prefix`, to the end of the path.
pub(super) fn redact_below(text: &str, prefix: &str) -> String {
    let mut redacted = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(prefix) {
        let end = after.find(END_OF_PATH).unwrap_or(after.len());
        redacted.push_str(before);
        redacted.push_str(prefix);
        redacted.push_str(if end == 0 { "" } else { HIDDEN });
        rest = &after[end..];
    }
    redacted + rest
}

/// The start of the next parameter's value.
fn next_value(lower: &str, from: usize) -> Option<usize> {
    let found = PARAMETERS.iter().flat_map(|name| ["=", "%3d"].map(|equals| format!("{name}{equals}")));
    let ends = found.filter_map(|start| lower[from..].find(&start).map(|at| from + at + start.len()));
    ends.min()
}

/// Values are base64 in CloudFront's alphabet or percent-encoded, so an ampersand, a quote or a space ends them.
fn end_of_value(lower: &str, begin: usize) -> usize {
    let rest = &lower[begin..];
    let plain = rest.find(['&', ';', ',', '"', '\'', '<', '>', ' ', '\\']).unwrap_or(rest.len());
    begin + rest.find("%26").unwrap_or(rest.len()).min(plain)
}

#[cfg(test)]
mod tests {
    use super::{redact, redact_below, redact_parameters};
    use serde_json::json;

    #[test]
    fn a_signature_is_redacted_anywhere_in_a_text() {
        for (text, expected) in [
            ("days=30", "days=30"),
            ("Expires=1&Signature=a-b~&Key-Pair-Id=K1", "Expires=1&Signature=(hidden)&Key-Pair-Id=K1"),
            ("https://h/cv?Policy=eyJ_&Signature=x", "https://h/cv?Policy=(hidden)&Signature=(hidden)"),
            ("a=1; CloudFront-Signature=x; b=2", "a=1; CloudFront-Signature=(hidden); b=2"),
            ("next=https%3A%2F%2Fh%3FSignature%3Dabc%26x%3D1", "next=https%3A%2F%2Fh%3FSignature%3D(hidden)%26x%3D1"),
            ("{\"url\": \"/?SIGNATURE=x\"}", "{\"url\": \"/?SIGNATURE=(hidden)\"}"),
            ("X-Amz-Signature=x&X-Amz-Security-Token=y", "X-Amz-Signature=(hidden)&X-Amz-Security-Token=(hidden)"),
            ("é Signature=é", "é Signature=(hidden)"),
            ("-----BEGIN PRIVATE KEY-----\nMII", "(hidden)"),
        ] {
            assert_eq!(redact_parameters(text), expected);
        }
    }

    #[test]
    fn addresses_credentials_and_bodies_are_redacted() {
        let event = json!({
            "clientIp": "198.51.100.7",
            "viewer": { "ip": "198.51.100.7" },
            "headers": {
                "x-forwarded-for": [{ "key": "X-Forwarded-For", "value": "198.51.100.7" }],
                "Authorization": { "value": "AWS4 x" },
                "accept": { "value": "*/*" },
            },
            "querystring": { "Signature": { "value": "x" }, "Expires": { "value": "1" } },
            "body": { "action": "read-only", "data": "c2VjcmV0" },
        });
        assert_eq!(
            redact(event, None),
            json!({
                "clientIp": "(hidden)",
                "viewer": { "ip": "(hidden)" },
                "headers": { "x-forwarded-for": "(hidden)", "Authorization": "(hidden)", "accept": { "value": "*/*" } },
                "querystring": { "Signature": "(hidden)", "Expires": { "value": "1" } },
                "body": { "action": "read-only", "data": "(8 bytes)" },
            })
        );
        assert_eq!(
            redact(json!({ "status": 200, "body": "secret" }), None),
            json!({ "status": 200, "body": "(6 bytes)" })
        );
    }
    #[test]
    fn a_secret_path_is_redacted_anywhere_in_a_text() {
        for (text, expected) in [
            ("/l/c0de", "/l/(hidden)"),
            ("//l/c0de/x?y=1", "//l/(hidden)?y=1"),
            ("https://h/l/c0de and <a href=\"/l/c0de\">", "https://h/l/(hidden) and <a href=\"/l/(hidden)\">"),
            ("/l/", "/l/"),
            ("/api/count", "/api/count"),
        ] {
            assert_eq!(redact_below(text, "/l/"), expected);
        }
        let event = json!({ "uri": "/l/c0de", "headers": [{ "value": "http://h/l/c0de" }] });
        assert_eq!(
            redact(event, Some("/l/")),
            json!({ "uri": "/l/(hidden)", "headers": [{ "value": "http://h/l/(hidden)" }] })
        );
    }
}
