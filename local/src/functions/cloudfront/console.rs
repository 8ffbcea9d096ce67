//! A function's `console.log`, written to the log of the local edge.

use std::cell::Cell;

use crate::limits::FUNCTION_LOG_MAX_BYTES;

/// The log of one run, with the bytes that it may still write.
#[derive(Debug)]
pub(crate) struct Console {
    function: String,
    remaining: Cell<usize>,
}

impl Console {
    pub(crate) fn new(function: &str) -> Self {
        Self { function: function.to_owned(), remaining: Cell::new(FUNCTION_LOG_MAX_BYTES) }
    }

    /// Logs a line, cut at the run's limit.
    pub(crate) fn log(&self, line: &str) {
        if self.remaining.get() == 0 {
            return;
        }
        let shown = self.take(line);
        tracing::info!(target: "vitae::edge::function", function = %self.function, "{shown}");
        if shown.len() < line.len() {
            self.remaining.set(0);
            tracing::warn!(target: "vitae::edge::function", function = %self.function, "log truncated at {FUNCTION_LOG_MAX_BYTES} bytes, as in CloudFront");
        }
    }

    /// Takes as much of the line as the run may still log.
    fn take<'a>(&self, line: &'a str) -> &'a str {
        let shown = &line[..line.floor_char_boundary(self.remaining.get())];
        self.remaining.set(self.remaining.get() - shown.len());
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::{Console, FUNCTION_LOG_MAX_BYTES};

    #[test]
    fn a_run_logs_at_most_ten_kilobytes_and_only_whole_characters() {
        let console = Console::new("site");
        let most = "x".repeat(FUNCTION_LOG_MAX_BYTES - 1);
        assert_eq!(console.take(&most), most);
        assert_eq!(console.take("\u{e9}"), "");
        assert_eq!(console.take("yz"), "y");
        assert_eq!(console.take("z"), "");
    }
}
