//! What the AWS APIs would return for a snapshot: one document for each resource.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use serde_json::Value;

use super::shape::escape;
use super::shapes::Kind;

/// The account of a snapshot's resources.
pub(super) const ACCOUNT: &str = "000000000000";
/// The domain name of a snapshot's distribution, which is the one in AWS's documentation.
pub(super) const DISTRIBUTION_DOMAIN: &str = "d111111abcdef8.cloudfront.net";

/// The resources of a snapshot.
#[derive(Clone, Debug, Default)]
pub(crate) struct Documents {
    /// Responses of the CloudFront API, by path: `cache-policy/ID`.
    pub(super) cloudfront: HashMap<String, Vec<u8>>,
    /// The ids of the public keys of each key group.
    pub(super) key_groups: BTreeMap<String, Vec<String>>,
    /// Public keys in PEM, by id.
    pub(super) public_keys: BTreeMap<String, String>,
    /// Lambda@Edge functions, by the ARN of their version.
    pub(super) functions: HashMap<String, LambdaDocument>,
    /// The buckets that the template creates, with their policies.
    pub(super) buckets: HashMap<String, Option<BucketPolicy>>,
    /// The websites of buckets: the element `WebsiteConfiguration`.
    pub(super) websites: HashMap<String, String>,
    /// The items of key value stores, by their ARN.
    pub(super) stores: HashMap<String, BTreeMap<String, String>>,
}

/// A bucket policy, or why it could not be resolved.
pub(super) type BucketPolicy = Result<String, String>;

/// A CloudFront Function.
pub(super) struct FunctionDocument {
    /// The element `FunctionConfig`.
    pub(super) config: String,
    pub(super) code: Vec<u8>,
}

/// A Lambda@Edge function.
#[derive(Clone, Debug)]
pub(super) struct LambdaDocument {
    /// The field `Configuration` of `GetFunction`.
    pub(super) configuration: Value,
    pub(super) code: LambdaCode,
}

/// The code of a Lambda@Edge function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LambdaCode {
    /// One file, which Lambda names `index.js`.
    Inline(String),
    /// A folder on this machine.
    Folder(PathBuf),
    /// A zip on this machine.
    Zip(PathBuf),
}

impl Documents {
    /// Adds a distribution with its element `DistributionConfig`.
    pub(super) fn add_distribution(&mut self, id: &str, config: &str) {
        let arn = format!("arn:aws:cloudfront::{ACCOUNT}:distribution/{id}");
        self.add_distribution_as(id, &arn, DISTRIBUTION_DOMAIN, config);
    }

    /// Adds a distribution whose ARN and domain name are known.
    pub(super) fn add_distribution_as(&mut self, id: &str, arn: &str, domain: &str, config: &str) {
        let mut xml = "<Distribution>".to_owned();
        for (element, text) in [("Id", id), ("ARN", arn), ("Status", "Deployed"), ("DomainName", domain)] {
            push_text(&mut xml, element, text);
        }
        xml.extend([config, "</Distribution>"]);
        self.cloudfront.insert(format!("distribution/{id}"), xml.into_bytes());
    }

    pub(super) fn contains(&self, path: &str, id: &str) -> bool {
        self.cloudfront.contains_key(&format!("{path}/{id}"))
    }

    /// Adds a resource with the element of its configuration.
    pub(super) fn add(&mut self, kind: &Kind, id: &str, config: &str) {
        let mut xml = format!("<{}>", kind.root);
        push_text(&mut xml, "Id", id);
        xml.push_str(config);
        xml.extend(["</", kind.root, ">"]);
        self.cloudfront.insert(format!("{}/{id}", kind.path), xml.into_bytes());
    }

    pub(super) fn add_function(&mut self, name: &str, function: FunctionDocument) {
        let mut xml = "<FunctionSummary>".to_owned();
        push_text(&mut xml, "Name", name);
        xml.push_str(&function.config);
        xml.push_str("</FunctionSummary>");
        self.cloudfront.insert(format!("function/{name}/describe"), xml.into_bytes());
        self.cloudfront.insert(format!("function/{name}"), function.code);
    }

    /// Adds a bucket that the template creates. Without a policy it cannot be read.
    pub(super) fn add_bucket(&mut self, name: &str) {
        self.buckets.entry(name.to_owned()).or_default();
    }

    pub(super) fn add_bucket_policy(&mut self, bucket: &str, policy: Result<Value, String>) {
        self.buckets.insert(bucket.to_owned(), Some(policy.map(|policy| policy.to_string())));
    }

    /// The code of a function version, if it is a part of the snapshot.
    pub(crate) fn lambda_code(&self, arn: &str) -> Option<&LambdaCode> {
        self.functions.get(arn).map(|function| &function.code)
    }
}

/// Writes an element with a text.
pub(super) fn push_text(xml: &mut String, element: &str, text: &str) {
    xml.extend(["<", element, ">"]);
    escape(xml, text);
    xml.extend(["</", element, ">"]);
}

/// The canonical user of an origin access identity, which a bucket policy may name. The real one is known in an account
/// only.
pub(super) fn canonical_user(identity: &str) -> String {
    format!("canonical-user-of-{identity}")
}
