//! `vitae doctor` on a good stack, and on one with a fault put into it, one at a time.
//!
//! What the local cloud cannot have is judged from made-up facts beside each check: names and certificates, a subscription
//! that is not confirmed (it confirms by itself), another region, a stack that is stuck.

mod access;
mod function;
mod keys;
mod notes;
mod patient;
mod watched;

use patient::Patient;
use vitae_cloud::doctor::Verdict;

#[test]
fn a_good_stack_has_nothing_to_fix() {
    let patient = Patient::alone();
    for findings in [patient.examined(), patient.examined_by_its_deployer()] {
        println!("{findings:#?}");
        assert!(findings.len() > 15);
        let bad: Vec<_> = findings.iter().filter(|finding| finding.verdict != Verdict::Pass).collect();
        assert!(bad.is_empty(), "{bad:#?}");
    }
}

#[test]
fn nobody_is_told_to_sign_in() {
    let patient = Patient::alone();
    let findings = patient.examined_as("AKIAIOSFODNN7EXAMPLE", "tests");
    assert_eq!(findings.len(), 1, "nothing else can be looked at");
    patient::has(&findings, "credentials", Verdict::Fail, "", "aws sso login");
}

#[test]
fn a_stack_that_is_not_there_is_told_how_to_be_made() {
    let patient = Patient::alone();
    let findings = patient.examined_as("test", "elsewhere");
    patient::has(
        &findings,
        "stack",
        Verdict::Fail,
        "there is no stack elsewhere",
        "cargo vitae deploy --stack elsewhere",
    );
}
