//! Percent-encoding of URLs that are not yet in the form clients send.

use alloc::string::String;

use super::characters::decode_escape;
use super::{Parts, SCHEMES};
use crate::Error;

/// Percent-encodes the path and the query of `url` for signing.
///
/// Each part is encoded as by JavaScript's `encodeURIComponent`, and byte for byte as `getSignedUrl` of
/// `@aws-sdk/cloudfront-signer` does before it signs:
///
/// - existing escapes are not escaped again, and `+` and `*` in a query stay `+` and `*`;
/// - parameters keep their order and meaning; `=` is added where it is missing, and empty parameters are removed;
/// - an empty path becomes `/`, and `*` in a path becomes `%2A`, which `getSignedUrl` does not do.
///
/// Sign the result and send it unchanged: encoding a URL after signing breaks the signature.
///
/// ```
/// use vitae_signer::encode_url;
///
/// assert_eq!(encode_url("https://d.example/My CV (é).pdf?for=A&B")?, "https://d.example/My%20CV%20(%C3%A9).pdf?for=A&B=");
/// assert_eq!(encode_url("https://d.example/My%20CV.pdf")?, "https://d.example/My%20CV.pdf");
/// # Ok::<(), vitae_signer::Error>(())
/// ```
///
/// # Errors
/// [`Error::UrlScheme`] and [`Error::UrlFragment`], which encoding cannot fix. Other rules are checked at signing.
pub fn encode_url(url: &str) -> Result<String, Error> {
    let parts = Parts::parse(url, &SCHEMES)?;
    parts.reject_fragment()?;
    let mut encoded = String::with_capacity(url.len());
    encoded.push_str(parts.scheme);
    encoded.push_str(parts.authority);
    if parts.path.is_empty() {
        encoded.push('/');
    }
    push_path(&mut encoded, parts.path);
    let parameters = parts.query.unwrap_or_default().split('&').filter(|parameter| !parameter.is_empty());
    for (index, parameter) in parameters.enumerate() {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        encoded.push(if index == 0 { '?' } else { '&' });
        push_query(&mut encoded, name);
        encoded.push('=');
        push_query(&mut encoded, value);
    }
    Ok(encoded)
}

/// Unneeded escapes are removed from a path, except `%2A`: the policy of a URL with `*` in its path could be used as a
/// custom policy, in which `*` is a wildcard.
fn push_path(encoded: &mut String, path: &str) {
    for unit in units(path) {
        match unit {
            Unit::Escape(b'*') | Unit::Byte(b'*') => push_escape(encoded, b'*'),
            Unit::Escape(byte) | Unit::Byte(byte) if is_unreserved(byte) || byte == b'\'' => encoded.push(byte.into()),
            Unit::Byte(b'/') => encoded.push('/'),
            Unit::Escape(byte) | Unit::Byte(byte) => push_escape(encoded, byte),
        }
    }
}

/// A query keeps every escape, because forms distinguish `+` from `%2B`. `'` is escaped, as browsers do.
fn push_query(encoded: &mut String, part: &str) {
    for unit in units(part) {
        match unit {
            Unit::Byte(byte) if is_unreserved(byte) || byte == b'+' => encoded.push(byte.into()),
            Unit::Escape(byte) | Unit::Byte(byte) => push_escape(encoded, byte),
        }
    }
}

/// A byte of a URL, literal or escaped.
enum Unit {
    Byte(u8),
    Escape(u8),
}

fn units(part: &str) -> impl Iterator<Item = Unit> {
    let mut rest = part.as_bytes();
    core::iter::from_fn(move || {
        let (byte, after) = rest.split_first()?;
        let escape = decode_escape(rest);
        rest = if escape.is_some() { &rest[3..] } else { after };
        Some(escape.map_or(Unit::Byte(*byte), Unit::Escape))
    })
}

/// The characters that `encodeURIComponent` leaves unescaped, except `'`:
/// <https://tc39.es/ecma262/#sec-encodeuricomponent-uricomponent>
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.!~*()".contains(&byte)
}

fn push_escape(encoded: &mut String, byte: u8) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    encoded.push('%');
    encoded.push(HEX[usize::from(byte >> 4)].into());
    encoded.push(HEX[usize::from(byte & 15)].into());
}

#[cfg(test)]
mod tests {
    use super::encode_url;
    use crate::url::Url;

    fn encoded(url: &str) -> alloc::string::String {
        let encoded = encode_url(url).unwrap();
        Url::parse(&encoded).expect(&encoded);
        assert_eq!(encode_url(&encoded).unwrap(), encoded, "encoding is idempotent");
        encoded
    }

    #[test]
    fn a_path_is_escaped_where_necessary() {
        for (url, expected) in [
            ("https://d.example/cv.pdf", "https://d.example/cv.pdf"),
            ("https://d.example", "https://d.example/"),
            ("https://d.example/a b/é/\u{1F600}", "https://d.example/a%20b/%C3%A9/%F0%9F%98%80"),
            ("https://d.example/a%20b/%c3%a9/%41%7e%27", "https://d.example/a%20b/%C3%A9/A~'"),
            ("https://d.example/100%/%2A", "https://d.example/100%25/%2A"),
            ("https://d.example/a*b.pdf", "https://d.example/a%2Ab.pdf"),
            ("https://d.example/a+b@c:d,e;f=g$h&i", "https://d.example/a%2Bb%40c%3Ad%2Ce%3Bf%3Dg%24h%26i"),
            (
                "https://d.example/(a)!~'_-.\"<>\\^`{|}[]",
                "https://d.example/(a)!~'_-.%22%3C%3E%5C%5E%60%7B%7C%7D%5B%5D",
            ),
            ("https://d.example/%2F%23%3F%ff", "https://d.example/%2F%23%3F%FF"),
            ("https://d.example//a//", "https://d.example//a//"),
        ] {
            assert_eq!(encoded(url), expected);
        }
    }

    #[test]
    fn a_query_keeps_its_order_and_meaning() {
        for (url, expected) in [
            ("https://d.example/p?b=2&a=1&a=1", "https://d.example/p?b=2&a=1&a=1"),
            ("https://d.example?x=/y", "https://d.example/?x=%2Fy"),
            ("https://d.example/p?", "https://d.example/p"),
            ("https://d.example/p?&a&&b=&", "https://d.example/p?a=&b="),
            ("https://d.example/p?q=a+b%2bc%20d e", "https://d.example/p?q=a+b%2Bc%20d%20e"),
            (
                "https://d.example/p?q=it's&r=a=b?c/d:e@f,g;h",
                "https://d.example/p?q=it%27s&r=a%3Db%3Fc%2Fd%3Ae%40f%2Cg%3Bh",
            ),
            ("https://d.example/p?é=100%", "https://d.example/p?%C3%A9=100%25"),
            ("https://d.example/p?a=%41", "https://d.example/p?a=%41"),
            ("https://d.example/p?f*=UTF-8''x&g=%2A", "https://d.example/p?f*=UTF-8%27%27x&g=%2A"),
        ] {
            assert_eq!(encoded(url), expected);
        }
    }

    #[test]
    fn what_encoding_cannot_fix_is_rejected_at_signing() {
        assert!(encode_url("d.example/cv.pdf").is_err());
        assert!(encode_url("https://d.example/a#b").is_err());
        for url in [
            "https://d.example/%2e%2E/a",
            "https://d é.example/",
            "https://d.example/?Expires=1",
            "https://d.example/?%45xpires=1",
        ] {
            let encoded = encode_url(url).unwrap();
            assert!(Url::parse(&encoded).is_err(), "{url} became {encoded}");
        }
    }
}
