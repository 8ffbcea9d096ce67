//! Plain text and Markdown.

use super::{Summary, words};

/// Paragraphs are separated by empty lines.
pub(super) fn plain(text: &str) -> Summary {
    let mut paragraphs = 0;
    let mut is_inside = false;
    for line in text.lines() {
        let has_words = !line.trim().is_empty();
        paragraphs += u64::from(has_words && !is_inside);
        is_inside = has_words;
    }
    Summary { paragraphs: Some(paragraphs), words: Some(words(text)), ..Summary::default() }
}

/// The title is the first heading of the first level.
pub(super) fn markdown(text: &str) -> Summary {
    let title = text.lines().find_map(|line| line.strip_prefix("# "));
    Summary { title: title.map(str::to_owned), ..plain(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_paragraphs_are_counted() {
        let text = "\n\nWe are looking\nfor an engineer.\n  \n\nBerlin, 2026\n";
        assert_eq!(plain(text), Summary { paragraphs: Some(2), words: Some(8), ..Summary::default() });
        assert_eq!(plain(""), Summary { paragraphs: Some(0), words: Some(0), ..Summary::default() });
    }

    #[test]
    fn the_title_of_markdown_is_its_first_heading() {
        assert_eq!(markdown("intro\n## no\n# An Engineer\n# Two").title.as_deref(), Some("An Engineer"));
        assert_eq!(markdown("#no").title, None);
    }
}
