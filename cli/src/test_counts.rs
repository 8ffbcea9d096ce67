//! Counts of passed and failed tests, read from the output of test runners.

use std::{fmt, ops::AddAssign};

/// The number of passed and failed tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct TestCounts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl TestCounts {
    /// The result of a check that is not a test runner, such as formatting: one test.
    pub(crate) fn from_check(passed: bool) -> Self {
        Self { passed: passed.into(), failed: (!passed).into() }
    }

    /// The counts in one line of a runner's output: the summary of nextest or the result of libtest.
    pub(crate) fn parse_line(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.starts_with("Summary [") {
            let (_, counts) = line.split_once(" run: ")?;
            return Some(Self {
                passed: count(counts, "passed"),
                failed: count(counts, "failed") + count(counts, "timed out") + count(counts, "exec failed"),
            });
        }
        let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
        Some(Self { passed: count(counts, "passed"), failed: count(counts, "failed") })
    }
}

/// The number before `word` in `3 passed (1 slow), 1 failed, 0 skipped`.
fn count(counts: &str, word: &str) -> u64 {
    counts
        .split([',', ';'])
        .filter_map(|part| part.trim().split_once(' '))
        .find(|(_, label)| *label == word || label.starts_with(&format!("{word} (")))
        .and_then(|(number, _)| number.parse().ok())
        .unwrap_or_default()
}

impl AddAssign for TestCounts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for TestCounts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_of_nextest_is_counted() {
        let line = "     Summary [   0.029s] 12 tests run: 9 passed (2 slow), 2 failed, 1 timed out, 4 skipped";
        assert_eq!(TestCounts::parse_line(line), Some(TestCounts { passed: 9, failed: 3 }));
        let line = "     Summary [   0.017s] 3/5 tests run: 2 passed, 1 failed, 0 skipped";
        assert_eq!(TestCounts::parse_line(line), Some(TestCounts { passed: 2, failed: 1 }));
        let line = "     Summary [   0.017s] 1 test run: 1 passed, 0 skipped";
        assert_eq!(TestCounts::parse_line(line), Some(TestCounts { passed: 1, failed: 0 }));
    }

    #[test]
    fn a_result_of_libtest_is_counted() {
        let line = "test result: FAILED. 5 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.12s";
        assert_eq!(TestCounts::parse_line(line), Some(TestCounts { passed: 5, failed: 1 }));
    }

    #[test]
    fn any_other_line_has_no_counts() {
        for line in ["", "PASS [   0.005s] (1/9) a::b", "test a::b ... ok", "test result: what?", "Summary [x]"] {
            assert_eq!(TestCounts::parse_line(line), None, "{line}");
        }
    }
}
