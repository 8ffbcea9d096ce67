//! The page in a real browser. The scripts are in `browser/`; here they get a running system and a Node.

use std::{path::PathBuf, process::Command};

use vitae_tests::{NodeTests, running, tool};

fn node(script: &[&str], address: &str) -> Command {
    let scripts = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("browser");
    let pictures = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    let mut node = Command::new(tool("VITAE_NODE"));
    node.current_dir(scripts).args(script);
    node.env("VITAE_BROWSER_MODULES", tool("VITAE_BROWSER_MODULES"));
    node.env("VITAE_URL", address).env("VITAE_SCREENSHOTS", pictures);
    node
}

#[test]
fn the_page_does_what_it_says_in_a_real_browser() {
    let (running, _present) = running();
    let prepared = node(&["prepare.mjs"], running.address()).output().expect("Node starts");
    assert!(prepared.status.success(), "{}", String::from_utf8_lossy(&prepared.stderr));
    // One at a time: two visitors at once would count for each other.
    let words = ["--test", "--test-concurrency=1", "--test-reporter=tap"];
    let tests = NodeTests::run(&mut node(&words, running.address()));
    eprintln!("browser: {} passed, {} skipped", tests.passed, tests.skipped);
    assert!(tests.passed >= 50 && tests.skipped == 0, "tests are missing:\n{}", tests.output);
}
