//! A line for every request that the local edge answers: for people on standard error, for programs on standard output.

use std::{
    fmt::{self, Write as _},
    io::{IsTerminal as _, Write as _, stderr, stdout},
};

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};
use vitae_local::{RequestLine, RequestLog};

/// How requests are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestLines {
    /// JSON, one object a line, on standard output. Its `kind` is `ready` once, then `request`.
    Json,
    /// Text on standard error, where logs go.
    Text {
        /// Whether statuses have colours.
        coloured: bool,
    },
}

impl RequestLines {
    /// Text, coloured on a terminal unless `NO_COLOR` is set: <https://no-color.org>
    #[must_use]
    pub fn for_people() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|set| !set.is_empty());
        Self::Text { coloured: stderr().is_terminal() && !refused }
    }

    /// What the local edge is given.
    #[must_use]
    pub fn log(self) -> RequestLog {
        RequestLog::from_fn(move |line| self.tell(&line))
    }

    /// Tells the address, when it can be opened: the result of `vitae dev`.
    pub fn ready(self, address: &str) {
        let line = match self {
            Self::Json => json!({ "kind": "ready", "address": address }).to_string(),
            Self::Text { .. } => address.to_owned(),
        };
        // Whoever listened has gone: the site is served all the same.
        let _ = writeln!(stdout(), "{line}");
    }

    fn tell(self, line: &RequestLine) {
        // One write for each: requests are answered side by side.
        let _ = match self {
            Self::Json => stdout().write_all(format!("{}\n", as_json(line)).as_bytes()),
            Self::Text { coloured } => stderr().write_all(Text { line, coloured }.to_string().as_bytes()),
        };
    }
}

fn as_json(line: &RequestLine) -> Value {
    let mut object = json!({ "kind": "request" });
    if let (Some(object), Ok(Value::Object(line))) = (object.as_object_mut(), serde_json::to_value(line)) {
        object.extend(line);
    }
    object
}

struct Text<'a> {
    line: &'a RequestLine,
    coloured: bool,
}

impl Text<'_> {
    fn painted(&self, style: Style, text: impl fmt::Display) -> String {
        if self.coloured { format!("{style}{text}{style:#}") } else { text.to_string() }
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RequestLine { method, path, status, result, behavior, stages, total_ms, .. } = self.line;
        let dim = Style::new().dimmed();
        let status = self.painted(colour_of(*status).on_default().bold(), status);
        let mut way = String::new();
        for stage in stages {
            write!(way, "{} {:.1} ms, ", stage.name, stage.ms)?;
        }
        write!(way, "in all {total_ms:.1} ms")?;
        let behavior = self.painted(dim, format_args!("[{}]", behavior.as_deref().unwrap_or("-")));
        writeln!(f, "{status} {method} {path}  {result} {behavior} {}", self.painted(dim, way))?;
        for stage in stages {
            for (what, value) in [("event", &stage.event), ("result", &stage.result)] {
                if let Some(value) = value {
                    let name = self.painted(Style::new().bold(), format_args!("{} {what}", stage.name));
                    let text = format!("{value:#}").replace('\n', "\n    ");
                    writeln!(f, "    {name}: {text}")?;
                }
            }
        }
        Ok(())
    }
}

const fn colour_of(status: u16) -> AnsiColor {
    match status {
        0..300 => AnsiColor::Green,
        300..400 => AnsiColor::Cyan,
        400..500 => AnsiColor::Yellow,
        _ => AnsiColor::Red,
    }
}

#[cfg(test)]
mod tests {
    use vitae_local::Stage;

    use super::*;

    fn line() -> RequestLine {
        let event = Some(json!({ "uri": "/api/cv" }));
        RequestLine {
            method: "GET".to_owned(),
            path: "/api/cv".to_owned(),
            status: 303,
            result: "LambdaGeneratedResponse",
            behavior: Some("/api/*".to_owned()),
            stages: vec![Stage { name: "function", ms: 1.25, event, result: None }],
            total_ms: 1.5,
            request_id: "id==".to_owned(),
        }
    }

    #[test]
    fn a_line_says_what_was_asked_what_came_of_it_and_how_long_it_took() {
        let text = Text { line: &line(), coloured: false }.to_string();
        assert_eq!(
            text,
            "303 GET /api/cv  LambdaGeneratedResponse [/api/*] function 1.2 ms, in all 1.5 ms\n    \
             function event: {\n      \"uri\": \"/api/cv\"\n    }\n"
        );
        let coloured = Text { line: &line(), coloured: true }.to_string();
        assert!(coloured.contains("\u{1b}[36m") && coloured.contains("303"), "{coloured:?}");
    }

    #[test]
    fn json_is_one_object_on_one_line() {
        let json = as_json(&line()).to_string();
        assert!(!json.contains('\n') && json.starts_with("{\"behavior\":\"/api/*\",\"kind\":\"request\""), "{json}");
    }
}
