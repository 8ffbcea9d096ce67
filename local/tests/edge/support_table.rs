//! Every field of the API has a row in `SUPPORT.md`, so that none is ignored silently.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use crate::support::cloud::program;

/// Prints every field of a distribution's shapes in botocore's model of the service. A list's fields `Quantity` and `Items`
/// stand for the list itself and are left out.
const WALK: &str = r#"
import botocore.session
model = botocore.session.get_session().get_service_model("cloudfront")
seen = set()
def walk(shape):
    if shape.name in seen:
        return
    seen.add(shape.name)
    if shape.type_name == "list":
        walk(shape.member)
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            if name not in ("Quantity", "Items"):
                print(f"{shape.name}.{name}")
            walk(member)
for root in ["DistributionConfig", "CacheBehavior", "CachePolicyConfig", "OriginRequestPolicyConfig",
             "ResponseHeadersPolicyConfig", "OriginAccessControlConfig"]:
    walk(model.shape_for(root))
"#;

/// The support of each field, or of each shape (`Shape.*`), in `SUPPORT.md`.
fn rows() -> BTreeMap<String, String> {
    let text = include_str!("../../SUPPORT.md");
    let (_, table) = text.split_once("\n## Every field\n").expect("SUPPORT.md has the section");
    let mut rows = BTreeMap::new();
    for line in table.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [fields, here, remark] = cells.as_slice() else { panic!("three cells: {line}") };
        assert!(["modelled", "refused", "ignored", "differs", "without effect"].contains(here), "{line}");
        assert!(["modelled", "refused"].contains(here) || !remark.is_empty(), "no reason given: {line}");
        for field in fields.split(", ") {
            let field = field.trim_matches('`').to_owned();
            assert!(rows.insert(field.clone(), (*here).to_owned()).is_none(), "{field} has two rows");
        }
    }
    rows
}

#[test]
fn every_field_of_the_api_has_a_row() {
    let output = Command::new(program("VITAE_PYTHON")).args(["-c", WALK]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let walked = String::from_utf8(output.stdout).unwrap();
    let fields: BTreeSet<&str> = walked.lines().collect();
    assert!(fields.len() > 150 && fields.contains("DistributionConfig.Origins"), "{} fields", fields.len());

    let rows = rows();
    let shape_of = |field: &str| format!("{}.*", field.split('.').next().unwrap());
    let missing: Vec<&&str> =
        fields.iter().filter(|field| !rows.contains_key(**field) && !rows.contains_key(&shape_of(field))).collect();
    assert!(missing.is_empty(), "without a row in SUPPORT.md: {missing:?}");
    let stale: Vec<&String> = rows
        .keys()
        .filter(|row| !fields.contains(row.as_str()) && !fields.iter().any(|field| shape_of(field) == **row))
        .collect();
    assert!(stale.is_empty(), "SUPPORT.md has rows for unknown fields: {stale:?}");
}
