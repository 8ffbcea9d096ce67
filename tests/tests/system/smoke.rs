//! The script that CI asks a fresh deployment with.

use std::process::{Command, Output};

use vitae_tests::running;

fn count_twice(site: &str) -> Output {
    let script = vitae_bundle::repository().join(".github/scripts/count-twice.sh");
    Command::new("bash").arg(script).arg(site).output().expect("bash starts")
}

#[test]
fn it_is_satisfied_by_a_site_that_counts() {
    let (running, _present) = running();
    let asked = count_twice(running.address());
    let said = String::from_utf8_lossy(&asked.stdout);
    assert!(asked.status.success(), "{said}{}", String::from_utf8_lossy(&asked.stderr));
    assert!(said.contains(" counted "), "{said}");
}

#[test]
fn it_says_what_it_was_answered_by_one_that_does_not() {
    let (running, _present) = running();
    let asked = count_twice(&format!("{}/elsewhere", running.address()));
    let said = String::from_utf8_lossy(&asked.stderr);
    assert!(!asked.status.success());
    assert!(said.contains("/elsewhere/api/count was answered 403"), "{said}");
}
