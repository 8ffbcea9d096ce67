//! The policies in the templates as IAM receives them, for checks that know policies and not templates.

use serde_json::{Map, Value};

use crate::{
    document::{list, parse},
    text::{names, read},
};

const TEMPLATES: [&str; 4] = ["bootstrap.yaml", "stack.yaml", "observability.yaml", "inbox.yaml"];

/// The name of every stack, and of every parameter.
const NAME: &str = "resume";

/// A policy, and where it is: `bootstrap DeployStack`, `stack EdgeRole read-configuration`.
pub(crate) struct Policy {
    pub(crate) place: String,
    pub(crate) document: Value,
}

/// The policies of roles and resources. Trust policies are not among them: they have no resources.
pub(crate) fn policies() -> Vec<Policy> {
    let mut found = Vec::new();
    for name in TEMPLATES {
        let template = Template { document: parse(name), parameters: names(&read(name), "Parameters") };
        let stem = name.trim_end_matches(".yaml");
        for (logical_id, resource) in template.document["Resources"].as_object().unwrap() {
            let properties = &resource["Properties"];
            let mut add = |place: String, document: &Value| {
                found.push(Policy { place, document: template.render(document) });
            };
            if let Some(document) = properties.get("PolicyDocument") {
                add(format!("{stem} {logical_id}"), document);
            }
            for inline in list(&properties["Policies"]) {
                let policy = inline["PolicyName"].as_str().unwrap();
                add(format!("{stem} {logical_id} {policy}"), &inline["PolicyDocument"]);
            }
        }
    }
    found
}

struct Template {
    document: Value,
    parameters: Vec<String>,
}

impl Template {
    /// Replaces the functions of CloudFormation by values, each condition as true.
    fn render(&self, node: &Value) -> Value {
        match node {
            Value::Object(entries) => match entries.iter().next() {
                Some((name, argument)) if name == "Ref" || name.starts_with("Fn::") => self.function(name, argument),
                _ => {
                    let rendered = entries.iter().map(|(name, value)| (name.clone(), self.render(value)));
                    Value::Object(rendered.collect::<Map<_, _>>())
                }
            },
            Value::Array(items) => items.iter().map(|item| self.render(item)).collect(),
            Value::String(text) => Value::String(with_tags(text)),
            other => other.clone(),
        }
    }

    fn function(&self, name: &str, argument: &Value) -> Value {
        match (name, argument) {
            ("Ref", Value::String(name)) => Value::String(self.reference(name)),
            ("Fn::GetAtt", Value::Array(path)) => Value::String(self.attribute(path[0].as_str().unwrap())),
            ("Fn::If", Value::Array(branches)) => self.render(&branches[1]),
            ("Fn::Sub", Value::String(text)) => Value::String(self.substitute(text, &Map::new())),
            ("Fn::Sub", Value::Array(arguments)) => {
                let variables = arguments[1].as_object().unwrap();
                Value::String(self.substitute(arguments[0].as_str().unwrap(), variables))
            }
            ("Fn::Split", Value::Array(arguments)) => {
                let text = self.render(&arguments[1]);
                text.as_str().unwrap().split(arguments[0].as_str().unwrap()).map(Value::from).collect()
            }
            ("Fn::Select", Value::Array(arguments)) => {
                let index = usize::try_from(arguments[0].as_u64().unwrap()).unwrap();
                self.render(&arguments[1])[index].clone()
            }
            _ => panic!("{name} is not rendered: {argument}"),
        }
    }

    fn substitute(&self, text: &str, variables: &Map<String, Value>) -> String {
        let mut parts = text.split("${");
        let mut result = parts.next().unwrap().to_owned();
        for part in parts {
            let (name, rest) = part.split_once('}').unwrap();
            match (name.strip_prefix('!'), variables.get(name), name.split_once('.')) {
                (Some(variable), ..) => result.extend(["${", variable, "}"]),
                (_, Some(value), _) => result.push_str(self.render(value).as_str().unwrap()),
                (_, _, Some((resource, _))) => result.push_str(&self.attribute(resource)),
                _ => result.push_str(&self.reference(name)),
            }
            result.push_str(rest);
        }
        with_tags(&result)
    }

    fn reference(&self, name: &str) -> String {
        match name {
            "AWS::Partition" => "aws".to_owned(),
            "AWS::Region" => "us-east-1".to_owned(),
            "AWS::AccountId" => "111122223333".to_owned(),
            "AWS::StackName" => NAME.to_owned(),
            "AWS::StackId" => format!("arn:aws:cloudformation:us-east-1:111122223333:stack/{NAME}/1a2b"),
            "MailFrom" => "cv@example.com".to_owned(),
            name if self.parameters.iter().any(|parameter| parameter == name) => NAME.to_owned(),
            name => match self.resource_type(name) {
                "AWS::IAM::ManagedPolicy" => format!("arn:aws:iam::111122223333:policy/vitae/{name}"),
                "AWS::SNS::Topic" => self.attribute(name),
                _ => format!("{NAME}-{}-1a2b", name.to_lowercase()),
            },
        }
    }

    /// The ARN of a resource.
    fn attribute(&self, name: &str) -> String {
        let regional = |service: &str, id: String| format!("arn:aws:{service}:us-east-1:111122223333:{id}");
        match self.resource_type(name) {
            "AWS::S3::Bucket" => format!("arn:aws:s3:::{NAME}-{}-1a2b", name.to_lowercase()),
            "AWS::DynamoDB::GlobalTable" => regional("dynamodb", format!("table/{NAME}-{name}-1a2b")),
            "AWS::Logs::LogGroup" => regional("logs", format!("log-group:/vitae/{NAME}/{name}:*")),
            "AWS::Events::Rule" => regional("events", format!("rule/{NAME}-{name}-1a2b")),
            "AWS::SNS::Topic" => regional("sns", format!("{NAME}-{name}-1a2b")),
            "AWS::IAM::Role" => format!("arn:aws:iam::111122223333:role/{NAME}-{name}-1a2b"),
            other => panic!("{name} is a {other}, whose ARN is not rendered"),
        }
    }

    fn resource_type(&self, name: &str) -> &str {
        let resource_type = self.document["Resources"][name]["Type"].as_str();
        resource_type.unwrap_or_else(|| panic!("{name} is neither a parameter nor a resource"))
    }
}

/// The policy variables for a role of one stack. A check of ARNs would take the slash of a tag's name for one of the ARN.
fn with_tags(text: &str) -> String {
    text.replace("${aws:PrincipalTag/vitae-stack}", NAME).replace("${aws:PrincipalTag/vitae-domain}", "example.com")
}

#[test]
fn every_policy_is_found_and_has_no_function_and_no_variable_left() {
    let policies = policies();
    let places: Vec<_> = policies.iter().map(|policy| policy.place.as_str()).collect();
    for place in ["bootstrap DeployStack", "bootstrap ArtifactsPolicy", "stack EdgeRole read-configuration"] {
        assert!(places.contains(&place), "{places:?}");
    }
    for Policy { place, document } in &policies {
        assert!(document["Statement"].is_array(), "{place}");
        let text = document.to_string();
        for left in ["Fn::", "\"Ref\"", "${AWS", "${!", "PrincipalTag"] {
            assert!(!text.contains(left), "{place} contains {left}: {text}");
        }
    }
}
