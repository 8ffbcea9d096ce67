//! The rules in `cloudformation/rules`: our templates pass all of them, and each rule fails for a template written to break it.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
    process::Command,
};

use serde_json::Value;

use crate::text::repository;

/// The rules that a template passes and fails. Rules that do not apply are in neither.
#[derive(Debug, Default)]
struct GuardResult {
    passed: BTreeSet<String>,
    failed: BTreeSet<String>,
}

fn validate(template: &Path) -> GuardResult {
    let program = env::var_os("VITAE_CFN_GUARD").expect("VITAE_CFN_GUARD is not set: run `cargo vitae test`");
    let mut command = Command::new(program);
    command.arg("validate").arg("--rules").arg(repository().join("cloudformation/rules")).arg("--data").arg(template);
    let output = command.args(["--structured", "--output-format", "json", "--show-summary", "none"]).output().unwrap();
    let json = String::from_utf8_lossy(&output.stdout);
    let files: Value = serde_json::from_str(&json)
        .unwrap_or_else(|error| panic!("{error}: {json}{}", String::from_utf8_lossy(&output.stderr)));
    let mut result = GuardResult::default();
    for file in files.as_array().unwrap() {
        let text = |name: &Value| name.as_str().unwrap().to_owned();
        result.passed.extend(file["compliant"].as_array().unwrap().iter().map(text));
        let failed = file["not_compliant"].as_array().unwrap();
        result.failed.extend(failed.iter().map(|rule| text(&rule["Rule"]["name"])));
    }
    result
}

/// The names of all rules.
fn rules() -> BTreeSet<String> {
    let mut rules = BTreeSet::new();
    for file in fs::read_dir(repository().join("cloudformation/rules")).unwrap() {
        let path = file.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "guard") {
            let text = fs::read_to_string(path).unwrap();
            let names = text.lines().filter_map(|line| line.strip_prefix("rule ")?.split_once(' '));
            rules.extend(names.map(|(name, _)| name.to_owned()));
        }
    }
    rules
}

#[test]
fn our_templates_pass_every_rule_and_every_rule_applies_to_one_of_them() {
    let mut passed = BTreeSet::new();
    for name in ["bootstrap", "inbox", "observability", "stack"] {
        let result = validate(&repository().join("cloudformation").join(name).with_extension("yaml"));
        assert!(result.failed.is_empty(), "{name}.yaml breaks {:?}", result.failed);
        passed.extend(result.passed);
    }
    assert_eq!(passed, rules());
}

#[test]
fn every_rule_fails_for_a_template_that_breaks_it_and_no_other_rule_fails() {
    let mut broken: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in fs::read_dir(repository().join("cloudformation/rules/broken")).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let rule = text.lines().next().and_then(|line| line.strip_prefix("# Breaks: "));
        let rule = rule.unwrap_or_else(|| panic!("{} does not begin with \"# Breaks: RULE\"", path.display()));
        assert_eq!(validate(&path).failed, BTreeSet::from([rule.to_owned()]), "{}", path.display());
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        broken.entry(rule.to_owned()).or_default().push(name);
    }
    assert_eq!(broken.keys().cloned().collect::<BTreeSet<_>>(), rules());
}
