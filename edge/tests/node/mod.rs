//! Tests that run in Node.js.

use std::path::Path;
use std::process::Command;

/// Runs a file of `node:test` tests of this crate in the Node version that the stack deploys. `needs` are further
/// environment variables that must be set.
///
/// # Panics
/// If a test fails or is skipped, with Node's output; and if a variable is not set.
pub(crate) fn test(file: &str, needs: &[&str]) {
    for name in ["VITAE_NODE"].iter().chain(needs) {
        assert!(std::env::var_os(name).is_some(), "{name} is not set: run `cargo vitae test`");
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let node = std::env::var_os("VITAE_NODE").expect("checked above");
    let output = Command::new(node).args(["--test", "--test-reporter=tap"]).arg(file).output().expect("Node runs");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{stdout}\n{stderr}");
    assert!(stdout.contains("\n# fail 0\n") && stdout.contains("\n# skipped 0\n"), "{stdout}");
    assert!(!stdout.contains("\n# pass 0\n"), "no test ran:\n{stdout}");
}
