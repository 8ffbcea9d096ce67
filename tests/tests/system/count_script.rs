//! `count-twice.sh`, the script with which CI checks a fresh deployment.

use std::process::{Command, Output};

use vitae_tests::running_system;

fn count_twice(site: &str) -> Output {
    let script = vitae_bundle::repository().join(".github/scripts/count-twice.sh");
    Command::new("bash").arg(script).arg(site).output().expect("bash starts")
}

#[test]
fn the_script_succeeds_on_a_site_that_counts() {
    let (running, _clock) = running_system();
    let output = count_twice(running.address());
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{stdout}{}", String::from_utf8_lossy(&output.stderr));
    assert!(stdout.contains(" counted "), "{stdout}");
}

#[test]
fn the_script_reports_the_status_of_a_site_that_does_not_count() {
    let (running, _clock) = running_system();
    let output = count_twice(&format!("{}/elsewhere", running.address()));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(stderr.contains("/elsewhere/api/count returned 403"), "{stderr}");
}
