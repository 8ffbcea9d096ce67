//! The outputs of the system stack.

use std::collections::BTreeMap;

use crate::deploy::site::Features;

/// The outputs of `stack.yaml`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the template describes each output under the same name")]
pub struct Outputs {
    pub distribution_id: String,
    pub distribution_domain_name: String,
    pub site_url: String,
    pub site_bucket: String,
    pub cv_bucket: String,
    pub counter_url: String,
    pub counter_function: String,
    pub counter_table: String,
    pub keys_function: String,
    pub key_group_id: String,
    pub parameter_prefix: String,
    pub edge_function_arn: String,
    /// With named links.
    pub links: Option<LinksOutputs>,
    /// With mail to visitors.
    pub mail: Option<MailOutputs>,
    /// Whether visitors can send a file.
    pub inbox: bool,
}

/// The outputs of a stack with named links.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the template describes each output under the same name")]
pub struct LinksOutputs {
    pub function: String,
    pub table: String,
    pub notices_topic: String,
    /// Whether the CV is sent on request only.
    pub is_gated: bool,
}

/// The outputs of a stack that sends mail to visitors.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the template describes each output under the same name")]
pub struct MailOutputs {
    pub domain: String,
    pub configuration: String,
}

/// An output of the template that the stack does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stack has no output {0}: it was not created from this template, or its deployment is not complete")]
pub struct MissingOutput(pub(super) &'static str);

impl Outputs {
    /// The features on which the site's pages depend.
    #[must_use]
    pub fn features(&self) -> Features {
        let is_gated = self.links.as_ref().is_some_and(|links| links.is_gated);
        Features { links: self.links.is_some(), is_gated, inbox: self.inbox }
    }

    pub(super) fn read<'a>(outputs: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, MissingOutput> {
        let outputs: BTreeMap<_, _> = outputs.collect();
        let output = |name: &'static str| outputs.get(name).map(|value| (*value).to_owned()).ok_or(MissingOutput(name));
        Ok(Self {
            distribution_id: output("DistributionId")?,
            distribution_domain_name: output("DistributionDomainName")?,
            site_url: output("SiteUrl")?,
            site_bucket: output("SiteBucket")?,
            cv_bucket: output("CvBucket")?,
            counter_url: output("CounterUrl")?,
            counter_function: output("CounterFunction")?,
            counter_table: output("CounterTable")?,
            keys_function: output("KeysFunction")?,
            key_group_id: output("KeyGroupId")?,
            parameter_prefix: output("ParameterPrefix")?,
            edge_function_arn: output("EdgeFunctionArn")?,
            links: match output("LinksFunction") {
                Err(_) => None,
                Ok(function) => Some(LinksOutputs {
                    function,
                    table: output("LinksTable")?,
                    notices_topic: output("NoticesTopic")?,
                    is_gated: output("CvGate")? == "request",
                }),
            },
            inbox: outputs.contains_key("InboxStack"),
            mail: match output("MailDomain") {
                Err(_) => None,
                Ok(domain) => Some(MailOutputs { domain, configuration: output("MailConfiguration")? }),
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_output_is_named() {
        let error = Outputs::read([("DistributionId", "E1")].into_iter()).unwrap_err();
        assert_eq!(error, MissingOutput("DistributionDomainName"));
    }
}
