//! `vitae doctor` on a correct stack, and on a stack with one fault at a time.
//!
//! Some faults do not exist in the local cloud: of names and certificates, of an unconfirmed subscription, of another
//! region, of a stack in a failed state. The unit tests of the checks cover those.

mod access;
mod fixture;
mod function;
mod inbox;
mod keys;
mod logs;
mod parameters;

use fixture::{Fixture, assert_finding};
use vitae_cloud::operate::doctor::Verdict;

#[test]
fn a_correct_stack_passes_every_check() {
    let fixture = Fixture::lock();
    for findings in [fixture.findings(), fixture.findings_of_deployer()] {
        println!("{findings:#?}");
        assert!(findings.len() > 15);
        let bad: Vec<_> = findings.iter().filter(|finding| finding.verdict != Verdict::Pass).collect();
        assert!(bad.is_empty(), "{bad:#?}");
    }
}

#[test]
fn a_caller_without_valid_credentials_is_told_to_sign_in() {
    let fixture = Fixture::lock();
    let findings = fixture.findings_of("AKIAIOSFODNN7EXAMPLE");
    assert_eq!(findings.len(), 1, "no other check can run");
    assert_finding(&findings, "credentials", Verdict::Fail, "", "aws sso login");
}

#[test]
fn a_missing_stack_is_reported_with_the_command_to_deploy_it() {
    let fixture = Fixture::lock();
    let findings = fixture.findings_about("elsewhere");
    assert_finding(
        &findings,
        "stack",
        Verdict::Fail,
        "stack elsewhere does not exist",
        "cargo vitae deploy --stack elsewhere",
    );
}
