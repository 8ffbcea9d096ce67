//! Parts of a page that depend on the stack. In the page, `<!-- if links -->`, `<!-- if open -->` or `<!-- if inbox -->`, and
//! `<!-- end -->`, each on its own line, enclose a part. It is uploaded if the stack has named links, if every visitor gets the CV,
//! or if the stack has an inbox.

/// The features of a stack that a page may depend on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Features {
    /// Whether the stack has named links, and so the path of the form that requests one.
    pub links: bool,
    /// Whether the CV is sent on request only.
    pub is_gated: bool,
    /// Whether the stack has an inbox.
    pub inbox: bool,
}

impl Features {
    /// The page without the parts of features that the stack does not have, and without the comments.
    ///
    /// # Errors
    /// A sentence, if a part has no end or an end no part.
    pub(super) fn select(self, page: &str) -> Result<String, String> {
        let mut selected = String::with_capacity(page.len());
        // The first line of the part, and whether it is uploaded.
        let mut part: Option<(usize, bool)> = None;
        for (index, line) in page.split_inclusive('\n').enumerate() {
            let begins = match line.trim() {
                "<!-- if links -->" => Some(self.links),
                "<!-- if open -->" => Some(!self.is_gated),
                "<!-- if inbox -->" => Some(self.inbox),
                "<!-- end -->" => {
                    part.take().ok_or_else(|| format!("line {}: <!-- end --> without <!-- if -->", index + 1))?;
                    continue;
                }
                _ => None,
            };
            match (begins, part) {
                (Some(_), Some((line, _))) => {
                    return Err(format!("line {}: <!-- if --> before the <!-- end --> of line {line}", index + 1));
                }
                (Some(is_uploaded), None) => part = Some((index + 1, is_uploaded)),
                (None, Some((_, false))) => {}
                (None, _) => selected.push_str(line),
            }
        }
        match part {
            Some((line, _)) => Err(format!("line {line}: <!-- if --> without <!-- end -->")),
            None => Ok(selected),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "a\n <!-- if open -->\n download\n <!-- end -->\n<!-- if links -->\nform\n<!-- end -->\nb";

    #[test]
    fn a_page_has_the_parts_of_the_features_that_the_stack_has() {
        for (links, is_gated, page) in
            [(false, false, "a\n download\nb"), (true, false, "a\n download\nform\nb"), (true, true, "a\nform\nb")]
        {
            assert_eq!(Features { links, is_gated, inbox: false }.select(PAGE).as_deref(), Ok(page));
        }
    }

    #[test]
    fn the_form_of_the_inbox_is_uploaded_if_there_is_an_inbox() {
        let page = "a\n<!-- if inbox -->\nform\n<!-- end -->\n";
        assert_eq!(Features { inbox: true, ..Features::default() }.select(page).as_deref(), Ok("a\nform\n"));
        assert_eq!(Features::default().select(page).as_deref(), Ok("a\n"));
    }

    #[test]
    fn a_page_without_parts_is_unchanged() {
        for page in ["", "a\r\nb", "<!-- a comment -->\n", "text <!-- if links --> in a line\n"] {
            assert_eq!(Features::default().select(page).as_deref(), Ok(page));
        }
    }

    #[test]
    fn a_part_without_an_end_is_rejected_with_its_line() {
        for (page, error) in [
            ("a\n<!-- if links -->\nb", "line 2: <!-- if --> without <!-- end -->"),
            ("<!-- end -->", "line 1: <!-- end --> without <!-- if -->"),
            ("<!-- if open -->\n<!-- if links -->\n", "line 2: <!-- if --> before the <!-- end --> of line 1"),
        ] {
            assert_eq!(Features::default().select(page), Err(error.to_owned()));
        }
    }
}
