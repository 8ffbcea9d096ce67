//! Host names as browsers write them in `Origin` and `Host`.

/// The longest host name and the longest label, in characters. <https://www.rfc-editor.org/rfc/rfc1035#section-2.3.4>
const NAME_CHARS: usize = 253;
const LABEL_CHARS: usize = 63;

/// Whether it is a DNS name in the form that browsers put on the wire: ASCII, lower case, no final dot, and not an
/// address (an all-digit last label makes it an IPv4 address: <https://url.spec.whatwg.org/#ends-in-a-number-checker>).
pub(super) fn is_dns_name(text: &str) -> bool {
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= NAME_CHARS && text.split('.').all(is_label) && !last.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= LABEL_CHARS
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::is_dns_name;

    #[test]
    fn only_the_form_on_the_wire_is_a_name() {
        for name in ["example.com", "a.b.c", "xn--bcher-kva.example", "d111111abcdef8.cloudfront.net", "1.example"] {
            assert!(is_dns_name(name), "{name}");
        }
        let long_label = format!("{}.example", "a".repeat(64));
        let long_name = format!("{}com", "abcdefg.".repeat(32));
        for name in ["", ".", "a.", ".a", "a..b", "A.example", "-a.example", "a-.example", "a_b.example", "127.0.0.1"]
            .into_iter()
            .chain(["exämple.com", "a b.example", "a.example:443", &long_label, &long_name])
        {
            assert!(!is_dns_name(name), "{name}");
        }
    }
}
