//! What parliament finds in the policies, and checkov in the templates, is exactly what `accepted-findings.json` accepts.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::PathBuf,
    process::Command,
};

use serde::Deserialize;
use serde_json::Value;

use crate::{
    policies::{Policy, policies},
    text::{read, repository},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AcceptedFindings {
    parliament: Vec<Accepted>,
    checkov: Vec<Accepted>,
}

/// Findings of one check that are accepted for one reason.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Accepted {
    check: String,
    reason: String,
    findings: BTreeSet<String>,
}

/// The places in which each check found something.
type Findings = BTreeMap<String, BTreeSet<String>>;

fn accepted() -> AcceptedFindings {
    serde_json::from_str(&read("accepted-findings.json")).unwrap()
}

fn assert_accepted(found: &Findings, accepted: Vec<Accepted>) {
    let mut expected = Findings::new();
    for Accepted { check, reason, findings } in accepted {
        assert!(reason.ends_with('.'), "{check}: {reason:?} is not a sentence");
        let places = expected.entry(check.clone()).or_default();
        for finding in findings {
            assert!(places.insert(finding.clone()), "{check}: {finding} is accepted twice");
        }
    }
    let lines = |one: &Findings, other: &Findings| {
        let places = one.iter().flat_map(|(check, places)| places.iter().map(move |place| (check, place)));
        let only = places.filter(|(check, place)| !other.get(*check).is_some_and(|known| known.contains(*place)));
        only.map(|(check, place)| format!("  {check}: {place}")).collect::<Vec<_>>().join("\n")
    };
    let (new, gone) = (lines(found, &expected), lines(&expected, found));
    assert!(new.is_empty(), "correct these, or accept them in accepted-findings.json with a reason:\n{new}");
    assert!(gone.is_empty(), "no longer found: remove these from accepted-findings.json:\n{gone}");
}

fn program(variable: &str) -> PathBuf {
    env::var_os(variable).unwrap_or_else(|| panic!("{variable} is not set: run `cargo vitae test`")).into()
}

/// Writes the policies to files and returns parliament's findings, such as `bootstrap DeployStack: iam:PassRole`.
fn parliament(policies: &[Policy]) -> Findings {
    let folder = tempfile::tempdir().unwrap();
    for Policy { place, document } in policies {
        fs::write(folder.path().join(format!("{place}.json")), document.to_string()).unwrap();
    }
    let mut command = Command::new(program("VITAE_PARLIAMENT"));
    command.args(["--json", "--include-community-auditors", "--directory"]).arg(folder.path());
    let output = command.output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    // 1 if it found something.
    assert!(matches!(output.status.code(), Some(0 | 1)), "{stdout}{stderr}");
    let mut findings = Findings::new();
    for line in stdout.lines().filter(|line| !line.trim().is_empty()) {
        let finding: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}{stderr}"));
        let path = PathBuf::from(finding["location"]["filepath"].as_str().unwrap());
        let place = path.file_stem().unwrap().to_string_lossy().into_owned();
        let places = findings.entry(finding["issue"].as_str().unwrap().to_owned()).or_default();
        for subject in subjects(&finding) {
            places.insert(format!("{place}: {subject}"));
        }
    }
    findings
}

/// The actions that a finding is about, or its text.
fn subjects(finding: &Value) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if let Some(actions) = finding["location"]["actions"].as_array() {
        return actions.iter().map(text).collect();
    }
    match &finding["detail"] {
        Value::Array(details) => details.iter().map(|one| text(one.get("action").unwrap_or(one))).collect(),
        detail => vec![text(detail).trim_start_matches("Unknown action ").to_owned()],
    }
}

/// checkov's findings, such as `stack.yaml SiteBucket`.
fn checkov(templates: &[PathBuf]) -> Findings {
    let mut command = Command::new(program("VITAE_CHECKOV"));
    command.args(["--framework", "cloudformation", "--output", "json", "--compact", "--quiet", "--skip-download"]);
    for template in templates {
        command.arg("--file").arg(template);
    }
    let output = command.output().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}{stderr}"));
    assert_eq!(report["summary"]["parsing_errors"], 0, "{stderr}");
    let mut findings = Findings::new();
    for finding in report["results"]["failed_checks"].as_array().unwrap() {
        let text = |name: &str| finding[name].as_str().unwrap();
        let file = PathBuf::from(text("file_path"));
        let resource = text("resource").rsplit('.').next().unwrap();
        let place = format!("{} {resource}", file.file_name().unwrap().to_string_lossy());
        findings.entry(text("check_id").to_owned()).or_default().insert(place);
    }
    findings
}

#[test]
fn parliament_finds_in_the_policies_only_what_is_accepted() {
    assert_accepted(&parliament(&policies()), accepted().parliament);
}

#[test]
fn checkov_finds_in_the_templates_only_what_is_accepted() {
    let templates = ["bootstrap.yaml", "inbox.yaml", "observability.yaml", "stack.yaml"];
    let templates = templates.map(|name| repository().join("cloudformation").join(name));
    assert_accepted(&checkov(&templates), accepted().checkov);
}

#[test]
fn a_weak_policy_and_a_weak_template_are_found() {
    let document = serde_json::json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bucket"},
    ]});
    let found = parliament(&[Policy { place: "one".to_owned(), document }]);
    assert!(found["RESOURCE_MISMATCH"].contains("one: s3:GetObject"), "{found:?}");
    let broken = repository().join("cloudformation/rules/broken/bucket_without_public_access_block.yaml");
    let found = checkov(&[broken]);
    assert!(found.contains_key("CKV_AWS_53"), "{found:?}");
}
