//! A distribution from a file, with everything that it refers to: a template of CloudFormation, AWS SAM or AWS CDK, or the
//! output of the AWS CLI.
//!
//! A snapshot takes the place of the AWS APIs: the SDKs get their responses from it, so that a distribution from a file is
//! loaded and checked by the same code as one in an account.

mod cli_output;
mod client;
mod document;
mod documents;
mod error;
mod managed;
mod path;
mod references;
mod shape;
mod shapes;
mod template;
mod yaml;

use std::sync::Arc;

pub(crate) use client::{Service, SnapshotClient};
pub(crate) use document::parse as parse_document;
use documents::FunctionDocument;
pub(crate) use documents::{Documents, LambdaCode};
pub use error::SnapshotError;
pub use template::TemplateSettings;

/// The longest name of a CloudFront Function:
/// <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateFunction.html>.
const FUNCTION_NAME_MAX: usize = 64;

/// A distribution from a file.
#[derive(Clone, Debug)]
pub struct Snapshot {
    distribution_id: String,
    documents: Documents,
}

impl Snapshot {
    /// Reads the distribution of a template, in YAML or JSON.
    ///
    /// # Errors
    /// A template that is not valid, a value that only an account has, or a field or function that is not modelled.
    pub fn from_template(text: &str, settings: &TemplateSettings) -> Result<Self, SnapshotError> {
        let (distribution_id, documents) = template::read(text, settings)?;
        Ok(Self { distribution_id, documents })
    }

    /// Reads the output of `aws cloudfront get-distribution` or `get-distribution-config`. `included` is the output of the
    /// commands that describe what it refers to, such as `get-cache-policy`; policies that AWS manages are known.
    ///
    /// # Errors
    /// A file that is not such an output, or a field that is not modelled.
    pub fn from_cli_output(distribution: &str, included: &[String]) -> Result<Self, SnapshotError> {
        let (distribution_id, documents) = cli_output::read(distribution, included)?;
        Ok(Self { distribution_id, documents })
    }

    /// Adds a public key, in PEM, to every key group that the distribution trusts.
    pub fn add_public_key(&mut self, id: &str, pem: &str) {
        self.documents.public_keys.insert(id.to_owned(), pem.to_owned());
        for keys in self.documents.key_groups.values_mut() {
            keys.push(id.to_owned());
        }
    }

    /// Adds the code of a CloudFront Function that is not in the file, for runtime 2.0.
    ///
    /// # Errors
    /// The name is not valid.
    pub fn add_function(&mut self, name: &str, code: Vec<u8>) -> Result<(), SnapshotError> {
        let is_valid = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if name.is_empty() || name.len() > FUNCTION_NAME_MAX || !name.bytes().all(is_valid) {
            let what = format!("{name:?} is not the name of a CloudFront Function: letters, digits, - and _");
            return Err(SnapshotError::Invalid { path: "--function".to_owned(), what });
        }
        let config = "<FunctionConfig><Comment></Comment><Runtime>cloudfront-js-2.0</Runtime></FunctionConfig>";
        self.documents.add_function(name, FunctionDocument { config: config.to_owned(), code });
        Ok(())
    }

    /// The distribution's id. That of a template's distribution is made of its logical id.
    #[must_use]
    pub fn distribution_id(&self) -> &str {
        &self.distribution_id
    }

    pub(crate) fn into_documents(self) -> Arc<Documents> {
        Arc::new(self.documents)
    }
}
