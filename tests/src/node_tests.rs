//! Tests that are written for Node's test runner.

use std::process::Command;

/// The result of `node --test --test-reporter=tap`.
#[derive(Debug)]
pub struct NodeTests {
    /// The number of passed tests.
    pub passed: u64,
    /// The number of skipped tests.
    pub skipped: u64,
    /// The runner's output.
    pub output: String,
}

impl NodeTests {
    /// Runs `command`, a Node in the folder of its tests, and counts the tests.
    ///
    /// # Panics
    /// If a test fails or the runner does not finish; the message holds the output.
    #[must_use]
    pub fn run(command: &mut Command) -> Self {
        let result = command.output().expect("Node starts");
        let errors = String::from_utf8_lossy(&result.stderr);
        let output = format!("{}\n{errors}", String::from_utf8_lossy(&result.stdout));
        assert!(result.status.success(), "{output}");
        let number = |name: &str| {
            let line = output.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|rest| rest.trim().parse().ok()).unwrap_or_else(|| panic!("no {name:?} in\n{output}"))
        };
        Self { passed: number("# pass"), skipped: number("# skipped"), output }
    }
}

/// The path of a tool, from the variable that `cargo vitae test` sets.
///
/// # Panics
/// If the variable is not set.
#[must_use]
pub fn tool(name: &str) -> std::ffi::OsString {
    std::env::var_os(name)
        .unwrap_or_else(|| panic!("{name} is not set: run `cargo vitae test`, or set what `cargo vitae setup` prints"))
}
