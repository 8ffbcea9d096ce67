//! What the stack tells about itself.

use std::collections::BTreeMap;

/// The outputs of `stack.yaml`, which says what each is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the template describes each output once, by this name")]
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
}

/// An output that the template declares and the stack does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stack has no output {0}: it was not made from this template, or its deployment was not finished")]
pub struct MissingOutput(&'static str);

impl Outputs {
    pub(super) fn read<'a>(outputs: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, MissingOutput> {
        let outputs: BTreeMap<_, _> = outputs.collect();
        let of = |name: &'static str| outputs.get(name).map(|value| (*value).to_owned()).ok_or(MissingOutput(name));
        Ok(Self {
            distribution_id: of("DistributionId")?,
            distribution_domain_name: of("DistributionDomainName")?,
            site_url: of("SiteUrl")?,
            site_bucket: of("SiteBucket")?,
            cv_bucket: of("CvBucket")?,
            counter_url: of("CounterUrl")?,
            counter_function: of("CounterFunction")?,
            counter_table: of("CounterTable")?,
            keys_function: of("KeysFunction")?,
            key_group_id: of("KeyGroupId")?,
            parameter_prefix: of("ParameterPrefix")?,
            edge_function_arn: of("EdgeFunctionArn")?,
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
