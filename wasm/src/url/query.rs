//! The query of a URL, before a signature is added.

use alloc::vec::Vec;

use super::characters::decode_escape;
use crate::Error;
use crate::quoted::Quoted;

/// CloudFront treats a URL with any of these as signed:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-urls.html>
const RESERVED: [&str; 5] = ["Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"];

/// Rejects CloudFront's own parameters, and empty ones: it is not documented whether CloudFront keeps those when it removes
/// its own.
pub(super) fn check(url: &str, query: &str) -> Result<(), Error> {
    if query.split('&').any(str::is_empty) {
        return Err(Error::UrlQuery {
            url: Quoted::new(url),
            reason: "it has an empty parameter: remove the extra \"?\" or \"&\"",
        });
    }
    reject_reserved(query)
}

/// Rejects CloudFront's own parameters, even if their names are escaped.
pub(super) fn reject_reserved(query: &str) -> Result<(), Error> {
    for parameter in query.split('&') {
        let name = percent_decode(parameter.split('=').next().unwrap_or(parameter));
        if let Some(reserved) = RESERVED.into_iter().find(|reserved| reserved.as_bytes() == name) {
            return Err(Error::UrlReservedParameter { name: reserved });
        }
    }
    Ok(())
}

/// Decodes escapes. A `%` that does not begin one stays.
pub(crate) fn percent_decode(name: &str) -> Vec<u8> {
    let mut rest = name.as_bytes();
    let mut decoded = Vec::with_capacity(rest.len());
    while let [byte, after @ ..] = rest {
        let escape = decode_escape(rest);
        decoded.push(escape.unwrap_or(*byte));
        rest = if escape.is_some() { &rest[3..] } else { after };
    }
    decoded
}
