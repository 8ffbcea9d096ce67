//! The proof that a key opens the door: what the answer to a signed request for `/cv/.probe` says.
//!
//! Three refusals look alike by status: a key that the edge does not know yet, a firewall's block and an object that is not
//! there are each a 403. CloudFront's own refusals are XML of two elements; S3's carry a request id besides; a firewall's is
//! a page.
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-403-permission-denied.html>

use core::fmt;

/// The path of the probe on the distribution, below the behavior that asks for signatures.
pub const PATH: &str = "/cv/.probe";

/// What the object holds.
pub const BODY: &str = "This object answers the keys function of Vitae, which proves a new signing key with it.\n";

/// What the answer to a probe says of the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The key opens the door.
    Opened,
    /// The edge that was asked does not know the key.
    UnknownKey,
    /// The edge knows the key and refused the signature, with this code.
    Refused(String),
    /// The signature was taken, and the object is not there or not to be read.
    MissingObject,
    /// A firewall, or something else before the signature, refused.
    Blocked,
    /// Another status.
    Odd(u16),
    /// No answer.
    Unreachable,
}

impl Verdict {
    /// What an answer says.
    #[must_use]
    pub fn of(status: u16, body: &str) -> Self {
        let code = element(body, "Code");
        let is_s3 = element(body, "RequestId").is_some() || element(body, "HostId").is_some();
        match (status, code) {
            (200, _) if body == BODY => Self::Opened,
            // Somebody else's object: the signature was taken all the same, but not for what was put there.
            (200 | 404, _) => Self::MissingObject,
            (403, Some(_)) if is_s3 => Self::MissingObject,
            (403, Some("InvalidKey")) => Self::UnknownKey,
            (403, Some(code)) => Self::Refused(code.to_owned()),
            (403, None) => Self::Blocked,
            (status, _) => Self::Odd(status),
        }
    }
}

/// The text of an element without attributes, if it looks like a code or an id.
fn element<'a>(xml: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = xml.split_once(&format!("<{name}>"))?;
    let (text, _) = rest.split_once(&format!("</{name}>"))?;
    let is_plain = !text.is_empty() && text.len() <= 128 && !text.contains(['<', '\n']);
    is_plain.then_some(text)
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Opened => f.write_str("it was answered"),
            Self::UnknownKey => f.write_str("CloudFront does not know the key there yet"),
            Self::Refused(code) => write!(f, "CloudFront refused the signature with {code}"),
            Self::MissingObject => write!(f, "the object {PATH} is missing, changed or not to be read by CloudFront"),
            Self::Blocked => {
                f.write_str("a 403 without CloudFront's XML, so something before the signature, such as WAF, blocks it")
            }
            Self::Odd(status) => write!(f, "status {status}"),
            Self::Unreachable => f.write_str("no answer came"),
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
    fn a_missing_object_a_block_and_an_unknown_key_are_three_things() {
        let s3 = "<Error><Code>AccessDenied</Code><Message>Access Denied</Message><RequestId>4442587FB7D0A2F9</RequestId>\
                  <HostId>h</HostId></Error>";
        assert_eq!(Verdict::of(403, s3), Verdict::MissingObject);
        assert_eq!(Verdict::of(404, "<html>not found</html>"), Verdict::MissingObject);
        assert_eq!(
            Verdict::of(403, "<HTML><TITLE>ERROR: The request could not be satisfied</TITLE>"),
            Verdict::Blocked
        );
        assert_eq!(Verdict::of(403, &cloudfront("InvalidKey")), Verdict::UnknownKey);
    }

    #[test]
    fn only_the_probes_own_words_are_a_proof() {
        assert_eq!(Verdict::of(200, BODY), Verdict::Opened);
        assert_eq!(Verdict::of(200, "<html>welcome</html>"), Verdict::MissingObject);
        assert_eq!(Verdict::of(206, BODY), Verdict::Odd(206));
    }

    #[test]
    fn a_refused_signature_is_told_by_its_code() {
        for code in ["AccessDenied", "MalformedSignature", "MissingKey"] {
            assert_eq!(Verdict::of(403, &cloudfront(code)), Verdict::Refused(code.to_owned()));
        }
        assert_eq!(Verdict::of(503, ""), Verdict::Odd(503));
    }
}
