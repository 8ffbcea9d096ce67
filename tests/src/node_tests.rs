//! Tests written for Node's own runner, counted here.

use std::process::Command;

/// What `node --test --test-reporter=tap` counted.
#[derive(Debug)]
pub struct NodeTests {
    /// Tests that passed.
    pub passed: u64,
    /// Tests that were left out.
    pub skipped: u64,
    /// All that the runner wrote.
    pub output: String,
}

impl NodeTests {
    /// Runs `command`, which is to be a Node in the folder of its tests, and counts.
    ///
    /// # Panics
    /// Where a test failed, or the runner did not come to its end: with all that it wrote.
    #[must_use]
    pub fn run(command: &mut Command) -> Self {
        let ran = command.output().expect("Node starts");
        let errors = String::from_utf8_lossy(&ran.stderr);
        let output = format!("{}\n{errors}", String::from_utf8_lossy(&ran.stdout));
        assert!(ran.status.success(), "{output}");
        let number = |name: &str| {
            let line = output.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|rest| rest.trim().parse().ok()).unwrap_or_else(|| panic!("no {name:?} in\n{output}"))
        };
        Self { passed: number("# pass"), skipped: number("# skipped"), output }
    }
}

/// A tool that `cargo vitae test` names to the tests.
///
/// # Panics
/// Where the variable is not set, with what to do.
#[must_use]
pub fn tool(name: &str) -> std::ffi::OsString {
    std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set: run `cargo vitae test`"))
}
