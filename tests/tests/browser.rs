//! The page in a real browser. The scripts are in `browser/`; here they get a running system and a Node.

use std::{
    env,
    path::PathBuf,
    process::{Command, Output},
};

use vitae_tests::running;

fn node(script: &[&str], address: &str) -> Output {
    let program = env::var_os("VITAE_NODE").expect("VITAE_NODE is not set: run `cargo vitae test`");
    assert!(env::var_os("VITAE_BROWSER_MODULES").is_some(), "VITAE_BROWSER_MODULES is not set: run `cargo vitae test`");
    let scripts = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("browser");
    let pictures = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("screenshots");
    Command::new(program)
        .current_dir(scripts)
        .args(script)
        .env("VITAE_URL", address)
        .env("VITAE_SCREENSHOTS", pictures)
        .output()
        .expect("Node starts")
}

#[test]
fn the_page_does_what_it_says_in_a_real_browser() {
    let (running, _present) = running();
    let prepared = node(&["prepare.mjs"], running.address());
    assert!(prepared.status.success(), "{}", String::from_utf8_lossy(&prepared.stderr));
    // One at a time: two visitors at once would count for each other.
    let tests = node(&["--test", "--test-concurrency=1", "--test-reporter=tap"], running.address());
    let tap = String::from_utf8_lossy(&tests.stdout);
    let number = |name: &str| -> u64 {
        let line = tap.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|rest| rest.trim().parse().ok()).unwrap_or_else(|| panic!("no {name:?} in\n{tap}"))
    };
    eprintln!("browser: {} passed, {} failed, {} skipped", number("# pass"), number("# fail"), number("# skipped"));
    assert!(tests.status.success(), "{tap}\n{}", String::from_utf8_lossy(&tests.stderr));
    assert!(number("# pass") >= 50 && number("# skipped") == 0, "tests are missing:\n{tap}");
}
