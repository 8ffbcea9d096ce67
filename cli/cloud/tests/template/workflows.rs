//! Rules for the workflows that actionlint does not check.

use std::{collections::BTreeMap, env, fs, os::unix::fs::PermissionsExt as _, process::Command};

use serde_json::Value;

use crate::{
    document::parse_text,
    text::{names, read, repository},
};

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

/// The jobs of a workflow by name.
fn jobs(workflow: &str) -> serde_json::Map<String, Value> {
    parse_text(&workflows()[workflow])["jobs"].as_object().unwrap().clone()
}

/// The scripts of a job's steps.
fn scripts(job: &Value) -> Vec<String> {
    let steps = job["steps"].as_array().cloned().unwrap_or_default();
    steps.iter().filter_map(|step| step["run"].as_str().map(str::to_owned)).collect()
}

#[test]
fn a_job_that_can_request_a_deploy_roles_token_builds_nothing() {
    let mut found = 0;
    for (name, workflow) in workflows() {
        // The plan role can deploy nothing.
        if name == "plan.yml" {
            continue;
        }
        for (job_name, job) in parse_text(&workflow)["jobs"].as_object().unwrap() {
            if job["permissions"]["id-token"] != "write" {
                continue;
            }
            found += 1;
            for script in scripts(job) {
                for tool in ["cargo", "rustup", "rustc", "npm", "npx", "pip", "make"] {
                    let words = script.split(|letter: char| !letter.is_ascii_alphanumeric());
                    assert!(words.into_iter().all(|word| word != tool), "{name}: {job_name} runs {tool}: {script}");
                }
            }
        }
    }
    assert_eq!(found, 3, "staging, production and the job that both call");
}

#[test]
fn the_deploying_job_checks_the_hash_of_everything_that_the_building_job_made() {
    let deploy = jobs("deploy.yml");
    assert_eq!(deploy["build"]["outputs"]["sums"], "${{ steps.pack.outputs.sums }}");
    assert!(deploy["build"]["permissions"].is_null(), "the job that builds has the workflow's read permission only");
    for environment in ["staging", "production"] {
        assert_eq!(deploy[environment]["with"]["sums"], "${{ needs.build.outputs.sums }}");
    }
    let stack = jobs("stack.yml");
    let scripts = scripts(&stack["deploy"]);
    let verify = scripts.iter().position(|script| script.contains("sha256sum --check --strict SHA256SUMS")).unwrap();
    let first_use = scripts.iter().position(|script| script.contains("release/vitae-cloud")).unwrap();
    assert!(verify < first_use);
    assert!(scripts[verify].contains("echo \"$SUMS  SHA256SUMS\" | sha256sum --check --strict"));
}

#[test]
fn the_comment_on_a_pull_request_keeps_the_plan_in_its_code_block() {
    let script = &scripts(&jobs("plan.yml")["comment"])[0];
    let folder = tempfile::tempdir().unwrap();
    // In place of GitHub's command, one that does nothing.
    let command = folder.path().join("gh");
    fs::write(&command, "#!/bin/sh\n").unwrap();
    fs::set_permissions(&command, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.path().display(), env::var("PATH").unwrap());
    let changes = "add X\r\r**@everyone** [approve here](https://evil.example)\n```\r\n# out";
    let status = Command::new("bash")
        .args(["-eo", "pipefail", "-c", script])
        .current_dir(folder.path())
        .env("PATH", path)
        .env("CHANGES", changes)
        .env("NUMBER", "1")
        .status()
        .unwrap();
    assert!(status.success());
    let body = fs::read_to_string(folder.path().join("body")).unwrap();
    assert!(body.contains("@everyone"), "{body:?}");
    // CommonMark ends a line at a line feed, a carriage return, or both.
    for line in body.split(['\r', '\n']).skip(2).filter(|line| !line.is_empty()) {
        assert!(line.starts_with("    "), "{line:?} in {body:?}");
    }
}
