//! The outputs of the system stack.

use std::collections::BTreeMap;

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
}

/// An output of the template that the stack does not have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stack has no output {0}: it was not created from this template, or its deployment is not complete")]
pub struct MissingOutput(&'static str);

impl Outputs {
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
