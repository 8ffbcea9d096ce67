//! The custom policy: a resource and an expiry, and optionally a start time and a source address.

use alloc::string::{String, ToString};

use super::document::{Condition, Document, EpochTime, SourceIp};
use super::reader;
use crate::resource::Everything;
use crate::{Error, Expires, Ipv4Cidr, Resource, StartTime};

/// A custom policy. The signed URL or the cookies carry it in the parameter `Policy`.
///
/// ```
/// use vitae_signer::{CustomPolicy, Expires, Ipv4Cidr, Resource, StartTime};
///
/// let policy = CustomPolicy::new(
///     Resource::wildcard("https://d111111abcdef8.cloudfront.net/cv/*")?,
///     Expires::from_epoch_seconds(1_767_290_400)?,
/// )
/// .with_start_time(StartTime::from_epoch_seconds(1_767_286_800)?)?
/// .with_source_ip("192.0.2.0/24".parse::<Ipv4Cidr>()?);
/// assert!(policy.as_json().starts_with(r#"{"Statement":[{"Resource":"https://"#));
/// # Ok::<(), vitae_signer::Error>(())
/// ```
///
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-custom-policy.html>
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomPolicy {
    resource: Resource,
    expires: Expires,
    start_time: Option<StartTime>,
    source_ip: Option<Ipv4Cidr>,
    json: String,
}

impl CustomPolicy {
    /// Creates a policy that grants access to `resource` until `expires`, from any address.
    #[must_use]
    pub fn new(resource: Resource, expires: Expires) -> Self {
        Self { resource, expires, start_time: None, source_ip: None, json: String::new() }.with_json()
    }

    /// Grants access only after `start_time`.
    ///
    /// # Errors
    /// [`Error::StartNotBeforeExpiry`] unless the policy starts before it expires.
    pub fn with_start_time(self, start_time: StartTime) -> Result<Self, Error> {
        check_order(start_time, self.expires)?;
        Ok(Self { start_time: Some(start_time), ..self }.with_json())
    }

    /// Grants access only to the addresses in `source_ip`.
    #[must_use]
    pub fn with_source_ip(self, source_ip: Ipv4Cidr) -> Self {
        Self { source_ip: Some(source_ip), ..self }.with_json()
    }

    /// Parses the JSON of a policy. The JSON is checked, then signed as it is, with its white space and order of fields.
    ///
    /// # Errors
    /// - [`Error::PolicySyntax`] if it is not the JSON of a policy,
    /// - [`Error::UnknownPolicyField`], [`Error::DuplicatePolicyField`] or [`Error::MissingPolicyField`],
    /// - [`Error::PolicyStatements`] unless it has exactly one statement,
    /// - the errors of [`Resource`], [`Expires`], [`StartTime`] and [`Ipv4Cidr`].
    pub fn parse(json: &str) -> Result<Self, Error> {
        Self::parse_with(json, Everything::Rejected)
    }

    /// As [`CustomPolicy::parse`], and also accepts a resource that matches every URL, such as `*` or `https://*`: such a
    /// policy opens every file of every distribution that trusts the key.
    ///
    /// # Errors
    /// Those of [`CustomPolicy::parse`], except [`Error::ResourceIsEverything`].
    pub fn parse_allowing_everything(json: &str) -> Result<Self, Error> {
        Self::parse_with(json, Everything::Allowed)
    }

    pub(crate) fn parse_with(json: &str, everything: Everything) -> Result<Self, Error> {
        let statements = reader::statements(json)?;
        let count = statements.len();
        let Some(statement) = statements.into_iter().next().filter(|_| count == 1) else {
            return Err(Error::PolicyStatements { count });
        };
        let Condition { date_less_than, date_greater_than, ip_address } = statement.condition;
        let resource = Resource::parse(&statement.resource, everything)?;
        let expires = Expires::from_epoch_seconds(date_less_than.seconds)?;
        let start_time = date_greater_than.map(|start| StartTime::from_epoch_seconds(start.seconds)).transpose()?;
        if let Some(start_time) = start_time {
            check_order(start_time, expires)?;
        }
        let source_ip = ip_address.map(|address| parse_source_ip(&address.cidr)).transpose()?;
        Ok(Self { resource, expires, start_time, source_ip, json: String::from(json) })
    }

    /// The resource that the policy grants access to.
    #[must_use]
    pub fn resource(&self) -> &Resource {
        &self.resource
    }

    /// The time the policy expires at.
    #[must_use]
    pub fn expires(&self) -> Expires {
        self.expires
    }

    /// The time the policy starts at, if it has one.
    #[must_use]
    pub fn start_time(&self) -> Option<StartTime> {
        self.start_time
    }

    /// The addresses that the policy is limited to, if it has any.
    #[must_use]
    pub fn source_ip(&self) -> Option<Ipv4Cidr> {
        self.source_ip
    }

    /// The JSON that is signed and sent.
    #[must_use]
    pub fn as_json(&self) -> &str {
        &self.json
    }

    fn with_json(self) -> Self {
        let condition = Condition {
            date_less_than: EpochTime { seconds: self.expires.epoch_seconds() },
            date_greater_than: self.start_time.map(|start| EpochTime { seconds: start.epoch_seconds() }),
            ip_address: self.source_ip.map(|range| SourceIp { cidr: range.to_string() }),
        };
        Self { json: Document::json(self.resource.as_str(), condition), ..self }
    }
}

fn check_order(start_time: StartTime, expires: Expires) -> Result<(), Error> {
    let (start, expires) = (start_time.epoch_seconds(), expires.epoch_seconds());
    if start >= expires {
        return Err(Error::StartNotBeforeExpiry { start, expires });
    }
    Ok(())
}

/// In a handwritten policy the prefix is required, as CloudFront's documentation says.
fn parse_source_ip(cidr: &str) -> Result<Ipv4Cidr, Error> {
    let source_ip: Ipv4Cidr = cidr.parse()?;
    if !cidr.contains('/') {
        return Err(Error::InvalidSourceIp { reason: "it has no prefix: add /32 for a single address" });
    }
    Ok(source_ip)
}
