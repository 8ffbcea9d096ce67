//! The custom policy: a resource, which may be a wildcard, an end, and perhaps a start and a source address.

use alloc::string::{String, ToString};

use super::document::{Condition, Document, EpochTime, SourceIp};
use super::reader;
use crate::{Error, Expires, Ipv4Cidr, Resource, Starts};

/// A custom policy. It travels with the URL or cookies, in the parameter `Policy`.
///
/// ```
/// use vitae_signer::{CustomPolicy, Expires, Ipv4Cidr, Resource, Starts};
///
/// let policy = CustomPolicy::new(
///     Resource::wildcard("https://d111111abcdef8.cloudfront.net/cv/*")?,
///     Expires::from_epoch_seconds(1_767_290_400)?,
/// )
/// .starting(Starts::from_epoch_seconds(1_767_286_800)?)?
/// .from_source("192.0.2.0/24".parse::<Ipv4Cidr>()?);
/// assert!(policy.as_json().starts_with(r#"{"Statement":[{"Resource":"https://"#));
/// # Ok::<(), vitae_signer::Error>(())
/// ```
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomPolicy {
    resource: Resource,
    expires: Expires,
    starts: Option<Starts>,
    source: Option<Ipv4Cidr>,
    json: String,
}

impl CustomPolicy {
    /// A policy that opens `resource` until `expires`, from anywhere.
    #[must_use]
    pub fn new(resource: Resource, expires: Expires) -> Self {
        Self { resource, expires, starts: None, source: None, json: String::new() }.written()
    }

    /// The same policy, not before `starts`.
    ///
    /// # Errors
    /// [`Error::StartNotBeforeEnd`] if no second lies between start and end.
    pub fn starting(self, starts: Starts) -> Result<Self, Error> {
        refuse_empty(starts, self.expires)?;
        Ok(Self { starts: Some(starts), ..self }.written())
    }

    /// The same policy, for the addresses of `source` alone.
    #[must_use]
    pub fn from_source(self, source: Ipv4Cidr) -> Self {
        Self { source: Some(source), ..self }.written()
    }

    /// A policy written by hand. It is checked against all that this crate knows of policies, then signed as it is
    /// written, white space and order of keys included.
    ///
    /// # Errors
    /// [`Error::PolicyJson`] if it is not a policy's JSON, [`Error::PolicyField`], [`Error::PolicyRepeats`] and
    /// [`Error::PolicyLacks`] for a field that CloudFront does not know, stands twice or is missing,
    /// [`Error::PolicyStatements`] unless it has exactly one statement, and the errors of [`Resource`], [`Expires`],
    /// [`Starts`] and [`Ipv4Cidr`].
    pub fn parse(json: &str) -> Result<Self, Error> {
        let statements = reader::statements(json)?;
        let count = statements.len();
        let Some(statement) = statements.into_iter().next().filter(|_| count == 1) else {
            return Err(Error::PolicyStatements { count });
        };
        let Condition { date_less_than, date_greater_than, ip_address } = statement.condition;
        let resource = Resource::either(&statement.resource)?;
        let expires = Expires::from_epoch_seconds(date_less_than.seconds)?;
        let starts = date_greater_than.map(|start| Starts::from_epoch_seconds(start.seconds)).transpose()?;
        if let Some(starts) = starts {
            refuse_empty(starts, expires)?;
        }
        let source = ip_address.map(|address| source(&address.cidr)).transpose()?;
        Ok(Self { resource, expires, starts, source, json: String::from(json) })
    }

    /// What the policy opens.
    #[must_use]
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// When it ends.
    #[must_use]
    pub fn expires(&self) -> Expires {
        self.expires
    }

    /// When it starts, if it says so.
    #[must_use]
    pub fn starts(&self) -> Option<Starts> {
        self.starts
    }

    /// From where it may be used, if it says so.
    #[must_use]
    pub fn source(&self) -> Option<Ipv4Cidr> {
        self.source
    }

    /// The JSON that is signed and sent.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.json
    }

    fn written(self) -> Self {
        let condition = Condition {
            date_less_than: EpochTime { seconds: self.expires.epoch_seconds() },
            date_greater_than: self.starts.map(|starts| EpochTime { seconds: starts.epoch_seconds() }),
            ip_address: self.source.map(|source| SourceIp { cidr: source.to_string() }),
        };
        Self { json: Document::json(self.resource.as_str(), condition), ..self }
    }
}

fn refuse_empty(starts: Starts, expires: Expires) -> Result<(), Error> {
    let (starts, expires) = (starts.epoch_seconds(), expires.epoch_seconds());
    if starts >= expires {
        return Err(Error::StartNotBeforeEnd { starts, expires });
    }
    Ok(())
}

/// The source of a policy written by hand, which must write its prefix out, as CloudFront's page asks.
fn source(cidr: &str) -> Result<Ipv4Cidr, Error> {
    let source: Ipv4Cidr = cidr.parse()?;
    if !cidr.contains('/') {
        return Err(Error::SourceIp { why: "a policy writes its prefix out: add /32 for one address" });
    }
    Ok(source)
}
