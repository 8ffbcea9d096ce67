//! Parameters of `stack.yaml`.

use std::fmt;

use super::InboxOutputs;
use crate::deploy::artifacts::StoredArtifacts;

/// The value of `PricingPlan` without a flat-rate plan. The local cloud has no plans.
pub(crate) const PAY_AS_YOU_GO: &str = "pay-as-you-go";

/// The algorithm of a stack's signing keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyAlgorithm {
    /// ECDSA on P-256.
    #[default]
    EcdsaP256,
    /// RSA with 2,048 bits.
    Rsa2048,
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EcdsaP256 => "ecdsa-p256",
            Self::Rsa2048 => "rsa-2048",
        })
    }
}

/// The parameters of `stack.yaml` that `vitae dev` sets. The template describes each and has defaults for the others.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// The functions' zips in the artifact bucket.
    pub artifacts: StoredArtifacts,
    /// The code of the site's CloudFront Function.
    pub site_function: String,
    /// The algorithm of new keys.
    pub key_algorithm: KeyAlgorithm,
    /// The age in days at which a key is replaced; 0 for no rotation by age.
    pub rotation_days: u32,
    /// The base URL at which a new key is probed; empty for the domain of the distribution.
    pub probe_base_url: String,
    /// Whether the edge honours `origins/dev`.
    pub dev_origin: bool,
    /// Whether there are named links.
    pub links: bool,
    /// The address from which requested links are sent; empty for none.
    pub mail_from: String,
    /// The inbox, if there is one.
    pub inbox: Option<InboxOutputs>,
}

impl Parameters {
    /// The parameters by name.
    #[must_use]
    pub fn values(&self) -> Vec<(String, String)> {
        let code = code_parameters(&self.artifacts, &self.site_function);
        let options = [
            ("KeyAlgorithm", self.key_algorithm.to_string()),
            ("RotationDays", self.rotation_days.to_string()),
            ("ProbeBaseUrl", self.probe_base_url.clone()),
            ("DevOrigin", self.dev_origin.to_string()),
            ("PricingPlan", PAY_AS_YOU_GO.to_owned()),
            ("Links", self.links.to_string()),
            ("MailFrom", self.mail_from.clone()),
            ("Inbox", self.inbox.is_some().to_string()),
            (
                "InboxFunction",
                self.inbox.as_ref().map_or_else(|| "none".to_owned(), |inbox| inbox.inbox_function.clone()),
            ),
            ("InboxUrl", self.inbox.as_ref().map(|inbox| inbox.inbox_url.clone()).unwrap_or_default()),
        ];
        code.into_iter().chain(options).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// The parameters that select the code: the artifact bucket, the keys and versions of the zips, and the site's CloudFront Function.
pub(crate) fn code_parameters(artifacts: &StoredArtifacts, site_function: &str) -> [(&'static str, String); 9] {
    let StoredArtifacts { bucket, edge, edge_sha256, counter, regional } = artifacts.clone();
    [
        ("ArtifactBucket", bucket),
        ("EdgeKey", edge.key),
        ("EdgeObjectVersion", edge.version),
        ("EdgeSha256", edge_sha256),
        ("CounterKey", counter.key),
        ("CounterObjectVersion", counter.version),
        ("RegionalKey", regional.key),
        ("RegionalObjectVersion", regional.version),
        ("SiteFunctionCode", site_function.to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::deploy::artifacts::StoredObject;

    /// The names in the `Parameters` section of the template, and whether each has a default.
    fn declared() -> Vec<(String, bool)> {
        let template =
            fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../cloudformation/stack.yaml")).unwrap();
        let section = template.split("\nParameters:\n").nth(1).unwrap().split("\nMappings:").next().unwrap();
        let mut declared: Vec<(String, bool)> = Vec::new();
        for line in section.lines() {
            if let Some(name) = line.strip_prefix("  ").filter(|name| name.starts_with(char::is_alphabetic)) {
                declared.push((name.trim_end_matches(':').to_owned(), false));
            } else if line.starts_with("    Default:") {
                declared.last_mut().unwrap().1 = true;
            }
        }
        declared
    }

    #[test]
    fn every_parameter_without_a_default_is_set_and_every_parameter_that_is_set_is_declared() {
        let stored = || StoredObject { key: "resume/edge/1a2b.zip".into(), version: "1".into() };
        let parameters = Parameters {
            artifacts: StoredArtifacts {
                bucket: "artifacts".into(),
                edge: stored(),
                edge_sha256: "1a2b".into(),
                counter: stored(),
                regional: stored(),
            },
            site_function: "function handler(event) { return event.request; }".into(),
            key_algorithm: KeyAlgorithm::default(),
            rotation_days: 90,
            probe_base_url: String::new(),
            dev_origin: true,
            links: true,
            mail_from: String::new(),
            inbox: None,
        };
        let given: Vec<_> = parameters.values().into_iter().map(|(name, _)| name).collect();
        let declared = declared();
        for name in &given {
            assert!(declared.iter().any(|(declared, _)| declared == name), "{name} is not a parameter of the template");
        }
        for (name, has_default) in &declared {
            assert!(*has_default || given.contains(name), "{name} has no value");
        }
    }
}
