//! The query of a URL, as it is before a signature is added.

use alloc::vec::Vec;

use super::characters::escaped;
use crate::Error;
use crate::quoted::Quoted;

/// CloudFront takes a URL with any of these for a signed one:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-urls.html>
const RESERVED: [&str; 5] = ["Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"];

/// Refuses CloudFront's own parameters, and empty ones, of which nobody knows whether CloudFront keeps them when it
/// takes its own out again.
pub(super) fn check(url: &str, query: &str) -> Result<(), Error> {
    if query.split('&').any(str::is_empty) {
        return Err(Error::UrlQuery {
            url: Quoted::new(url),
            why: "it has an empty parameter: leave off the \"?\" or \"&\" that nothing follows",
        });
    }
    refuse_reserved(query)
}

/// Refuses CloudFront's own parameters, however their names are escaped.
pub(super) fn refuse_reserved(query: &str) -> Result<(), Error> {
    for parameter in query.split('&') {
        let name = decoded(parameter.split('=').next().unwrap_or(parameter));
        if let Some(reserved) = RESERVED.into_iter().find(|reserved| reserved.as_bytes() == name) {
            return Err(Error::UrlReservedParameter { name: reserved });
        }
    }
    Ok(())
}

fn decoded(name: &str) -> Vec<u8> {
    let mut rest = name.as_bytes();
    let mut decoded = Vec::with_capacity(rest.len());
    while let [byte, after @ ..] = rest {
        let escape = escaped(rest);
        decoded.push(escape.unwrap_or(*byte));
        rest = if escape.is_some() { &rest[3..] } else { after };
    }
    decoded
}
