//! What `stack.yaml` says twice, or says that other parts say too.

use vitae_parameters::{Config, Parameter};

use crate::text::{entry, read, value};

const TEMPLATE: &str = include_str!("../../../../cloudformation/stack.yaml");

/// The lines of a resource, until the next one.
fn resource(logical_id: &str) -> String {
    entry(TEMPLATE, "Resources", logical_id)
}

/// CloudFormation takes a template of this many bytes inline.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
const INLINE_BYTES: usize = 51_200;

#[test]
fn the_templates_can_be_sent_inline() {
    for name in ["bootstrap.yaml", "observability.yaml", "stack.yaml"] {
        let bytes = read(name).len();
        assert!(bytes <= INLINE_BYTES, "{name}: {bytes} bytes");
    }
}

#[test]
fn a_change_of_the_edges_code_or_settings_publishes_a_version() {
    let function = resource("EdgeFunction");
    let version = resource("EdgeVersion");
    let description = value(&version, "Description");
    let architecture = value(&function, "Architectures").trim_matches(['[', ']']);
    for setting in [
        "${EdgeSha256}".to_owned(),
        value(&function, "Runtime").to_owned(),
        value(&function, "Handler").to_owned(),
        architecture.to_owned(),
        format!("{} MB", value(&function, "MemorySize")),
        format!("{} s", value(&function, "Timeout")),
        "${EdgeRole}".to_owned(),
    ] {
        assert!(description.contains(&setting), "{setting}: {description}");
    }
    assert!(version.contains("CodeSha256: !Ref EdgeSha256"));
}

#[test]
fn the_edge_function_and_its_versions_outlive_the_stack_with_their_replicas() {
    for logical_id in ["EdgeFunction", "EdgeVersion"] {
        let resource = resource(logical_id);
        assert_eq!((value(&resource, "DeletionPolicy"), value(&resource, "UpdateReplacePolicy")), ("Retain", "Retain"));
    }
}

#[test]
fn the_edge_may_read_its_parameters_and_no_others() {
    let role = resource("EdgeRole");
    let mut granted: Vec<_> = role
        .lines()
        .filter_map(|line| line.split_once("parameter/vitae/${AWS::StackName}/"))
        .map(|(_, name)| name.trim_end_matches('"'))
        .collect();
    granted.sort_unstable();
    let mut read = Parameter::OF_THE_EDGE.map(Parameter::as_str);
    read.sort_unstable();
    assert_eq!(granted, read);
}

#[test]
fn the_configuration_is_one_that_the_edge_takes() {
    let config = resource("Config");
    let json = config.lines().map(str::trim).find(|line| line.starts_with('{')).unwrap();
    let own = "d111111abcdef8.cloudfront.net";
    let every: Vec<_> = names_of(&config)
        .into_iter()
        .map(|names| names.replace("${Distribution.DomainName}", own).replace("${DomainName}", "example.com"))
        .collect();
    let expected = [vec!["example.com", "www.example.com", own], vec!["example.com", own], vec![own]];
    assert_eq!(every.len(), expected.len(), "with www, without, without a domain: {every:?}");
    for (names, expected) in every.iter().zip(expected) {
        for dev_origin in ["true", "false"] {
            let json =
                json.replace("${Names}", names).replace("${DevOrigin}", dev_origin).replace("${Shards}", &shards());
            let config = Config::parse(&json).unwrap();
            let mut all = Config::of_names(expected.iter().map(|name| (*name).to_owned()).collect()).unwrap();
            all.dev_origin = dev_origin == "true";
            assert_eq!(config, all, "the template writes every default, so that the owner reads it");
            assert_eq!(json, config.to_json(), "and writes it as the schema does");
        }
    }
}

/// What the configuration's names may be, in the order of the template.
fn names_of(config: &str) -> Vec<&str> {
    config.lines().filter_map(|line| line.split_once("!Sub '")?.1.strip_suffix('\'')).collect()
}

/// The number of shards in the template's mapping.
fn shards() -> String {
    value(TEMPLATE, "Count").trim_matches('"').to_owned()
}

#[test]
fn origins_are_the_owners_and_not_the_stacks() {
    for name in [Parameter::OriginProd, Parameter::OriginDev] {
        assert!(!TEMPLATE.contains(&format!("Name: !Sub \"/vitae/${{AWS::StackName}}/{name}\"")));
    }
}
