//! The owner's settings: parameters of the templates, and the files with their values.

use std::{collections::BTreeMap, env, process::Command};

use vitae_cloud::deploy::RESERVED_PARAMETERS;
use vitae_parameters::{Config, Cv, LIFETIME_S, Mint, OWNER_CHARS};

use crate::text::{entry, names, read, value};

/// Parameters that are neither settings nor reserved: outputs of another stack, and what only the local system sets.
const NOT_SETTINGS: [&str; 11] = [
    "ProbeBaseUrl",
    "PermissionsBoundary",
    "Stack",
    "DistributionId",
    "CounterFunction",
    "KeysFunction",
    "LinksFunction",
    "MailConfiguration",
    "InboxStack",
    "Scanner",
    "UploadUrl",
];

/// The templates of a system.
const TEMPLATES: [&str; 3] = ["stack.yaml", "observability.yaml", "inbox.yaml"];

/// Settings whose defaults suit most owners. The files leave them out.
const OPTIONAL_SETTINGS: [&str; 5] =
    ["CvPath", "LinkLifetimeSeconds", "LinkWindowSeconds", "CrossSiteLinks", "EdgeRuntime"];

fn values(file: &str) -> BTreeMap<String, String> {
    serde_json::from_str(&read(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// An attribute of a parameter of `stack.yaml`, such as its `Default`.
fn attribute(parameter: &str, name: &str) -> String {
    value(&entry(&read("stack.yaml"), "Parameters", parameter), name).trim_matches('"').to_owned()
}

#[test]
fn staging_and_production_set_every_setting_that_is_not_optional_and_nothing_else() {
    let mut settings: Vec<_> = TEMPLATES.iter().flat_map(|template| names(&read(template), "Parameters")).collect();
    let left_out = [&RESERVED_PARAMETERS[..], &NOT_SETTINGS, &OPTIONAL_SETTINGS].concat();
    settings.retain(|name| !left_out.contains(&name.as_str()));
    settings.sort_unstable();
    // Two templates have PricingPlan, and two have DeletionProtection.
    settings.dedup();
    for file in ["staging.params.json", "production.params.json"] {
        let given: Vec<_> = values(file).into_keys().collect();
        assert_eq!(given, settings, "{file}");
    }
}

#[test]
fn every_value_is_one_that_the_template_allows() {
    for file in ["staging.params.json", "production.params.json"] {
        for (name, value) in values(file) {
            let declares = |template: &&str| names(&read(template), "Parameters").contains(&name);
            let template = TEMPLATES.into_iter().find(declares).unwrap_or_else(|| panic!("{file}: {name}"));
            let parameter = entry(&read(template), "Parameters", &name);
            if parameter.contains("AllowedValues: [\"true\", \"false\"]") {
                assert!(["true", "false"].contains(&value.as_str()), "{file}: {name} is {value:?}");
            }
            if parameter.contains("Type: Number") {
                assert!(value.parse::<u32>().is_ok(), "{file}: {name} is {value:?}");
            }
        }
    }
}

#[test]
fn the_free_plan_is_the_default_of_both_stacks_and_no_file_combines_it_with_access_logs() {
    for template in ["stack.yaml", "observability.yaml"] {
        let plan = entry(&read(template), "Parameters", "PricingPlan");
        assert_eq!((value(&plan, "Default"), value(&plan, "AllowedValues")), ("free", "[free, pay-as-you-go]"));
    }
    for file in ["staging.params.json", "production.params.json"] {
        let values = values(file);
        assert!(values["PricingPlan"] != "free" || values["AccessLogs"] == "false", "{file}");
    }
}

#[test]
fn production_has_deletion_protection_and_no_developers_origin() {
    let production = values("production.params.json");
    assert_eq!((production["DeletionProtection"].as_str(), production["DevOrigin"].as_str()), ("true", "false"));
}

#[test]
fn the_defaults_of_the_links_are_those_of_the_configuration() {
    let Cv { path, lifetime_s, window_s } = Cv::default();
    let defaults = [path, lifetime_s.to_string(), window_s.to_string(), Mint::default().cross_site.to_string()];
    let [links @ .., _] = OPTIONAL_SETTINGS;
    assert_eq!(links.map(|name| attribute(name, "Default")), defaults);
}

/// Lambda deprecates Node.js 22 on 2027-04-30. `edge/tests` runs the bundle in both versions.
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html>
#[test]
fn the_edge_runs_in_node_24_by_default_and_may_run_in_node_22() {
    assert_eq!(attribute("EdgeRuntime", "Default"), "nodejs24.x");
    assert_eq!(attribute("EdgeRuntime", "AllowedValues"), "[nodejs24.x, nodejs22.x]");
}

#[test]
fn the_bounds_of_the_links_are_those_of_the_configuration() {
    let bounds = |name| ["MinValue", "MaxValue"].map(|bound| attribute(name, bound).parse::<u32>().unwrap());
    let lifetime = bounds("LinkLifetimeSeconds");
    assert_eq!(lifetime, [*LIFETIME_S.start(), *LIFETIME_S.end()]);
    // A window is valid up to the lifetime, so its largest bound is the longest lifetime. A template cannot compare two
    // parameters.
    let window = bounds("LinkWindowSeconds");
    assert_eq!(window, [1, *LIFETIME_S.end()]);
    let with = |lifetime_s, window_s| is_valid(Cv { lifetime_s, window_s, ..Cv::default() });
    for lifetime_s in lifetime {
        assert!(with(lifetime_s, window[0]) && with(lifetime_s, lifetime_s), "{lifetime_s}");
        assert!(!with(lifetime_s, window[0] - 1) && !with(lifetime_s, lifetime_s + 1), "{lifetime_s}");
    }
    assert!(!with(lifetime[0] - 1, window[0]) && !with(lifetime[1] + 1, window[0]));
    let longest: usize = attribute("CvPath", "MaxLength").parse().unwrap();
    let path = |length: usize| format!("/cv/{}", "a".repeat(length - "/cv/".len()));
    assert!(is_valid_path(&path(longest)) && !is_valid_path(&path(longest + 1)));
}

fn is_valid(cv: Cv) -> bool {
    let mut config = Config::from_names(vec!["example.com".to_owned()]).unwrap();
    config.cv = cv;
    config.validate().is_ok()
}

fn is_valid_path(path: &str) -> bool {
    is_valid(Cv { path: path.to_owned(), ..Cv::default() })
}

#[test]
fn the_pattern_of_the_owners_name_accepts_exactly_the_names_that_the_edge_accepts() {
    let longest: usize = attribute("OwnerName", "MaxLength").parse().unwrap();
    assert_eq!(longest, OWNER_CHARS);
    let mut names: Vec<_> = ["", " ", "a ", " a", "Zoë O'Brien, PhD", "李小龙", "a b c"].map(str::to_owned).to_vec();
    names.extend(('\0'..='\u{ff}').flat_map(|c| [format!("{c}"), format!("a{c}b"), format!("a{c}")]));
    let accepted = matches(&attribute("OwnerName", "AllowedPattern"), &names);
    assert_eq!(accepted.len(), names.len());
    for (name, accepted) in names.iter().zip(accepted) {
        let mut config = Config::from_names(vec!["example.com".to_owned()]).unwrap();
        config.owner.clone_from(name);
        assert_eq!(accepted, config.validate().is_ok(), "{name:?}");
    }
}

#[test]
fn the_pattern_of_the_cv_path_accepts_exactly_the_paths_that_the_edge_accepts() {
    let mut segments: Vec<String> =
        ["", ".", "..", "...", ".a", "..a", ".probe", "jane-doe_2026~1.pdf", "%", "%2", "ü"]
            .map(str::to_owned)
            .to_vec();
    segments.extend((0..=0x7f_u8).map(|byte| format!("a{}b", char::from(byte))));
    segments.extend((0..=u8::MAX).flat_map(|byte| [format!("a%{byte:02X}b"), format!("%{byte:02x}")]));
    let mut paths: Vec<_> =
        ["", "/", "/cv", "cv/a", "/CV/a", "/api/cv", "x/cv/a", "/cv/a/", "/cva"].map(str::to_owned).to_vec();
    for segment in &segments {
        paths.extend([format!("/cv/{segment}"), format!("/cv/{segment}/a"), format!("/cv/a/{segment}")]);
    }
    let accepted = matches(&attribute("CvPath", "AllowedPattern"), &paths);
    assert_eq!(accepted.len(), paths.len());
    for (path, accepted) in paths.iter().zip(accepted) {
        assert_eq!(accepted, is_valid_path(path), "{path:?}");
    }
}

/// Whether a pattern matches each whole text. CloudFormation's patterns are regular expressions of Java, which this one
/// shares with JavaScript.
fn matches(pattern: &str, texts: &[String]) -> Vec<bool> {
    const SCRIPT: &str = "const [pattern, texts] = process.argv.slice(1).map(JSON.parse);
        const whole = new RegExp(`^(?:${pattern})$`);
        console.log(JSON.stringify(texts.map((text) => whole.test(text))));";
    let node = env::var_os("VITAE_NODE24").expect("VITAE_NODE24 is not set: run `cargo vitae test`");
    let arguments = [serde_json::to_string(pattern).unwrap(), serde_json::to_string(texts).unwrap()];
    let output = Command::new(node).arg("--eval").arg(SCRIPT).arg("--").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
