//! Checks a resume against the schema, with the line and column of each finding.
//!
//! serde_json decides whether the text is JSON. The positions come from a second parser, jsonc-parser, whose tree has byte ranges.

use std::fmt;

use jsonc_parser::ast::{Object, Value};
use serde::Serialize;

use crate::{
    date::Date,
    language, link,
    schema::{Field, Kind, RESUME},
};

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Violates the schema, or cannot be rendered. The file is rejected.
    Error,
    /// Allowed by the schema, and not shown.
    Warning,
}

/// A finding of the check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How grave it is.
    pub severity: Severity,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// The path of the field, such as `work[0].startDate`; empty for the whole file.
    pub field: String,
    /// The reason, with the value and what to do.
    pub reason: String,
}

impl Finding {
    /// Whether the file is rejected.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// Such as `12:5: error: work[0].startDate: "soon" is not a date`.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{}:{}: {severity}: ", self.line, self.column)?;
        if !self.field.is_empty() {
            write!(f, "{}: ", self.field)?;
        }
        f.write_str(&self.reason)
    }
}

/// All findings in the order of the file; empty for a valid resume.
#[must_use]
pub fn check(text: &str) -> Vec<Finding> {
    if let Err(error) = serde_json::from_str::<serde_json::Value>(text) {
        let (line, column) = (error.line(), error.column());
        let reason = error.to_string();
        // serde_json appends the position to its message.
        let reason = reason.rsplit_once(" at line ").map_or(reason.as_str(), |(reason, _)| reason);
        let reason = format!("the file is not JSON: {reason}");
        return vec![Finding { severity: Severity::Error, line, column, field: String::new(), reason }];
    }
    let mut check = Check { text, findings: Vec::new() };
    match jsonc_parser::parse_to_ast(
        text,
        &jsonc_parser::CollectOptions::default(),
        &jsonc_parser::ParseOptions::default(),
    ) {
        Ok(parsed) => {
            if let Some(value) = &parsed.value {
                check.value(value, &RESUME, "");
            }
        }
        // It accepts all of JSON; if not, the position is unknown.
        Err(error) => check.report(Severity::Error, 0, "", format!("the file is not JSON: {error}")),
    }
    check.findings
}

struct Check<'a> {
    text: &'a str,
    findings: Vec<Finding>,
}

impl Check<'_> {
    fn report(&mut self, severity: Severity, at: usize, field: &str, reason: String) {
        let (line, column) = position(self.text, at);
        self.findings.push(Finding { severity, line, column, field: field.to_owned(), reason });
    }

    fn error(&mut self, at: usize, field: &str, reason: String) {
        self.report(Severity::Error, at, field, reason);
    }

    fn value(&mut self, value: &Value<'_>, kind: &Kind, path: &str) {
        match (kind, value) {
            (Kind::Object(fields), Value::Object(object)) => self.object(object, fields, path),
            (Kind::Texts, Value::Object(object)) => {
                for property in &object.properties {
                    let name = property.name.as_str();
                    if language::names().all(|known| known != name) {
                        let reason = "is not a text of the page, and is not shown".to_owned();
                        self.report(Severity::Warning, property.range.start, &join(path, name), reason);
                    }
                    self.value(&property.value, &Kind::Text, &join(path, property.name.as_str()));
                }
            }
            (Kind::List(item), Value::Array(array)) => {
                for (index, element) in array.elements.iter().enumerate() {
                    self.value(element, item, &format!("{path}[{index}]"));
                }
            }
            (Kind::Object(_) | Kind::Texts | Kind::List(_), _) => {
                self.error(start(value), path, format!("is {}, and must be {}", found(value), expected(kind)));
            }
            (_, Value::StringLit(text)) => {
                let at = text.range.start;
                if let Err((severity, reason)) = text_finding(kind, &text.value) {
                    self.report(severity, at, path, reason);
                }
            }
            _ => self.error(start(value), path, format!("is {}, and must be {}", found(value), expected(kind))),
        }
    }

    fn object(&mut self, object: &Object<'_>, fields: &[Field], path: &str) {
        for (index, property) in object.properties.iter().enumerate() {
            let (name, at) = (property.name.as_str(), property.range.start);
            let field_path = join(path, name);
            if object.properties[..index].iter().any(|earlier| earlier.name.as_str() == name) {
                self.error(at, &field_path, "is in this object twice: remove one".to_owned());
            }
            match fields.iter().find(|field| field.name == name) {
                Some(field) => self.value(&property.value, &field.kind, &field_path),
                None if path.is_empty() => {
                    self.error(at, &field_path, format!("is not a section of the schema{}", suggestion(name, fields)));
                }
                None => {
                    let reason = format!("is not a field of the schema and is not shown{}", suggestion(name, fields));
                    self.report(Severity::Warning, at, &field_path, reason);
                }
            }
        }
    }
}

/// What is wrong with a text of this kind. An empty text is a missing one.
pub(crate) fn text_finding(kind: &Kind, text: &str) -> Result<(), (Severity, String)> {
    let error = |reason: String| Err((Severity::Error, reason));
    if text.is_empty() {
        return Ok(());
    }
    if let Some(control) = text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t' | '\r')) {
        return error(format!("has the control character U+{:04X}: remove it", u32::from(control)));
    }
    match kind {
        Kind::Date => Date::parse(text).map(drop).or_else(|reason| error(reason.to_string())),
        Kind::Url => link::check(text).map(drop).or_else(|reason| error(reason.to_string())),
        Kind::Email if !link::is_email(text) => error(format!("{text:?} is not an e-mail address")),
        Kind::Language => language::check(text).or_else(|reason| error(reason.to_string())),
        Kind::Theme if !is_folder_name(text) => {
            error(format!("{text:?} is not the name of a theme: use letters, digits and hyphens"))
        }
        Kind::Picture => picture_finding(text),
        _ => Ok(()),
    }
}

fn picture_finding(text: &str) -> Result<(), (Severity, String)> {
    if picture_path(text).is_some() {
        return Ok(());
    }
    match link::check(text) {
        Ok(_) => Err((
            Severity::Warning,
            format!(
                "{text:?} is on another host, which the page's policy does not allow, and is not shown: save it in site/ and write its path, such as /me.jpg"
            ),
        )),
        Err(_) => Err((
            Severity::Error,
            format!("{text:?} is not a picture: save it in site/ and write its path, such as /me.jpg"),
        )),
    }
}

/// The path of a picture below the site's folder, such as `me.jpg` for `/me.jpg`; `None` for another URL.
#[must_use]
pub(crate) fn picture_path(text: &str) -> Option<&str> {
    let path = text.strip_prefix('/').or_else(|| text.strip_prefix("./")).unwrap_or(text);
    let is_plain = |segment: &str| {
        !segment.is_empty()
            && !segment.starts_with('.')
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    (path.split('/').all(is_plain) && path.contains('.')).then_some(path)
}

/// Whether a text names a folder and no path.
fn is_folder_name(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn start(value: &Value<'_>) -> usize {
    match value {
        Value::StringLit(literal) => literal.range.start,
        Value::NumberLit(literal) => literal.range.start,
        Value::BooleanLit(literal) => literal.range.start,
        Value::Object(object) => object.range.start,
        Value::Array(array) => array.range.start,
        Value::NullKeyword(null) => null.range.start,
    }
}

fn found(value: &Value<'_>) -> String {
    match value {
        Value::StringLit(literal) => format!("the text {:?}", literal.value),
        Value::NumberLit(literal) => format!("the number {}", literal.value),
        Value::BooleanLit(literal) => format!("{}", literal.value),
        Value::Object(_) => "an object".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::NullKeyword(_) => "null".to_owned(),
    }
}

fn expected(kind: &Kind) -> &'static str {
    match kind {
        Kind::Object(_) | Kind::Texts => "an object in { }",
        Kind::List(_) => "a list in [ ]",
        _ => "a text in quotes; leave the field out if it is empty",
    }
}

/// A field with the same letters in another case or spelling of earlier versions.
fn suggestion(name: &str, fields: &[Field]) -> String {
    let renamed = match name {
        "company" => "name",
        "website" => "url",
        "picture" => "image",
        "gpa" => "score",
        "hobbies" => "interests",
        name => name,
    };
    let similar = fields.iter().find(|field| field.name != name && field.name.eq_ignore_ascii_case(renamed));
    similar.map_or_else(String::new, |field| format!(": write {:?}", field.name))
}

/// The line and column of a byte, from 1. Columns are characters.
fn position(text: &str, at: usize) -> (usize, usize) {
    let before = &text.as_bytes()[..at.min(text.len())];
    let line = before.split(|byte| *byte == b'\n').count();
    let begin = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    let column = String::from_utf8_lossy(&before[begin..]).chars().count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        check(text).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_violation_has_its_line_column_field_and_reason() {
        let text = "{\n  \"basics\": { \"name\": 7 },\n  \"work\": [\n    { \"name\": \"Ä\", \"startDate\": \"soon\" }\n  ]\n}";
        assert_eq!(
            lines(text),
            [
                "2:23: error: basics.name: is the number 7, and must be a text in quotes; leave the field out if it is empty",
                "4:33: error: work[0].startDate: \"soon\" is not a date: write YYYY, YYYY-MM or YYYY-MM-DD, such as 2014-06",
            ]
        );
    }

    #[test]
    fn every_violation_is_reported_and_not_only_the_first() {
        let text = r#"{"work": {}, "skills": [1], "basics": {"email": "x", "url": "example.com", "location": []}, "other": 1}"#;
        let fields: Vec<_> = check(text).into_iter().map(|finding| finding.field).collect();
        assert_eq!(fields, ["work", "skills[0]", "basics.email", "basics.url", "basics.location", "other"]);
    }

    #[test]
    fn text_that_is_not_json_is_one_finding_at_its_position() {
        for (text, expected) in [
            ("", "1:0: error: the file is not JSON: EOF while parsing a value"),
            ("{\n  \"work\": [,]\n}", "2:12: error: the file is not JSON: expected value"),
            ("{} // comment", "1:4: error: the file is not JSON: trailing characters"),
            ("{\"work\": [],}", "1:13: error: the file is not JSON: trailing comma"),
        ] {
            assert_eq!(lines(text), [expected]);
        }
    }

    #[test]
    fn an_unknown_field_is_a_warning_inside_and_an_error_at_the_top() {
        let text = r#"{"basics": {"nickname": "x"}, "hobbies": []}"#;
        assert_eq!(
            lines(text),
            [
                "1:13: warning: basics.nickname: is not a field of the schema and is not shown",
                "1:31: error: hobbies: is not a section of the schema: write \"interests\"",
            ]
        );
    }

    #[test]
    fn a_field_that_is_there_twice_is_an_error() {
        assert_eq!(
            lines(r#"{"basics": {"name": "a", "name": "b"}}"#),
            ["1:26: error: basics.name: is in this object twice: remove one"]
        );
    }

    #[test]
    fn null_is_not_a_text_and_an_empty_text_is_a_missing_one() {
        assert_eq!(check(r#"{"work": [{"endDate": null}]}"#).len(), 1);
        assert!(check(r#"{"work": [{"endDate": "", "url": ""}]}"#).is_empty());
    }

    #[test]
    fn a_picture_is_a_path_on_the_site() {
        for image in ["/me.jpg", "me.jpg", "img/me-1.webp"] {
            assert_eq!(lines(&format!(r#"{{"basics": {{"image": "{image}"}}}}"#)), [""; 0], "{image}");
        }
        for (image, severity) in [
            ("https://example.com/me.jpg", Severity::Warning),
            ("data:image/png;base64,AA==", Severity::Error),
            ("../me.jpg", Severity::Error),
            ("/a/../me.jpg", Severity::Error),
            ("//example.com/me.jpg", Severity::Error),
            ("me", Severity::Error),
        ] {
            let findings = check(&format!(r#"{{"basics": {{"image": "{image}"}}}}"#));
            assert_eq!(findings.iter().map(|finding| finding.severity).collect::<Vec<_>>(), [severity], "{image}");
        }
    }

    #[test]
    fn a_control_character_is_named() {
        let findings = lines("{\"basics\": {\"name\": \"a\\u0007\"}}");
        assert_eq!(findings, ["1:21: error: basics.name: has the control character U+0007: remove it"]);
    }

    #[test]
    fn deep_nesting_is_an_error_and_not_a_crash() {
        let text = "[".repeat(100_000);
        assert_eq!(check(&text).len(), 1);
    }
}
