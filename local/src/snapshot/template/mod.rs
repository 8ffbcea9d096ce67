//! A CloudFormation template: finds its distribution, resolves the functions in it, and reads the resources that it
//! refers to.
//!
//! Only what the distribution needs is resolved. Everything else in the template may contain anything.

mod conditions;
mod distribution;
mod functions;
mod lambda;
mod parameters;
mod references;
mod resolver;
mod substitution;

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::Value;

use super::documents::Documents;
use super::error::SnapshotError;
use super::path::Path;
use super::{document, shapes};
use resolver::Resolver;

/// What a template does not contain.
#[derive(Clone, Debug)]
pub struct TemplateSettings {
    /// Values of the template's parameters.
    pub parameters: BTreeMap<String, String>,
    /// Values that only an account has: exports and SSM parameters by name, and `LogicalId.Attribute` of a resource.
    pub values: BTreeMap<String, String>,
    /// The logical id of the distribution, if the template has several.
    pub resource: Option<String>,
    /// The value of `AWS::Region`.
    pub region: String,
    /// The value of `AWS::StackName`.
    pub stack_name: String,
    /// The items of key value stores, by their logical ids.
    pub stores: BTreeMap<String, BTreeMap<String, String>>,
    /// The folder of the template, which its local paths are relative to.
    pub folder: PathBuf,
}

impl Default for TemplateSettings {
    fn default() -> Self {
        Self {
            parameters: BTreeMap::new(),
            values: BTreeMap::new(),
            resource: None,
            region: "us-east-1".to_owned(),
            stack_name: "local".to_owned(),
            stores: BTreeMap::new(),
            folder: PathBuf::from("."),
        }
    }
}

/// Macros that leave a distribution as it is written.
const TRANSFORMS: [&str; 5] = [
    "AWS::Serverless-2016-10-31",
    "AWS::LanguageExtensions",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
    "AWS::CodeDeployBlueGreen",
];

const DISTRIBUTION: &str = "AWS::CloudFront::Distribution";

/// A parsed template.
struct Template {
    document: Value,
}

impl Template {
    fn parse(text: &str) -> Result<Self, SnapshotError> {
        let template = Self { document: document::parse(text)? };
        let at = Path::root("Transform");
        let transforms = match template.document.get("Transform") {
            Some(Value::Array(names)) => names.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        for transform in transforms {
            if !transform.as_str().is_some_and(|name| TRANSFORMS.contains(&name)) {
                let what = format!("the macro {transform}, which may change any resource");
                return Err(SnapshotError::NotModelled { what, path: at.to_string() });
            }
        }
        Ok(template)
    }

    /// An entry of a section, such as a resource.
    fn entry(&self, section: &str, name: &str) -> Option<&Value> {
        self.document.get(section)?.get(name)
    }

    /// The resources of a type, by logical id.
    fn resources<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = (&'a str, &'a Value)> {
        let resources = self.document.get("Resources").and_then(Value::as_object);
        let of_kind = move |(id, resource): (&'a String, &'a Value)| {
            (resource.get("Type").and_then(Value::as_str) == Some(kind)).then_some((id.as_str(), resource))
        };
        resources.into_iter().flatten().filter_map(of_kind)
    }

    fn type_of(&self, id: &str) -> Option<&str> {
        self.entry("Resources", id)?.get("Type")?.as_str()
    }
}

/// The id of a distribution: its logical id, in the form of CloudFront's ids.
fn distribution_id(logical_id: &str) -> String {
    let letters = logical_id.chars().filter(char::is_ascii_alphanumeric).take(13);
    std::iter::once('E').chain(letters.map(|letter| letter.to_ascii_uppercase())).collect()
}

/// Reads a template's distribution and everything that it refers to. Also returns the distribution's id.
pub(super) fn read(text: &str, settings: &TemplateSettings) -> Result<(String, Documents), SnapshotError> {
    let template = Template::parse(text)?;
    let resolver = Resolver::new(&template, settings);
    let (logical_id, resource) = choose(&resolver)?;
    let root = Path::root("Resources");
    let at = root.field(logical_id);
    let at = at.field("Properties");
    let at = at.field("DistributionConfig");
    let config = resource.get("Properties").and_then(|properties| properties.get("DistributionConfig"));
    let config = config.ok_or_else(|| SnapshotError::Invalid {
        path: at.to_string(),
        what: "the distribution has no DistributionConfig".to_owned(),
    })?;
    let mut config = resolver.resolve(&distribution::without_ineffective(config), &at)?.unwrap_or_default();
    distribution::complete(&mut config);
    let id = distribution_id(logical_id);
    let mut documents = Documents::default();
    documents.add_distribution(&id, &shapes::to_xml("DistributionConfig", &shapes::DISTRIBUTION, &config, &at)?);
    distribution::add_references(&resolver, &config, &mut documents)?;
    distribution::add_buckets(&resolver, &mut documents);
    Ok((id, documents))
}

/// The distribution with the requested id, or the only one.
fn choose<'a>(resolver: &Resolver<'a>) -> Result<(&'a str, &'a Value), SnapshotError> {
    let mut found = Vec::new();
    for (id, resource) in resolver.template().resources(DISTRIBUTION) {
        if resolver.exists(id)? {
            found.push((id, resource));
        }
    }
    let requested = resolver.settings().resource.as_deref();
    let chosen = match requested {
        Some(requested) => found.iter().find(|(id, _)| *id == requested),
        None if found.len() == 1 => found.first(),
        None => None,
    };
    match chosen {
        Some(chosen) => Ok(*chosen),
        None if found.is_empty() => {
            let what = format!("the template has no {DISTRIBUTION} whose condition holds");
            Err(SnapshotError::NoDistribution { what })
        }
        None => {
            Err(SnapshotError::SeveralDistributions { ids: found.iter().map(|(id, _)| (*id).to_owned()).collect() })
        }
    }
}
