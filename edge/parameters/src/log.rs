//! The schema of a log line: Lambda's JSON format, `timestamp`, `level`, `requestId` and `event` first, then fields in
//! camelCase. A line never holds a secret, nor a visitor's address.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html>

use serde_json::{Map, Value};
use time::OffsetDateTime;

/// How serious a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Normal operation.
    Info,
    /// A rejected request, or a fault that heals by itself.
    Warn,
    /// A fault that someone should look at.
    Error,
}

impl Level {
    /// The level in upper case, as Lambda writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "INFO",
            Self::Warn => "WARN",
            Self::Error => "ERROR",
        }
    }
}

/// A log line. `fields` must be an object; its names are camelCase.
#[must_use]
pub fn line(now_ms: u64, level: Level, request_id: Option<&str>, event: &str, fields: Value) -> Value {
    let mut line = Map::new();
    line.insert("timestamp".to_owned(), timestamp(now_ms).into());
    line.insert("level".to_owned(), level.as_str().into());
    if let Some(request_id) = request_id {
        line.insert("requestId".to_owned(), request_id.into());
    }
    line.insert("event".to_owned(), event.into());
    if let Value::Object(fields) = fields {
        line.extend(fields);
    }
    Value::Object(line)
}

/// A time in milliseconds since 1970 as `2026-11-26T19:30:00.000Z`.
#[must_use]
pub fn timestamp(now_ms: u64) -> String {
    let nanoseconds = i128::from(now_ms) * 1_000_000;
    // Past the year 9999 there is no such text; no clock that signs requests reads that.
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.millisecond(),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_has_lambdas_fields_and_then_its_own() {
        let line = line(1_795_721_400_042, Level::Warn, Some("r-1"), "request_rejected", json!({"status": 403}));
        let expected = json!({
            "timestamp": "2026-11-26T19:30:00.042Z",
            "level": "WARN",
            "requestId": "r-1",
            "event": "request_rejected",
            "status": 403,
        });
        assert_eq!(line, expected);
    }

    #[test]
    fn a_time_without_a_date_is_1970() {
        assert_eq!(timestamp(0), "1970-01-01T00:00:00.000Z");
        assert_eq!(timestamp(u64::MAX), "1970-01-01T00:00:00.000Z");
    }
}
