//! Splits a function's code into tokens, for the search for language features that the runtime lacks.
//!
//! This is not a parser: the code compiles in the engine before it is searched. A `/` after a closing bracket, a name or
//! a literal is a division, any other one begins a regular expression.

/// A part of the code that has a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) text: &'a str,
    /// Counted from 1.
    pub(super) line: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A name or a keyword.
    Word,
    /// A string, a number, a regular expression or a part of a template.
    Literal,
    Punctuator,
}

/// The punctuators of more than one character that matter, longest first. All others are read one character at a time.
const PUNCTUATORS: [&str; 10] = ["...", "===", "!==", "=>", "==", "!=", "<=", ">=", "??", "?."];

/// After these words a `/` begins a regular expression.
const BEFORE_EXPRESSION: [&str; 12] =
    ["return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "do", "else", "await"];

/// The tokens of code, without comments. The placeholders of a template are surrounded by `${` and `}`.
pub(super) fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut scanner = Scanner { code, at: 0, line: 1, tokens: Vec::new(), templates: Vec::new() };
    scanner.run();
    scanner.tokens
}

struct Scanner<'a> {
    code: &'a str,
    at: usize,
    line: usize,
    tokens: Vec<Token<'a>>,
    /// For each open placeholder, the number of braces that are open in it.
    templates: Vec<usize>,
}

impl<'a> Scanner<'a> {
    fn rest(&self) -> &'a str {
        &self.code[self.at..]
    }

    fn push(&mut self, kind: Kind, length: usize) {
        let text = &self.code[self.at..self.at + length];
        self.tokens.push(Token { kind, text, line: self.line });
        self.skip(length);
    }

    fn skip(&mut self, length: usize) {
        self.line += self.code[self.at..self.at + length].bytes().filter(|byte| *byte == b'\n').count();
        self.at += length;
    }

    fn run(&mut self) {
        while let Some(first) = self.rest().chars().next() {
            let rest = self.rest();
            if first.is_whitespace() {
                self.skip(first.len_utf8());
            } else if rest.starts_with("//") {
                self.skip(rest.find('\n').unwrap_or(rest.len()));
            } else if rest.starts_with("/*") {
                self.skip(rest.find("*/").map_or(rest.len(), |end| end + 2));
            } else if is_word(first) {
                self.push(Kind::Word, rest.find(|c| !is_word(c) && !c.is_ascii_digit()).unwrap_or(rest.len()));
            } else if first.is_ascii_digit() {
                let is_number = |c: char| is_word(c) || c.is_ascii_digit() || c == '.';
                self.push(Kind::Literal, rest.find(|c| !is_number(c)).unwrap_or(rest.len()));
            } else if first == '"' || first == '\'' {
                self.push(Kind::Literal, quoted(rest, first));
            } else if first == '`' {
                self.template(1);
            } else if first == '/' && self.begins_expression() {
                self.push(Kind::Literal, regular_expression(rest));
            } else {
                self.punctuator(first);
            }
        }
    }

    fn punctuator(&mut self, first: char) {
        match (first, self.templates.last_mut()) {
            ('{', Some(open)) => *open += 1,
            ('}', Some(0)) => {
                self.templates.pop();
                self.push(Kind::Punctuator, 1);
                self.template(0);
                return;
            }
            ('}', Some(open)) => *open -= 1,
            _ => {}
        }
        // `a?.5:b` is a condition and a number.
        let rest = self.rest();
        let is_number = rest.starts_with("?.") && rest[2..].starts_with(|c: char| c.is_ascii_digit());
        let long = PUNCTUATORS.iter().find(|text| rest.starts_with(**text) && !is_number);
        self.push(Kind::Punctuator, long.map_or(first.len_utf8(), |text| text.len()));
    }

    /// Reads the text of a template until its end or its next placeholder. `quote` is the length of the quote that begins it.
    fn template(&mut self, quote: usize) {
        let rest = self.rest();
        let mut escaped = false;
        let mut previous = ' ';
        for (at, c) in rest.char_indices().skip(quote) {
            if !escaped && c == '`' {
                self.push(Kind::Literal, at + 1);
                return;
            }
            if !escaped && previous == '$' && c == '{' {
                self.push(Kind::Literal, at - 1);
                self.push(Kind::Punctuator, 2);
                self.templates.push(0);
                return;
            }
            escaped = !escaped && c == '\\';
            previous = c;
        }
        self.push(Kind::Literal, rest.len());
    }

    /// Whether an expression, and not an operator, follows the last token.
    fn begins_expression(&self) -> bool {
        self.tokens.last().is_none_or(|last| match last.kind {
            Kind::Word => BEFORE_EXPRESSION.contains(&last.text),
            Kind::Literal => false,
            Kind::Punctuator => ![")", "]", "}"].contains(&last.text),
        })
    }
}

fn is_word(c: char) -> bool {
    c.is_alphabetic() || c == '_' || c == '$' || c == '#' || c == '@'
}

/// The length of a string with its quotes.
fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if !escaped && (c == quote || c == '\n') {
            return at + 1;
        }
        escaped = !escaped && c == '\\';
    }
    rest.len()
}

/// The length of a regular expression with its slashes. Its flags are read as a word.
fn regular_expression(rest: &str) -> usize {
    let (mut escaped, mut in_class) = (false, false);
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => {}
            '/' if !in_class => return at + 1,
            '\n' => return at,
            '[' => in_class = true,
            ']' => in_class = false,
            _ => {}
        }
        escaped = !escaped && c == '\\';
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::tokens;
    use proptest::prelude::*;

    fn texts(code: &str) -> Vec<&str> {
        tokens(code).iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_strings_and_regular_expressions_hide_their_contents() {
        assert_eq!(texts("a // of\n/* of */ 'of\\'' \"of\""), ["a", "'of\\''", "\"of\""]);
        assert_eq!(
            texts("x = /[/of]\\/'/g.test(y) / 2"),
            ["x", "=", "/[/of]\\/'/", "g", ".", "test", "(", "y", ")", "/", "2"]
        );
    }

    #[test]
    fn the_placeholders_of_a_template_are_code() {
        assert_eq!(
            texts("`of ${a({})} of ${`${b}`}`;"),
            ["`of ", "${", "a", "(", "{", "}", ")", "}", " of ", "${", "`", "${", "b", "}", "`", "}", "`", ";"]
        );
    }

    #[test]
    fn tokens_have_the_line_that_they_begin_in() {
        let lines: Vec<usize> = tokens("a\n`x\n`\nb").iter().map(|token| token.line).collect();
        assert_eq!(lines, [1, 2, 4]);
    }

    proptest! {
        #[test]
        fn any_text_has_tokens(code in "\\PC*|[a-z(){}\\[\\]`$/'\"\\\\\n =.]*") {
            let found = tokens(&code);
            prop_assert!(found.iter().map(|token| token.text.len()).sum::<usize>() <= code.len());
        }
    }
}
