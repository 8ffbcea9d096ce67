//! The page in Chromium. The tests are in `browser/`; this program starts a system for them and runs them in Node.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::PathBuf,
    process::Command,
};

use vitae_parameters::Problem;
use vitae_tests::{NodeTests, RunningSystem, running_system, tool};

fn node(arguments: &[&str], running: &RunningSystem) -> Command {
    let scripts = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("browser");
    let screenshots = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    let problems: BTreeMap<_, _> = Problem::ALL.into_iter().map(|problem| (problem.code(), problem.status())).collect();
    let mut node = Command::new(tool("VITAE_NODE24"));
    node.current_dir(scripts).args(arguments);
    node.env("VITAE_BROWSER_MODULES", tool("VITAE_BROWSER_MODULES"));
    node.env("VITAE_PROBLEMS", serde_json::to_string(&problems).expect("JSON"));
    node.env("VITAE_URL", running.address()).env("VITAE_SCREENSHOTS", screenshots);
    node.env("VITAE_CLOUD", running.system().ministack().endpoint());
    node
}

#[test]
fn the_page_works_in_a_real_browser() {
    let (running, _clock) = running_system();
    let named_link = running.named_link();
    let prepared = node(&["prepare.mjs"], running).output().expect("Node starts");
    assert!(prepared.status.success(), "{}", String::from_utf8_lossy(&prepared.stderr));
    // One file at a time: tests that run at once would count each other's visits.
    let arguments = ["--test", "--test-concurrency=1", "--test-reporter=tap"];
    let tests = NodeTests::run(node(&arguments, running).env("VITAE_NAMED_LINK", named_link));
    eprintln!("browser: {} passed, {} skipped", tests.passed, tests.skipped);
    assert!(tests.passed >= 96 && tests.skipped == 0, "tests are missing:\n{}", tests.output);
}

#[test]
fn the_page_has_a_message_for_every_problem_code_and_for_no_other() {
    let path = vitae_bundle::repository().join("site/js/messages.mjs");
    let source = fs::read_to_string(path).expect("the messages");
    let codes = source.lines().filter_map(|line| Some(line.trim().strip_prefix("[\"")?.split_once('"')?.0));
    // The page sets the last two itself: without a response, and for a response without a known code.
    let expected = Problem::ALL.into_iter().map(Problem::code).chain(["network", "unknown"]);
    assert_eq!(codes.collect::<BTreeSet<_>>(), expected.collect::<BTreeSet<_>>());
}
