//! CloudFront's wildcards: `*` matches any number of characters, `?` exactly one.

/// Whether all of `text` matches `pattern`. In the worst case, the time is proportional to the product of both lengths.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut at, mut position) = (0, 0);
    // The position of the last `*`, and the end of the text that it matches so far.
    let mut star: Option<(usize, usize)> = None;
    while position < text.len() {
        match (pattern.get(at), star) {
            (Some(b'*'), _) => {
                star = Some((at, position));
                at += 1;
            }
            (Some(&byte), _) if byte == b'?' || byte == text[position] => {
                at += 1;
                position += 1;
            }
            (_, Some((star_at, end))) => {
                star = Some((star_at, end + 1));
                at = star_at + 1;
                position = end + 1;
            }
            (_, None) => return false,
        }
    }
    pattern[at..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_matches_any_number_of_characters() {
        for (pattern, text) in
            [("*", ""), ("*", "a/b?c"), ("a*", "a"), ("*a", "bca"), ("a*c*e", "abcde"), ("a**b", "ab")]
        {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a*", "ba"), ("*a", "ab"), ("a*c*e", "abde"), ("", "a"), ("a*b", "acbc")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_question_mark_matches_exactly_one_character() {
        assert!(matches("a?c", "abc") && matches("a?c", "a?c") && matches("?*", "ab"));
        assert!(!matches("a?c", "ac") && !matches("a?", "a") && !matches("?", ""));
    }
}
