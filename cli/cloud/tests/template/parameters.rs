//! The files of the owner's values.

use std::collections::BTreeMap;

use crate::text::{entry, names, read};

/// What the command line, or an output of another stack, decides, and no file may.
const NOT_THE_OWNERS: [&str; 13] = [
    "ArtifactBucket",
    "EdgeKey",
    "EdgeSha256",
    "CounterKey",
    "KeysKey",
    "SiteFunctionCode",
    "Architecture",
    "ProbeBaseUrl",
    "PermissionsBoundary",
    "Stack",
    "DistributionId",
    "CounterFunction",
    "KeysFunction",
];

fn values(file: &str) -> BTreeMap<String, String> {
    serde_json::from_str(&read(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[test]
fn staging_and_production_give_every_value_that_is_the_owners_and_no_other() {
    let (stack, observability) = (read("stack.yaml"), read("observability.yaml"));
    let mut owners: Vec<_> = names(&stack, "Parameters");
    owners.extend(names(&observability, "Parameters"));
    owners.retain(|name| !NOT_THE_OWNERS.contains(&name.as_str()));
    owners.sort_unstable();
    for file in ["staging.params.json", "production.params.json"] {
        let given: Vec<_> = values(file).into_keys().collect();
        assert_eq!(given, owners, "{file}: each of these is a parameter of one template");
    }
}

#[test]
fn every_value_is_one_that_the_template_allows() {
    let (stack, observability) = (read("stack.yaml"), read("observability.yaml"));
    for file in ["staging.params.json", "production.params.json"] {
        for (name, value) in values(file) {
            let template = if names(&stack, "Parameters").contains(&name) { &stack } else { &observability };
            let parameter = entry(template, "Parameters", &name);
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
fn production_is_protected_and_lets_nobodys_machine_mint() {
    let production = values("production.params.json");
    assert_eq!((production["DeletionProtection"].as_str(), production["DevOrigin"].as_str()), ("true", "false"));
}
