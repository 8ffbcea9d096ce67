//! Why CloudFront rejects a signed URL.

use crate::Error;
use crate::quoted::Quoted;

/// A reason for a response with the status 403. The message says what is wrong, then what to do.
///
/// Codes and causes: <https://repost.aws/knowledge-center/cloudfront-troubleshoot-signed-url-cookies>
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// The URL was copied from HTML, where `&` is `&amp;`.
    #[error("the URL has \"&amp;\" between parameters: it was copied from HTML; replace it by \"&\"")]
    HtmlEscape,
    /// One of CloudFront's parameters is there twice.
    #[error("the URL has {name} twice: it was signed twice; sign the URL without CloudFront's parameters")]
    RepeatedParameter {
        /// The parameter's name.
        name: &'static str,
    },
    /// `Key-Pair-Id` is missing.
    #[error("Key-Pair-Id is missing: was the URL cut off, or an \"&\" in a shell not quoted?")]
    MissingKeyPairId,
    /// `Hash-Algorithm` is neither `SHA1` nor `SHA256`.
    #[error("Hash-Algorithm is {name}: CloudFront supports SHA1 and SHA256")]
    UnknownHashAlgorithm {
        /// Its value.
        name: Quoted,
    },
    /// `Signature` is missing.
    #[error("Signature is missing: was the URL cut off, or an \"&\" in a shell not quoted?")]
    MissingSignature,
    /// `Signature` or `Policy` is not CloudFront's base64.
    #[error("{name} is not CloudFront's base64: {reason}")]
    MalformedBase64 {
        /// The parameter's name.
        name: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The signature is in a format that CloudFront does not accept.
    #[error(
        "the signature has {bytes} bytes and is neither of RSA-2048 (256 bytes) nor of P-256 (DER): {}",
        format_hint(*bytes)
    )]
    NotASignature {
        /// Its length.
        bytes: usize,
    },
    /// There is neither `Expires` nor `Policy`.
    #[error("Expires and Policy are missing: a URL needs one of them")]
    MissingPolicy,
    /// `Expires` is not a time.
    #[error("Expires is {value}: {reason}; use whole seconds since 1970")]
    MalformedExpires {
        /// Its value.
        value: Quoted,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The URL has a character that would end the string that contains it in the policy.
    #[error("the URL has a \" or a backslash, which clients escape: sign the URL as they send it")]
    UnsignableUrl,
    /// The decoded policy is not UTF-8.
    #[error("the policy is not text: was it encoded twice?")]
    PolicyNotText,
    /// The policy is not one that CloudFront accepts.
    #[error("{error}")]
    MalformedPolicy {
        /// What is wrong with it.
        error: Error,
    },
    /// The policy is for other URLs.
    #[error("the policy is for {resource}, which does not match the URL")]
    OtherResource {
        /// The resource of the policy.
        resource: Quoted,
    },
    /// The policy has expired.
    #[error("the policy expired {} s ago: sign a new URL", now - expires)]
    Expired {
        /// The expiry, in seconds since 1970.
        expires: u64,
        /// The current time, in seconds since 1970.
        now: u64,
    },
    /// The policy is not valid yet.
    #[error("the policy starts in {} s: wait, or start it earlier because clocks differ", start - now + 1)]
    NotYetValid {
        /// The start, in seconds since 1970.
        start: u64,
        /// The current time, in seconds since 1970.
        now: u64,
    },
}

impl Rejection {
    /// The `Code` in the XML of CloudFront's response.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingKeyPairId => "MissingKey",
            Self::MissingSignature | Self::MalformedBase64 { name: "Signature", .. } => "MalformedSignature",
            Self::MissingPolicy
            | Self::MalformedBase64 { .. }
            | Self::MalformedExpires { .. }
            | Self::PolicyNotText
            | Self::MalformedPolicy { .. } => "MalformedPolicy",
            Self::HtmlEscape
            | Self::RepeatedParameter { .. }
            | Self::UnknownHashAlgorithm { .. }
            | Self::NotASignature { .. }
            | Self::UnsignableUrl
            | Self::OtherResource { .. }
            | Self::Expired { .. }
            | Self::NotYetValid { .. } => "AccessDenied",
        }
    }
}

fn format_hint(bytes: usize) -> &'static str {
    match bytes {
        64 => "it is r and s without DER",
        128 | 384 | 512 => "it is of an RSA key of another size",
        _ => "was it cut off, or encoded twice?",
    }
}
