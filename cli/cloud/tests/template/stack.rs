//! `stack.yaml` agrees with itself and with the code.

use serde_json::{Value, json};
use vitae_cloud::deploy::Template;
use vitae_parameters::{Config, Cv, EDGE_PARAMETERS, Gate, Parameter};

use crate::{
    document::{parse, parse_text},
    text::{entry, read, value},
};

const TEMPLATE: &str = include_str!("../../../../cloudformation/stack.yaml");

/// The lines of a resource.
fn resource(logical_id: &str) -> String {
    entry(TEMPLATE, "Resources", logical_id)
}

/// The size limit of a template that is sent inline, in bytes.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
const INLINE_BYTES: usize = 51_200;

#[test]
fn the_templates_can_be_sent_inline() {
    for name in ["bootstrap.yaml", "inbox.yaml", "observability.yaml", "stack.yaml"] {
        let text = read(name);
        let body = Template::new(&text).body();
        assert!(body.len() <= INLINE_BYTES, "{name}: {} bytes", body.len());
        assert_eq!(parse_text(&body), parse_text(&text), "{name}: the body is another document");
    }
}

#[test]
fn a_change_to_the_edge_functions_code_or_settings_publishes_a_version() {
    let function = resource("EdgeFunction");
    let version = resource("EdgeVersion");
    let description = value(&version, "Description");
    let architecture = value(&function, "Architectures").trim_matches(['[', ']']);
    for setting in [
        "${EdgeSha256}".to_owned(),
        format!("${{{}}}", value(&function, "Runtime").strip_prefix("!Ref ").unwrap()),
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
fn the_edge_function_and_its_versions_are_retained_when_the_stack_is_deleted() {
    for logical_id in ["EdgeFunction", "EdgeVersion"] {
        let resource = resource(logical_id);
        assert_eq!((value(&resource, "DeletionPolicy"), value(&resource, "UpdateReplacePolicy")), ("Retain", "Retain"));
    }
}

#[test]
fn the_edge_can_read_its_parameters_and_no_others() {
    let role = resource("EdgeRole");
    let mut granted: Vec<_> = role
        .lines()
        .filter_map(|line| line.split_once("parameter/vitae/${AWS::StackName}/"))
        .map(|(_, name)| name.trim_end_matches('"'))
        .collect();
    granted.sort_unstable();
    let mut read = EDGE_PARAMETERS.map(Parameter::as_str);
    read.sort_unstable();
    assert_eq!(granted, read);
}

#[test]
fn the_template_writes_a_valid_configuration_with_every_field() {
    let config = resource("Config");
    let template = config.lines().map(str::trim).find(|line| line.starts_with('{')).unwrap();
    let own = "d111111abcdef8.cloudfront.net";
    let every: Vec<_> = names_of(&config)
        .into_iter()
        .map(|names| names.replace("${Distribution.DomainName}", own).replace("${DomainName}", "example.com"))
        .collect();
    let expected = [vec!["example.com", "www.example.com", own], vec!["example.com", own], vec![own]];
    assert_eq!(every.len(), expected.len(), "with www, without www, without a domain: {every:?}");
    let links = [Cv::default(), Cv { path: "/cv/jane.pdf".to_owned(), lifetime_s: 3600, window_s: 60 }];
    for (names, expected) in every.iter().zip(expected) {
        for (switch, cv, gate, owner) in
            [("false", &links[0], Gate::Open, ""), ("true", &links[1], Gate::Request, "Zoë O'Brien")]
        {
            let json = template
                .replace("${Names}", names)
                .replace("${CvPath}", &cv.path)
                .replace("${LinkLifetimeSeconds}", &cv.lifetime_s.to_string())
                .replace("${LinkWindowSeconds}", &cv.window_s.to_string())
                .replace("${CrossSiteLinks}", switch)
                .replace("${OwnerName}", owner)
                .replace("${CvGate}", if gate == Gate::Open { "open" } else { "request" })
                .replace("${DevOrigin}", switch)
                .replace("${Shards}", &shards());
            let config = Config::parse(&json).unwrap();
            let mut all = Config::from_names(expected.iter().map(|name| (*name).to_owned()).collect()).unwrap();
            all.cv = cv.clone();
            all.mint.cross_site = switch == "true";
            all.dev_origin = switch == "true";
            all.links.gate = gate;
            all.owner = owner.to_owned();
            assert_eq!(config, all, "the template writes every field, so that the owner can read it");
            assert_eq!(json, config.to_json(), "in the schema's order");
        }
    }
}

/// The possible lists of the configuration's names, in the template's order.
fn names_of(config: &str) -> Vec<&str> {
    config.lines().filter_map(|line| line.split_once("!Sub '")?.1.strip_suffix('\'')).collect()
}

/// The number of shards in the template's mapping.
fn shards() -> String {
    value(TEMPLATE, "Count").trim_matches('"').to_owned()
}

/// CI's roles cannot create a replica in another region: see `handler-permissions.json`.
#[test]
fn the_counter_table_is_a_global_table_with_one_replica_in_the_region_of_the_stack() {
    let table = &parse("stack.yaml")["Resources"]["CounterTable"];
    assert_eq!(table["Type"], "AWS::DynamoDB::GlobalTable");
    let properties = &table["Properties"];
    assert_eq!(properties["BillingMode"], "PAY_PER_REQUEST");
    assert_eq!(properties["StreamSpecification"], json!({ "StreamViewType": "NEW_AND_OLD_IMAGES" }));
    let replica = json!({
        "Region": { "Ref": "AWS::Region" },
        "DeletionProtectionEnabled": { "Ref": "DeletionProtection" },
        "PointInTimeRecoverySpecification": { "PointInTimeRecoveryEnabled": true },
        "Tags": [{ "Key": "vitae-stack", "Value": { "Ref": "AWS::StackName" } }],
    });
    assert_eq!(properties["Replicas"], json!([replica]));
}

#[test]
fn the_stack_does_not_contain_additional_origins() {
    for name in [Parameter::OriginProd, Parameter::OriginDev] {
        assert!(!TEMPLATE.contains(&format!("Name: !Sub \"/vitae/${{AWS::StackName}}/{name}\"")));
    }
}

/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/flat-rate-pricing-plan.html>
#[test]
fn the_distribution_fits_cloudfronts_free_plan() {
    let template = parse("stack.yaml");
    let resources = template["Resources"].as_object().unwrap();
    for (name, resource) in resources {
        let resource_type = resource["Type"].as_str().unwrap();
        let is_custom_policy = resource_type.starts_with("AWS::CloudFront::") && resource_type.ends_with("Policy");
        assert!(!is_custom_policy, "{name} is a {resource_type}: the plan has managed policies only");
    }
    let config = &resources["Distribution"]["Properties"]["DistributionConfig"];
    // Besides the default behavior. A behavior may be behind a condition.
    let conditional = |behavior: &'_ Value| behavior.pointer("/Fn::If/1").unwrap_or(behavior).clone();
    let behaviors: Vec<_> = config["CacheBehaviors"].as_array().unwrap().iter().map(conditional).collect();
    assert!(behaviors.len() < 5, "{behaviors:?}");
    for behavior in std::iter::once(&config["DefaultCacheBehavior"]).chain(&behaviors) {
        for policy in ["CachePolicyId", "OriginRequestPolicyId", "ResponseHeadersPolicyId"] {
            let is_managed = behavior.get(policy).is_none_or(Value::is_string);
            assert!(is_managed, "{policy} of {} is not the id of a managed policy", behavior["PathPattern"]);
        }
    }
    let arns = &resources["Subscription"]["Properties"]["ResourceArns"];
    let distribution = "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}";
    assert_eq!(*arns, json!([{"Fn::Sub": distribution}, {"Fn::GetAtt": ["Firewall", "Arn"]}]));
    let rules = resources["Firewall"]["Properties"]["Rules"].as_array().unwrap();
    assert!(rules.len() <= 5, "{} rules", rules.len());
    assert_eq!(template["Conditions"]["HasWebAcl"]["Fn::Or"][0], json!({"Condition": "IsFree"}));
    for rule in rules {
        assert!(rule["Statement"].pointer("/RateBasedStatement/ScopeDownStatement").is_none(), "{}", rule["Name"]);
    }
}
