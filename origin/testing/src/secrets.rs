//! Finds private keys in text, for tests that no log, error or file holds one.

use std::fmt::Write as _;

use base64ct::{Base64, Encoding as _};

/// How much of a key, in characters, no text may hold.
const TELLING: usize = 24;

/// What keys of a kind begin with, in bytes, is no secret: only what follows is looked for.
const KNOWN: usize = 36;

/// Whether a text holds a piece of this PEM: of its lines, of its DER in base64 and in hex, and so of the scalar of a P-256 key,
/// which is a piece of the DER. A text is searched without what JSON and Rust put before a line end.
pub fn contains_key(text: &str, pem: &str) -> bool {
    let base64: String = pem.lines().filter(|line| !line.starts_with('-')).flat_map(str::split_whitespace).collect();
    let start = KNOWN.div_ceil(3) * 4;
    if base64.len() < start + TELLING {
        return false;
    }
    let of = |whole: &str, from: usize, text: &str| {
        (from..whole.len() - TELLING).step_by(8).any(|at| text.contains(&whole[at..at + TELLING]))
    };
    let (lower, one_line) = (text.to_ascii_lowercase(), text.replace("\\n", "").replace('\n', ""));
    if of(&base64, start, text) || of(&base64, start, &one_line) {
        return true;
    }
    // A PEM that was cut off has no DER.
    let Ok(der) = Base64::decode_vec(&base64) else { return false };
    let secret = &der[KNOWN..];
    let hex = secret.iter().fold(String::new(), |mut hex, byte| {
        _ = write!(hex, "{byte:02x}");
        hex
    });
    of(&hex, 0, &lower) || text.contains(&Base64::encode_string(secret)[..TELLING])
}
