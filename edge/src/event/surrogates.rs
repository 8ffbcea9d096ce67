//! Lone surrogates. Bytes of a header that are not UTF-8 may reach JavaScript as half of a surrogate pair, which
//! `JSON.stringify` escapes and a strict JSON parser rejects.
//! <https://www.rfc-editor.org/rfc/rfc8259#section-8.2>

use std::borrow::Cow;

const REPLACEMENT: &str = "\\ufffd";

/// Replaces each escaped lone surrogate by U+FFFD.
pub(super) fn replace_lone(json: &str) -> Cow<'_, str> {
    if !json.contains("\\ud") && !json.contains("\\uD") {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(backslash) = rest.find('\\') {
        out.push_str(&rest[..backslash]);
        rest = &rest[backslash..];
        let taken = match (unit(rest), rest.get(6..).and_then(unit)) {
            (Some(0xD800..=0xDBFF), Some(0xDC00..=0xDFFF)) => 12,
            (Some(0xD800..=0xDFFF), _) => {
                out.push_str(REPLACEMENT);
                rest = &rest[6..];
                continue;
            }
            (Some(_), _) => 6,
            // A backslash and what it escapes, which may be a backslash; nothing follows in JSON that was cut off.
            (None, _) => rest.char_indices().nth(2).map_or(rest.len(), |(index, _)| index),
        };
        out.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The code unit of the `\uXXXX` that the text begins with.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) { u16::from_str_radix(digits, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::replace_lone;

    #[test]
    fn lone_surrogates_are_replaced_and_pairs_are_kept() {
        for (json, expected) in [
            (r#""plain""#, r#""plain""#),
            (r#""\ud83d\ude00""#, r#""\ud83d\ude00""#),
            (r#""\ud83d""#, r#""\ufffd""#),
            (r#""\uDE00x""#, r#""\ufffdx""#),
            (r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#),
            (r#""\ud83d\u0041""#, r#""\ufffd\u0041""#),
            (r#""\\ud83d""#, r#""\\ud83d""#),
            (r#""\\\ud83d""#, r#""\\\ufffd""#),
            (r#""\ud8"#, r#""\ud8"#),
            (r#""\ud83d\"#, r#""\ufffd\"#),
            (r#""\ud83d\ü"#, r#""\ufffd\ü"#),
            (r#""é\ud83dé""#, r#""é\ufffdé""#),
        ] {
            assert_eq!(replace_lone(json), expected, "{json}");
        }
    }
}
