//! Matching with the wildcards `*` and `?` of path patterns and policy resources.

/// Whether `text` matches `pattern`, where `*` matches zero or more bytes and `?` exactly one.
///
/// Takes at most `pattern.len() * text.len()` steps and constant memory for every pattern.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where to continue after a mismatch: the pattern after the last `*`, and the text that this `*` has
    // matched so far.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some(b'*') => {
                retry = Some((p + 1, t));
                p += 1;
            }
            Some(&byte) if byte == b'?' || byte == text[t] => {
                p += 1;
                t += 1;
            }
            _ => {
                let Some((after_star, from)) = retry else { return false };
                retry = Some((after_star, from + 1));
                p = after_star;
                t = from + 1;
            }
        }
    }
    pattern[p..].iter().all(|&byte| byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_matches_zero_or_more_bytes() {
        assert!(matches("/cv/*", "/cv/"));
        assert!(matches("/cv/*", "/cv/a/b.pdf"));
        assert!(matches("*.pdf", "/cv/a/b.pdf"));
        assert!(!matches("/cv/*", "/cv"));
    }

    #[test]
    fn a_question_mark_matches_exactly_one_byte() {
        assert!(matches("/a?c", "/abc"));
        assert!(!matches("/a?c", "/ac"));
        assert!(!matches("/a?", "/a"));
    }

    #[test]
    fn a_star_backtracks() {
        assert!(matches("*/x*y", "/x/x/xyy"));
        assert!(!matches("*/x*z", "/x/x/xyy"));
    }

    #[test]
    fn many_stars_are_not_slow() {
        let pattern = "*a".repeat(40);
        assert!(!matches(&pattern, &("a".repeat(39) + "b").repeat(50)));
    }

    #[test]
    fn case_matters() {
        assert!(!matches("*.jpg", "/LOGO.JPG"));
    }
}
