//! Tests that run in Node.js.

use std::path::Path;
use std::process::Command;

/// The Node.js versions that the stack's parameter `EdgeRuntime` allows.
const NODES: [&str; 2] = ["VITAE_NODE", "VITAE_NODE24"];

/// Runs a file of `node:test` tests of this crate in each of them. `needs` are further environment variables that must be
/// set.
///
/// # Panics
/// If a test fails or is skipped, with Node's output; and if a variable is not set.
pub(crate) fn test(file: &str, needs: &[&str]) {
    for name in NODES.iter().chain(needs) {
        assert!(std::env::var_os(name).is_some(), "{name} is not set: run `cargo vitae test`");
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    for name in NODES {
        let node = std::env::var_os(name).expect("checked above");
        let output = Command::new(node).args(["--test", "--test-reporter=tap"]).arg(&file).output().expect("Node runs");
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{name}: {stdout}\n{stderr}");
        assert!(stdout.contains("\n# fail 0\n") && stdout.contains("\n# skipped 0\n"), "{name}: {stdout}");
        assert!(!stdout.contains("\n# pass 0\n"), "{name}: no test ran:\n{stdout}");
    }
}
