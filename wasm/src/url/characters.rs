//! The characters that every client sends as they are written.

use crate::Error;

/// What a `*` is, where it stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Star {
    /// Refused: in a URL it would be taken for a wildcard.
    Refused,
    /// A wildcard.
    Wildcard,
}

/// `pchar`, `/` and `?` of RFC 3986, with `%` only before two hexadecimal digits, from byte `start` of `url` on.
/// Browsers write `'` in a query as `%27`.
pub(super) fn check(url: &str, start: usize, star: Star) -> Result<(), Error> {
    let query = url.find('?').unwrap_or(url.len());
    for (position, character) in url.char_indices().skip_while(|(position, _)| *position < start) {
        let sent_as_written = match character {
            '*' if star == Star::Refused => return Err(Error::UrlWildcard { position }),
            '%' => escaped(&url.as_bytes()[position..]).is_some(),
            '\'' => position < query,
            '-' | '.' | '_' | '~' | '!' | '$' | '&' | '(' | ')' | '*' | '+' | ',' | ';' | '=' | ':' | '@' | '/'
            | '?' => true,
            other => other.is_ascii_alphanumeric(),
        };
        if !sent_as_written {
            return Err(Error::UrlCharacter { character, position });
        }
    }
    Ok(())
}

/// The byte that `bytes` begin with as an escape, `%` and two hexadecimal digits.
pub(super) fn escaped(bytes: &[u8]) -> Option<u8> {
    let [b'%', high, low, ..] = bytes else {
        return None;
    };
    let (high, low) = (char::from(*high).to_digit(16)?, char::from(*low).to_digit(16)?);
    u8::try_from(high * 16 + low).ok()
}
