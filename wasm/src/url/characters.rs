//! The characters that every client sends unchanged.

use crate::Error;

/// How a `*` is treated.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Star {
    /// An error: in a policy, CloudFront treats it as a wildcard.
    Rejected,
    /// Accepted in the query, and an error in the path. A canned policy with a `*` is also a valid custom policy, in which it
    /// is a wildcard: in the path, anyone with the URL could fetch other files.
    InQuery,
    /// Accepted as a wildcard.
    Wildcard,
}

/// Checks `url` from byte `start` on. `pchar`, `/` and `?` of RFC 3986 are accepted, `%` only before two hexadecimal
/// digits, and `'` only in the path, as browsers write it as `%27` in a query.
pub(super) fn check(url: &str, start: usize, star: Star) -> Result<(), Error> {
    let query = url.find('?').unwrap_or(url.len());
    let is_rejected = |position| star == Star::Rejected || (star == Star::InQuery && position < query);
    for (position, character) in url.char_indices().skip_while(|(position, _)| *position < start) {
        let is_sent_unchanged = match character {
            '*' if is_rejected(position) => return Err(Error::UrlWildcard { position }),
            '%' => decode_escape(&url.as_bytes()[position..]).is_some(),
            '\'' => position < query,
            '-' | '.' | '_' | '~' | '!' | '$' | '&' | '(' | ')' | '*' | '+' | ',' | ';' | '=' | ':' | '@' | '/'
            | '?' => true,
            other => other.is_ascii_alphanumeric(),
        };
        if !is_sent_unchanged {
            return Err(Error::UrlCharacter { character, position });
        }
    }
    Ok(())
}

/// Decodes the escape that `bytes` starts with: `%` and two hexadecimal digits.
pub(super) fn decode_escape(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else {
        return None;
    };
    let (high, low) = (char::from(*high).to_digit(16)?, char::from(*low).to_digit(16)?);
    u8::try_from(high * 16 + low).ok()
}
