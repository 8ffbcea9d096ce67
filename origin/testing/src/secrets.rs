//! Searches text for private keys, for tests that no log, error or file contains one.

use std::fmt::Write as _;

use base64ct::{Base64, Encoding as _};

/// The length, in characters, from which a piece of a key counts as found.
const PIECE_LEN: usize = 24;

/// The length in bytes of the header that all keys of an algorithm share. It is public, so it is not searched for.
const HEADER_LEN: usize = 36;

/// Whether a text contains a piece of this PEM: of its base64, or of its DER in hexadecimal or re-encoded from the end of
/// the header. The DER contains the scalar of a P-256 key. Line ends and `\n`, the escape of JSON and Rust, are ignored.
pub fn contains_key(text: &str, pem: &str) -> bool {
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).flat_map(str::split_whitespace).collect();
    let header_len = HEADER_LEN.div_ceil(3) * 4;
    if base64.len() < header_len + PIECE_LEN {
        return false;
    }
    let contains_piece = |text: &str, key: &str, start: usize| {
        (start..key.len() - PIECE_LEN).step_by(8).any(|at| text.contains(&key[at..at + PIECE_LEN]))
    };
    let one_line = text.replace("\\n", "").replace('\n', "");
    if contains_piece(text, &base64, header_len) || contains_piece(&one_line, &base64, header_len) {
        return true;
    }
    // A truncated PEM has no valid DER.
    let Ok(der) = Base64::decode_vec(&base64) else { return false };
    let secret = &der[HEADER_LEN..];
    let hex = secret.iter().fold(String::new(), |mut hex, byte| {
        _ = write!(hex, "{byte:02x}");
        hex
    });
    contains_piece(&text.to_ascii_lowercase(), &hex, 0) || text.contains(&Base64::encode_string(secret)[..PIECE_LEN])
}
