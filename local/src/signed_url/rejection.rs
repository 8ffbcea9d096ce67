//! CloudFront's responses to requests without a valid signature.
//!
//! Codes and messages: <https://repost.aws/knowledge-center/cloudfront-troubleshoot-signed-url-cookies>; the
//! shape of the body is that of captured responses.

/// Why a request with restricted access is rejected, with a 403 and an XML body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignatureRejection {
    /// Neither the query nor a cookie has a `Key-Pair-Id`.
    MissingKey,
    /// No trusted key group of the behavior has the key pair id.
    InvalidKey,
    /// The signature is not base64 in CloudFront's alphabet, or missing.
    MalformedSignature,
    /// The policy is not base64, is not JSON, does not have exactly one statement or has no end; or `Expires`
    /// is not a time in seconds.
    MalformedPolicy,
    /// The grant has expired, is not valid yet, is for another URL or viewer, or has a wrong signature.
    AccessDenied,
}

impl SignatureRejection {
    /// The XML `Code`.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::MissingKey => "MissingKey",
            Self::InvalidKey => "InvalidKey",
            Self::MalformedSignature => "MalformedSignature",
            Self::MalformedPolicy => "MalformedPolicy",
            Self::AccessDenied => "AccessDenied",
        }
    }

    /// The XML `Message`.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::MissingKey => "Missing Key-Pair-Id query parameter or cookie value",
            Self::InvalidKey => "Unknown Key",
            Self::MalformedSignature => "Could not unencode Signature",
            Self::MalformedPolicy => "Malformed Policy",
            Self::AccessDenied => "Access denied",
        }
    }

    /// The body, `text/xml`.
    pub(crate) fn body(self) -> String {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{}</Code><Message>{}</Message></Error>",
            self.code(),
            self.message()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::SignatureRejection;

    #[test]
    fn the_body_is_cloudfronts_xml() {
        assert_eq!(
            SignatureRejection::MissingKey.body(),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>MissingKey</Code><Message>Missing Key-Pair-Id query \
             parameter or cookie value</Message></Error>"
        );
    }
}
