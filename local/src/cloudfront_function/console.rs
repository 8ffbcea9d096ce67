//! `console.log` of a function, to the log of the local edge.

use std::cell::Cell;

use crate::limits::FUNCTION_LOG_MAX_BYTES;

/// What one run may still log.
#[derive(Debug)]
pub(crate) struct Console {
    function: String,
    left: Cell<usize>,
}

impl Console {
    pub(crate) fn new(function: &str) -> Self {
        Self { function: function.to_owned(), left: Cell::new(FUNCTION_LOG_MAX_BYTES) }
    }

    /// Logs a line, or as much of it as the run may still log.
    pub(crate) fn log(&self, line: &str) {
        if self.left.get() == 0 {
            return;
        }
        let shown = self.take(line);
        tracing::info!(target: "vitae::function", function = %self.function, "{shown}");
        if shown.len() < line.len() {
            self.left.set(0);
            tracing::warn!(target: "vitae::function", function = %self.function, "log cut at {FUNCTION_LOG_MAX_BYTES} bytes, as CloudFront cuts it");
        }
    }

    /// As much of the line as may still be logged; from then on it counts as logged.
    fn take<'a>(&self, line: &'a str) -> &'a str {
        let shown = &line[..line.floor_char_boundary(self.left.get())];
        self.left.set(self.left.get() - shown.len());
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::{Console, FUNCTION_LOG_MAX_BYTES};

    #[test]
    fn a_run_logs_ten_kilobytes_and_no_half_character() {
        let console = Console::new("site");
        let most = "x".repeat(FUNCTION_LOG_MAX_BYTES - 1);
        assert_eq!(console.take(&most), most);
        assert_eq!(console.take("\u{e9}"), "");
        assert_eq!(console.take("yz"), "y");
        assert_eq!(console.take("z"), "");
    }
}
