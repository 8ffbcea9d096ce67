//! The query of a URL, as it is before a signature is added.

use alloc::string::String;
use alloc::vec::Vec;

use crate::Error;
use crate::quoted::Quoted;

/// CloudFront takes a URL with any of these for a signed one:
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-urls.html>
const RESERVED: [&str; 5] = ["Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"];

/// Refuses CloudFront's own parameters, and empty ones, of which nobody knows whether CloudFront keeps them when it
/// takes its own out again.
pub(super) fn check(url: &str, query: &str) -> Result<(), Error> {
    for parameter in query.split('&') {
        if parameter.is_empty() {
            return Err(Error::UrlQuery {
                url: Quoted::new(url),
                why: "it has an empty parameter: leave off the \"?\" or \"&\" that nothing follows",
            });
        }
        let name = decoded(parameter.split('=').next().unwrap_or(parameter));
        if let Some(reserved) = RESERVED.into_iter().find(|reserved| reserved.as_bytes() == name) {
            return Err(Error::UrlReservedParameter { name: String::from(reserved) });
        }
    }
    Ok(())
}

/// `name` with its escapes decoded; the characters were checked before.
fn decoded(name: &str) -> Vec<u8> {
    let mut bytes = name.bytes();
    let mut decoded = Vec::with_capacity(name.len());
    while let Some(byte) = bytes.next() {
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        match byte {
            b'%' => {
                let value = digit(bytes.next()).zip(digit(bytes.next())).map(|(high, low)| high * 16 + low);
                decoded.extend(value.and_then(|value| u8::try_from(value).ok()));
            }
            other => decoded.push(other),
        }
    }
    decoded
}
