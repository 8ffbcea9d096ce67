//! The values of the template's parameters.

use std::fmt;

use crate::deploy::artifacts::Artifacts;

/// The algorithm of a stack's signing keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum KeyAlgorithm {
    /// ECDSA on P-256.
    #[default]
    EcdsaP256,
    /// RSA of 2,048 bits.
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

/// The values of those parameters of `stack.yaml`, which says what each is, that the code or the command line decides. The
/// others (domain, web ACL, protection, boundary) have defaults there, and an owner's values in `*.params.json`.
#[derive(Clone, Debug)]
pub struct Parameters {
    /// The bucket of the zips, which are there.
    pub artifact_bucket: String,
    /// The zips.
    pub artifacts: Artifacts,
    /// The CloudFront Function of the site.
    pub site_function: String,
    /// The algorithm of the keys that are made.
    pub key_algorithm: KeyAlgorithm,
    /// After how many days the key is replaced; 0 for no rotation by age.
    pub rotation_days: u32,
    /// Where a new key is proven; empty for the distribution's own name.
    pub probe_base_url: String,
    /// Whether the edge heeds `origins/dev`.
    pub dev_origin: bool,
}

impl Parameters {
    /// Each parameter's name and value.
    #[must_use]
    pub fn values(&self) -> Vec<(String, String)> {
        let code = of_code(&self.artifact_bucket, &self.artifacts, &self.site_function);
        let chosen = [
            ("KeyAlgorithm", self.key_algorithm.to_string()),
            ("RotationDays", self.rotation_days.to_string()),
            ("ProbeBaseUrl", self.probe_base_url.clone()),
            ("DevOrigin", self.dev_origin.to_string()),
        ];
        code.into_iter().chain(chosen).map(|(name, value)| (name.to_owned(), value)).collect()
    }
}

/// The parameters that say what code runs, each with its value: what was built, and where it was put.
pub(crate) fn of_code(bucket: &str, artifacts: &Artifacts, site_function: &str) -> [(&'static str, String); 6] {
    let Artifacts { edge, counter, keys } = artifacts;
    [
        ("ArtifactBucket", bucket.to_owned()),
        ("EdgeKey", edge.key()),
        ("EdgeSha256", edge.sha256_base64()),
        ("CounterKey", counter.key()),
        ("KeysKey", keys.key()),
        ("SiteFunctionCode", site_function.to_owned()),
    ]
}

#[cfg(test)]
mod tests {
    use std::fs;

    use vitae_bundle::Artifact;

    use super::*;

    /// The template itself: the names in its `Parameters` section, each with whether it has a default.
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
    fn every_parameter_that_has_no_default_is_given_and_none_that_the_template_does_not_have() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.zip");
        fs::write(&path, b"x").unwrap();
        let zip = |name| Artifact::read(name, &path).unwrap();
        let parameters = Parameters {
            artifact_bucket: "artifacts".into(),
            artifacts: Artifacts { edge: zip("edge"), counter: zip("counter"), keys: zip("keys") },
            site_function: "function handler(event) { return event.request; }".into(),
            key_algorithm: KeyAlgorithm::default(),
            rotation_days: 90,
            probe_base_url: String::new(),
            dev_origin: true,
        };
        let given: Vec<_> = parameters.values().into_iter().map(|(name, _)| name).collect();
        let declared = declared();
        for name in &given {
            assert!(declared.iter().any(|(declared, _)| declared == name), "{name} is none of the template's");
        }
        for (name, has_default) in &declared {
            assert!(*has_default || given.contains(name), "{name} has no value");
        }
    }
}
