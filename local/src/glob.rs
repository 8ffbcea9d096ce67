//! `*` and `?`, as path patterns and policy resources use them.

/// Whether `text` matches `pattern`, where `*` stands for zero or more bytes and `?` for exactly one.
///
/// Linear in memory and at most `pattern.len() * text.len()` steps, whatever the pattern.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t) = (0, 0);
    // Where to go on if the text after the last `*` turns out not to match: the pattern after it, one byte further.
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
    fn a_star_matches_nothing_and_everything() {
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
    fn a_star_gives_back_what_it_took() {
        assert!(matches("*/x*y", "/x/x/xyy"));
        assert!(!matches("*/x*z", "/x/x/xyy"));
    }

    #[test]
    fn many_stars_do_not_make_it_slow() {
        let pattern = "*a".repeat(40);
        assert!(!matches(&pattern, &("a".repeat(39) + "b").repeat(50)));
    }

    #[test]
    fn case_matters() {
        assert!(!matches("*.jpg", "/LOGO.JPG"));
    }
}
