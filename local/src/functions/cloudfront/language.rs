//! The language features that CloudFront's runtime lacks and this engine has.
//!
//! CloudFront accepts and publishes code with them, and then every request is a 503 with `FunctionExecutionError`. The
//! lists are what was observed at the real service with `test-function` and in production, September 2026: `for...of`,
//! destructuring, `catch` without a binding and `await` in arguments are syntax errors at run time only, and the methods
//! in [`MISSING_METHODS`] do not exist. What is only not documented is reported and runs:
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html>.

use std::fmt;

use super::RuntimeVersion;
use super::tokens::{Kind, Token, tokens};

/// Methods that objects of the runtime do not have. The prelude removes them.
const MISSING_METHODS: [&str; 13] = [
    "flat",
    "flatMap",
    "at",
    "findLast",
    "findLastIndex",
    "toSorted",
    "toReversed",
    "toSpliced",
    "with",
    "matchAll",
    "normalize",
    "fromEntries",
    "hasOwn",
];
/// Constructors that the runtime does not have.
const MISSING_GLOBALS: [&str; 9] =
    ["Map", "Set", "WeakMap", "Proxy", "Reflect", "BigInt", "Intl", "URL", "structuredClone"];

/// A feature in a function's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    feature: String,
    line: usize,
    pub(super) severity: Severity,
}

/// What CloudFront's runtime does with a feature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Severity {
    /// The whole function is invalid: each request is a 503.
    SyntaxError,
    /// The name does not exist. Code that tests for it first still runs.
    Missing,
    /// The documentation does not list it.
    Undocumented,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { feature, line, severity } = self;
        match severity {
            Severity::SyntaxError => write!(f, "SyntaxError: the runtime does not support {feature}, in line {line}"),
            Severity::Missing => write!(f, "the runtime has no {feature}, in line {line}"),
            Severity::Undocumented => write!(f, "the runtime's documentation does not list {feature}, in line {line}"),
        }
    }
}

/// Searches code that compiles. Each feature is reported once, where it first occurs.
pub(super) fn check(code: &str, version: RuntimeVersion) -> Vec<Finding> {
    let code = Code::new(tokens(code));
    let mut findings: Vec<Finding> = Vec::new();
    let mut report = |severity, feature: &str, at: usize| {
        if findings.iter().all(|finding| finding.feature != feature) {
            findings.push(Finding { feature: feature.to_owned(), line: code.tokens[at].line, severity });
        }
    };
    for at in 0..code.tokens.len() {
        if code.is_for_of(at) {
            report(Severity::SyntaxError, "for...of", at);
        }
        if code.is_pattern(at) {
            report(Severity::SyntaxError, "destructuring", at);
        }
        if code.is_keyword(at, "catch") && code.is(at + 1, "{") {
            report(Severity::SyntaxError, "catch without a binding", at);
        }
        if code.is_keyword(at, "await") && code.is_in_arguments(at) {
            report(Severity::SyntaxError, "await in the arguments of a call", at);
        }
        // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-10.html
        for word in ["const", "let", "async", "await"] {
            if version == RuntimeVersion::First && code.is_keyword(at, word) && !code.is(at + 1, "=") {
                report(Severity::SyntaxError, word, at);
            }
        }
        let text = code.tokens[at].text;
        if code.tokens[at].kind == Kind::Word {
            if code.is_member(at) && code.is(at + 1, "(") && MISSING_METHODS.contains(&text) {
                report(Severity::Missing, &format!("method {text}"), at);
            }
            if !code.is_member(at) && !code.is(at + 1, ":") && MISSING_GLOBALS.contains(&text) {
                report(Severity::Missing, text, at);
            }
        }
        if code.is_keyword(at, "class") {
            report(Severity::Undocumented, "class", at);
        }
        if code.is_keyword(at, "function") && code.is(at + 1, "*") {
            report(Severity::Undocumented, "generators", at);
        }
        if code.is(at, "?.") || code.is(at, "??") {
            report(Severity::Undocumented, text, at);
        }
        if code.is(at, "...") && !code.is_rest_parameter(at) {
            report(Severity::Undocumented, "spread", at);
        }
    }
    findings
}

/// What a bracket encloses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Bracket {
    Arguments,
    Parameters,
    /// The head of a `for`.
    Loop,
    /// Any other parentheses.
    Group,
    Block,
    Object,
    Array,
    Index,
    Placeholder,
}

struct Code<'a> {
    tokens: Vec<Token<'a>>,
    /// For an opening bracket, the closing one, and the reverse.
    partner: Vec<Option<usize>>,
    /// The innermost open bracket at each token, without the token itself.
    parent: Vec<Option<usize>>,
}

impl<'a> Code<'a> {
    fn new(tokens: Vec<Token<'a>>) -> Self {
        let (mut partner, mut parent) = (vec![None; tokens.len()], vec![None; tokens.len()]);
        let mut open = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            let is_punctuator = token.kind == Kind::Punctuator;
            if is_punctuator
                && [")", "]", "}"].contains(&token.text)
                && let Some(start) = open.pop()
            {
                partner[at] = Some(start);
                partner[start] = Some(at);
            }
            parent[at] = open.last().copied();
            if is_punctuator && ["(", "[", "{", "${"].contains(&token.text) {
                open.push(at);
            }
        }
        Self { tokens, partner, parent }
    }

    fn is(&self, at: usize, text: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Punctuator && token.text == text)
    }

    fn is_word(&self, at: usize, words: &[&str]) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Word && words.contains(&token.text))
    }

    /// Whether the token is the name of a property: `a.of` or `{ of: 1 }`.
    fn is_member(&self, at: usize) -> bool {
        at > 0 && (self.is(at - 1, ".") || self.is(at - 1, "?."))
    }

    fn is_keyword(&self, at: usize, word: &str) -> bool {
        self.is_word(at, &[word]) && !self.is_member(at) && !self.is(at + 1, ":")
    }

    /// Whether a value ends before the token, so that an opening bracket calls or indexes it.
    fn follows_value(&self, at: usize) -> bool {
        const OPERATORS: [&str; 13] =
            ["return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "do", "else", "await", "yield"];
        let Some(before) = at.checked_sub(1) else { return false };
        match self.tokens[before].kind {
            Kind::Literal => true,
            Kind::Word => self.is_member(before) || !OPERATORS.contains(&self.tokens[before].text),
            Kind::Punctuator => self.is(before, ")") || self.is(before, "]"),
        }
    }

    fn bracket(&self, at: usize) -> Bracket {
        let before = at.wrapping_sub(1);
        let after = self.partner[at].map_or(usize::MAX, |end| end.saturating_add(1));
        match self.tokens[at].text {
            "${" => Bracket::Placeholder,
            "[" if self.follows_value(at) && !self.is_word(before, &["let", "const", "var"]) => Bracket::Index,
            "[" => Bracket::Array,
            "(" if self.is_word(before, &["for"]) && !self.is_member(before) => Bracket::Loop,
            "(" if self.is_word(before, &["await"]) && self.is_word(before.wrapping_sub(1), &["for"]) => Bracket::Loop,
            "(" if self.is_word(before, &["if", "while", "switch", "with"]) && !self.is_member(before) => {
                Bracket::Group
            }
            "(" if self.is(after, "=>") => Bracket::Parameters,
            "(" if self.is_word(before, &["catch", "function"]) && !self.is_member(before) => Bracket::Parameters,
            // `function name(a) {` and `{ name(a) {`.
            "(" if self.follows_value(at) && self.is(after, "{") => Bracket::Parameters,
            "(" if self.follows_value(at) => Bracket::Arguments,
            "(" => Bracket::Group,
            _ if at == 0 || [")", "=>", ";", "{", "}"].iter().any(|text| self.is(before, text)) => Bracket::Block,
            _ if self.is_word(before, &["else", "try", "finally", "do"]) => Bracket::Block,
            _ => Bracket::Object,
        }
    }

    fn is_for_of(&self, at: usize) -> bool {
        let is_in_loop = self.parent[at].is_some_and(|open| self.bracket(open) == Bracket::Loop);
        let follows_name =
            at > 0 && (self.tokens[at - 1].kind == Kind::Word || self.is(at - 1, "]") || self.is(at - 1, "}"));
        is_in_loop && follows_name && self.is_keyword(at, "of")
    }

    /// Whether an array or an object begins here whose parts are assigned to names.
    fn is_pattern(&self, at: usize) -> bool {
        if !self.is(at, "[") && !self.is(at, "{") {
            return false;
        }
        let before = at.wrapping_sub(1);
        let is_declared = self.is_word(before, &["let", "const", "var"]) && !self.is_member(before);
        let is_assigned =
            self.bracket(at) != Bracket::Index && self.partner[at].is_some_and(|end| self.is(end + 1, "="));
        let is_parameter = self.parent[at].is_some_and(|open| {
            self.bracket(open) == Bracket::Parameters
                && (before == open || self.is(before, ",") || self.is(before, "..."))
        });
        is_declared || is_assigned || is_parameter
    }

    /// Whether the token is in the arguments of a call of the same function.
    fn is_in_arguments(&self, at: usize) -> bool {
        let mut open = self.parent[at];
        while let Some(bracket) = open {
            match self.bracket(bracket) {
                Bracket::Arguments => return true,
                Bracket::Block => return false,
                _ => open = self.parent[bracket],
            }
        }
        false
    }

    fn is_rest_parameter(&self, at: usize) -> bool {
        self.parent[at].is_some_and(|open| self.bracket(open) == Bracket::Parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, RuntimeVersion, Severity};

    fn check(code: &str) -> Vec<Finding> {
        super::check(code, RuntimeVersion::Second)
    }

    fn features(code: &str, severity: Severity) -> Vec<String> {
        check(code).into_iter().filter(|finding| finding.severity == severity).map(|finding| finding.feature).collect()
    }

    #[test]
    fn syntax_that_was_observed_to_fail_at_the_real_service_is_found() {
        for (code, feature) in [
            ("for (const item of list) {}", "for...of"),
            ("for (x of [1]) {}", "for...of"),
            ("const { a } = b;", "destructuring"),
            ("let [a, b] = c;", "destructuring"),
            ("({ a } = b);", "destructuring"),
            ("x = 1;\n[a, b] = [b, a];", "destructuring"),
            ("function f({ a }) {}", "destructuring"),
            ("var f = (a, [b]) => b;", "destructuring"),
            ("var f = function (a, { b }) {};", "destructuring"),
            ("try { a(); } catch ({ message }) {}", "destructuring"),
            ("try { a(); } catch { b(); }", "catch without a binding"),
            ("async function f() { return parseFloat(await g()); }", "await in the arguments of a call"),
            ("async function f() { a.push({ b: [await g()] }); }", "await in the arguments of a call"),
            ("var f = async () => new Error(`${await g()}`);", "await in the arguments of a call"),
        ] {
            assert_eq!(features(code, Severity::SyntaxError), [feature], "{code}");
        }
    }

    #[test]
    fn code_that_the_runtime_supports_has_no_finding() {
        for code in [
            "for (var i = 0; i < of.length; i++) { a[i] = b; }",
            "for (const k in o) { o[k] = [k]; }",
            "var o = { of: 1, await: 2, catch: 3, class: 4, Map: 5 }; o.of = o.catch; o.class = { a: 1 };",
            "try { a(); } catch (e) { b(e); }",
            "async function f() { const a = await g(); if (await h(a)) { return [await g()]; } }",
            "a.map(async function (x) { const y = await g(x); return y; });",
            "a.then(async (x) => { await g(x); });",
            "var f = (a, b) => ({ c: a });",
            "if (a) { b = [1]; } else { c = {}; }",
            "function f(a, ...rest) { return rest; }",
            "var text = `for (a of b) ${c} catch {`; // const { a } = b",
            "function f(a = {}, b = []) { return a; }",
            "switch (a) { case '[': b = { c: d }; }",
            "var r = /const {a} = [b] of/; x = a == b; y = a === [b];",
        ] {
            assert_eq!(check(code), [], "{code}");
        }
    }

    #[test]
    fn missing_names_and_undocumented_syntax_are_reported_with_their_line() {
        let code = "var a = [2, 1];\nvar b = a.toSorted();\nvar c = new Map();\nvar d = { ...a };\nvar e = d?.f ?? 1;";
        let found: Vec<String> = check(code).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "the runtime has no method toSorted, in line 2",
                "the runtime has no Map, in line 3",
                "the runtime's documentation does not list spread, in line 4",
                "the runtime's documentation does not list ?., in line 5",
                "the runtime's documentation does not list ??, in line 5",
            ]
        );
        assert_eq!(features("class A {} function* g() {}", Severity::Undocumented), ["class", "generators"]);
    }

    #[test]
    fn the_first_runtime_has_neither_block_scope_nor_promises_of_its_own_syntax() {
        let first = |code: &str| super::check(code, RuntimeVersion::First);
        for code in ["const a = 1;", "let a = 1;", "async function handler() {}"] {
            assert!(first(code).iter().any(|finding| finding.severity == Severity::SyntaxError), "{code}");
        }
        assert_eq!(first("var o = { let: 1, const: 2 }; function handler(event) { return event.request; }"), []);
    }

    #[test]
    fn our_own_function_uses_only_what_the_runtime_supports() {
        assert_eq!(check(include_str!("../../../../edge/cloudfront-function/site.js")), []);
    }
}
