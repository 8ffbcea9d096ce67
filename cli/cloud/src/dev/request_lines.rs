//! A line for each request to the local edge, and for each sent message: text on standard error, or JSON on standard output.

use std::{
    fmt::{self, Write as _},
    io::{IsTerminal as _, Write as _, stderr, stdout},
};

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};
use vitae_local::{RequestLine, RequestLog};

/// The format of request lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestLines {
    /// JSON on standard output, one object per line. `kind` is `ready` in the first, and `request` or `mail` in the others.
    Json,
    /// Text on standard error.
    Text {
        /// Whether the text is coloured.
        coloured: bool,
    },
}

impl RequestLines {
    /// Text, coloured on a terminal unless `NO_COLOR` is set: <https://no-color.org>
    #[must_use]
    pub fn text() -> Self {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self::Text { coloured: stderr().is_terminal() && !no_color }
    }

    /// The request log for the local edge.
    #[must_use]
    pub fn log(self) -> RequestLog {
        // The code of a named link is a secret.
        RequestLog::from_fn(move |line| self.print(&line)).with_secrets_below("/l/")
    }

    /// Prints the address, once it can be opened.
    pub fn print_ready(self, address: &str) {
        let line = match self {
            Self::Json => json!({ "kind": "ready", "address": address }).to_string(),
            Self::Text { .. } => address.to_owned(),
        };
        // A closed standard output must not stop the system.
        let _ = writeln!(stdout(), "{line}");
    }

    /// Prints that a message was sent. The recipient's address is on its page only.
    pub fn print_mail(self, subject: &str, url: &str) {
        let line = match self {
            Self::Json => json!({ "kind": "mail", "subject": subject, "url": url }).to_string(),
            Self::Text { .. } => format!("mail {subject:?}  {url}"),
        };
        let _ = match self {
            Self::Json => writeln!(stdout(), "{line}"),
            Self::Text { .. } => writeln!(stderr(), "{line}"),
        };
    }

    fn print(self, line: &RequestLine) {
        // A single write, because requests are concurrent.
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
    fn paint(&self, style: Style, text: impl fmt::Display) -> String {
        if self.coloured { format!("{style}{text}{style:#}") } else { text.to_string() }
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RequestLine { method, path, status, result, behavior, stages, total_ms, .. } = self.line;
        let dim = Style::new().dimmed();
        let status = self.paint(colour_of(*status).on_default().bold(), status);
        let mut timing = String::new();
        for stage in stages {
            write!(timing, "{} {:.1} ms, ", stage.name, stage.ms)?;
        }
        write!(timing, "total {total_ms:.1} ms")?;
        let behavior = self.paint(dim, format_args!("[{}]", behavior.as_deref().unwrap_or("-")));
        writeln!(f, "{status} {method} {path}  {result} {behavior} {}", self.paint(dim, timing))?;
        for stage in stages {
            for (kind, value) in [("event", &stage.event), ("result", &stage.result)] {
                if let Some(value) = value {
                    let name = self.paint(Style::new().bold(), format_args!("{} {kind}", stage.name));
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
    fn a_line_has_the_request_its_result_and_its_duration() {
        let text = Text { line: &line(), coloured: false }.to_string();
        assert_eq!(
            text,
            "303 GET /api/cv  LambdaGeneratedResponse [/api/*] function 1.2 ms, total 1.5 ms\n    \
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
