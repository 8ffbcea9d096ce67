//! The response to a signed request for `/cv/.probe`, which proves that CloudFront accepts a key.
//!
//! Three failures have the same status 403: a key that the edge does not know yet, a firewall's block and a missing object.
//! CloudFront's own error is XML of two elements; S3's also has a request id; a firewall's is a page.
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-permission-denied.html>

use core::fmt;

/// The probe's path on the distribution, in the behavior that requires signatures.
pub const PATH: &str = "/cv/.probe";

/// The object's content.
pub const BODY: &str = "The keys function of Vitae requests this object to prove a new signing key.\n";

/// The result of a probe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProbeResult {
    /// CloudFront accepted the key.
    Accepted,
    /// The edge does not know the key yet.
    UnknownKey,
    /// The edge knows the key and rejected the signature, with this code.
    Rejected(String),
    /// CloudFront accepted the signature, and the object is missing or unreadable.
    MissingObject,
    /// A firewall, or another check before the signature, rejected the request.
    Blocked,
    /// Another status.
    UnexpectedStatus(u16),
    /// No response.
    Unreachable,
}

impl ProbeResult {
    /// Classifies a response.
    #[must_use]
    pub fn from_response(status: u16, body: &str) -> Self {
        let code = element(body, "Code");
        let is_s3 = element(body, "RequestId").is_some() || element(body, "HostId").is_some();
        match (status, code) {
            (200, _) if body == BODY => Self::Accepted,
            // Another object: CloudFront accepted the signature, but the probe was replaced.
            (200 | 404, _) => Self::MissingObject,
            (403, Some(_)) if is_s3 => Self::MissingObject,
            (403, Some("InvalidKey")) => Self::UnknownKey,
            (403, Some(code)) => Self::Rejected(code.to_owned()),
            (403, None) => Self::Blocked,
            (status, _) => Self::UnexpectedStatus(status),
        }
    }
}

/// The text of an element without attributes, if it looks like a code or an id.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, idle) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = idle.split_once(&format!("</{name}>"))?;
    let is_plain = !text.is_empty() && text.len() <= 128 && !text.contains(['<', '\n']);
    is_plain.then_some(text)
}

impl fmt::Display for ProbeResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Accepted => f.write_str("it succeeded"),
            Self::UnknownKey => f.write_str("the edge does not know the key yet"),
            Self::Rejected(code) => write!(f, "CloudFront rejected the signature with {code}"),
            Self::MissingObject => write!(f, "the object {PATH} is missing, changed or unreadable by CloudFront"),
            Self::Blocked => {
                f.write_str("403 without CloudFront's XML: a check before the signature, such as WAF, blocks it")
            }
            Self::UnexpectedStatus(status) => write!(f, "status {status}"),
            Self::Unreachable => f.write_str("no response"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloudfront(code: &str) -> String {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>m</Message></Error>")
    }

    #[test]
    fn a_missing_object_a_block_and_an_unknown_key_are_distinguished() {
        let s3 = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>4442587FB7D0A2F9</RequestId>\
                  <HostId>h</HostId></Error>";
        assert_eq!(ProbeResult::from_response(403, s3), ProbeResult::MissingObject);
        assert_eq!(ProbeResult::from_response(404, "<html>not found</html>"), ProbeResult::MissingObject);
        assert_eq!(
            ProbeResult::from_response(403, "<HTML><TITLE>ERROR: The request could not be satisfied</TITLE>"),
            ProbeResult::Blocked
        );
        assert_eq!(ProbeResult::from_response(403, &cloudfront("InvalidKey")), ProbeResult::UnknownKey);
    }

    #[test]
    fn only_the_probes_content_is_a_proof() {
        assert_eq!(ProbeResult::from_response(200, BODY), ProbeResult::Accepted);
        assert_eq!(ProbeResult::from_response(200, "<html>welcome</html>"), ProbeResult::MissingObject);
        assert_eq!(ProbeResult::from_response(206, BODY), ProbeResult::UnexpectedStatus(206));
    }

    #[test]
    fn a_rejected_signature_keeps_its_code() {
        for code in ["AccessDenied", "MalformedSignature", "MissingKey"] {
            assert_eq!(ProbeResult::from_response(403, &cloudfront(code)), ProbeResult::Rejected(code.to_owned()));
        }
        assert_eq!(ProbeResult::from_response(503, ""), ProbeResult::UnexpectedStatus(503));
    }
}
