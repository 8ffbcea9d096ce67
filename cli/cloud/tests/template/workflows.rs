//! Rules for the workflows that actionlint does not check.

use std::{collections::BTreeMap, fs};

use crate::text::{names, read, repository};

/// Every workflow's text by its file name.
fn workflows() -> BTreeMap<String, String> {
    let folder = repository().join(".github/workflows");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect()
}

#[test]
fn third_party_actions_are_pinned_by_one_commit_each() {
    let mut pins = BTreeMap::new();
    for (name, workflow) in workflows() {
        for used in workflow.lines().filter_map(|line| line.split_once("uses: ").map(|(_, used)| used)) {
            if used.starts_with("./") {
                assert!(repository().join(used).is_file(), "{name}: {used}");
                continue;
            }
            let (action, version) = used.split_once('@').unwrap_or_else(|| panic!("{name}: {used} has no version"));
            let (hash, tag) =
                version.split_once(" # v").unwrap_or_else(|| panic!("{name}: {used} has no comment with its tag"));
            let is_hash = hash.len() == 40 && hash.chars().all(|digit| digit.is_ascii_hexdigit());
            assert!(is_hash && !tag.is_empty(), "{name}: {used}");
            assert_eq!(pins.entry(action.to_owned()).or_insert_with(|| hash.to_owned()), hash, "{name}: {action}");
        }
    }
    assert!(!pins.is_empty());
}

#[test]
fn no_workflow_uses_a_secret_or_has_write_permissions_by_default() {
    for (name, workflow) in workflows() {
        for secret in ["secrets.", "aws-access-key-id", "aws-secret-access-key", "pull_request_target", "write-all"] {
            assert!(!workflow.contains(secret), "{name}: {secret}");
        }
        assert!(
            workflow.contains("\npermissions:\n  contents: read\n"),
            "{name} must start with read permissions only"
        );
    }
}

#[test]
fn every_output_that_a_workflow_reads_is_declared() {
    let outputs = names(&read("stack.yaml"), "Outputs");
    for (name, workflow) in workflows() {
        for key in workflow.split("OutputKey==`").skip(1).filter_map(|rest| rest.split('`').next()) {
            assert!(outputs.contains(&key.to_owned()), "{name}: {key}");
        }
    }
}

#[test]
fn the_fuzz_workflow_runs_every_fuzz_target() {
    let workflow = &workflows()["fuzz.yml"];
    let mut targets = 0;
    for folder in ["edge", "wasm"] {
        let manifest = fs::read_to_string(repository().join(folder).join("fuzz/Cargo.toml")).unwrap();
        for target in manifest.split("[[bin]]\nname = \"").skip(1).filter_map(|rest| rest.split('"').next()) {
            targets += 1;
            assert!(workflow.contains(&format!("- {{folder: {folder}, target: {target}}}\n")), "{folder}: {target}");
        }
    }
    assert_eq!(workflow.matches("- {folder: ").count(), targets);
}
