//! Bytes in hexadecimal, and percent-escapes, which are made of it.

const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

/// Lower-case hexadecimal, as AWS writes hashes.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        push(&mut text, *byte);
    }
    text.to_ascii_lowercase()
}

/// Appends `%41` for `A`.
pub(crate) fn push_escape(text: &mut String, byte: u8) {
    text.push('%');
    push(text, byte);
}

fn push(text: &mut String, byte: u8) {
    text.push(char::from(DIGITS[usize::from(byte >> 4)]));
    text.push(char::from(DIGITS[usize::from(byte & 15)]));
}

/// The bytes that a percent-encoded text stands for. A percent sign without two digits stands for itself.
pub(crate) fn percent_decode(text: &str) -> Vec<u8> {
    let raw = text.as_bytes();
    let digit = |index: usize| raw.get(index).and_then(|byte| char::from(*byte).to_digit(16));
    let mut bytes = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some(byte) = raw.get(at) {
        if let (b'%', Some(high), Some(low)) = (byte, digit(at + 1), digit(at + 2)) {
            bytes.push(u8::try_from(high * 16 + low).unwrap_or_default());
            at += 3;
        } else {
            bytes.push(*byte);
            at += 1;
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::{encode, percent_decode, push_escape};

    #[test]
    fn hashes_are_in_lower_case_and_escapes_in_upper() {
        assert_eq!(encode(&[0x0a, 0xff]), "0aff");
        let mut escaped = String::new();
        push_escape(&mut escaped, 0xff);
        assert_eq!(escaped, "%FF");
    }

    #[test]
    fn a_percent_sign_without_digits_stands_for_itself() {
        assert_eq!(percent_decode("%41%4a%"), b"AJ%");
        assert_eq!(percent_decode("100%%zz%+a"), b"100%%zz%+a");
        assert_eq!(percent_decode("é%c3"), [0xc3, 0xa9, 0xc3]);
    }
}
