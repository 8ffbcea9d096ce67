//! The rules in `cloudformation/rules`: our templates keep every one, and each is broken by a template made for it.

use std::{
    collections::{BTreeMap, BTreeSet},
    env, fs,
    path::Path,
    process::Command,
};

use serde_json::Value;

use crate::text::repository;

/// What the rules said of one template.
#[derive(Debug, Default)]
struct Verdict {
    kept: BTreeSet<String>,
    broken: BTreeSet<String>,
}

fn verdict(template: &Path) -> Verdict {
    let program = env::var_os("VITAE_CFN_GUARD").expect("VITAE_CFN_GUARD is not set: run `cargo vitae test`");
    let mut command = Command::new(program);
    command.arg("validate").arg("--rules").arg(repository().join("cloudformation/rules")).arg("--data").arg(template);
    let ran = command.args(["--structured", "--output-format", "json", "--show-summary", "none"]).output().unwrap();
    let said = String::from_utf8_lossy(&ran.stdout);
    let files: Value = serde_json::from_str(&said)
        .unwrap_or_else(|error| panic!("{error}: {said}{}", String::from_utf8_lossy(&ran.stderr)));
    let mut verdict = Verdict::default();
    for file in files.as_array().unwrap() {
        let text = |name: &Value| name.as_str().unwrap().to_owned();
        verdict.kept.extend(file["compliant"].as_array().unwrap().iter().map(text));
        let broken = file["not_compliant"].as_array().unwrap();
        verdict.broken.extend(broken.iter().map(|rule| text(&rule["Rule"]["name"])));
    }
    verdict
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
fn our_templates_keep_every_rule_and_no_rule_is_about_nothing() {
    let mut kept = BTreeSet::new();
    for name in ["bootstrap", "observability", "stack"] {
        let verdict = verdict(&repository().join("cloudformation").join(name).with_extension("yaml"));
        assert!(verdict.broken.is_empty(), "{name}.yaml breaks {:?}", verdict.broken);
        kept.extend(verdict.kept);
    }
    assert_eq!(kept, rules());
}

#[test]
fn every_rule_catches_a_template_that_breaks_it_and_nothing_else() {
    let mut caught: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in fs::read_dir(repository().join("cloudformation/rules/broken")).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let rule = text.lines().next().and_then(|line| line.strip_prefix("# Breaks: "));
        let rule = rule.unwrap_or_else(|| panic!("{} does not say what it breaks", path.display()));
        assert_eq!(verdict(&path).broken, BTreeSet::from([rule.to_owned()]), "{}", path.display());
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        caught.entry(rule.to_owned()).or_default().push(name);
    }
    assert_eq!(caught.keys().cloned().collect::<BTreeSet<_>>(), rules());
}
