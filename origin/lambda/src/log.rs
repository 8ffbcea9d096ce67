//! Log lines. They are printed directly and not through a subscriber of `tracing`, so that no library can log a request.

use std::io::Write;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

/// Prints a line of [`vitae_parameters::log`]. A failure is ignored: it must not cost the caller a response.
pub fn print(line: &Value) {
    _ = writeln!(std::io::stdout(), "{line}");
}

/// Milliseconds since 1970; 0 for an earlier time.
#[must_use]
pub fn epoch_ms(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}
