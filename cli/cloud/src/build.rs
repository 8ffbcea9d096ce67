//! Building what the stack deploys.

use std::path::Path;

use vitae_bundle::{Artifact, BundleError, EdgeOptions};
use vitae_edge::parameters::Prefix;

use crate::cloud::REGION;

/// What the stack deploys.
#[derive(Clone, Debug)]
pub struct Artifacts {
    /// The edge function's zip, made for one stack: it holds the stack's parameter prefix.
    pub edge: Artifact,
    /// The counter's zip.
    pub counter: Artifact,
    /// The keys function's zip.
    pub keys: Artifact,
}

impl Artifacts {
    /// Builds all three into a folder, telling what is begun.
    ///
    /// # Errors
    /// What the compiler or the file system says.
    pub fn build(
        repository: &Path,
        prefix: &Prefix,
        out: &Path,
        mut tell: impl FnMut(&str),
    ) -> Result<Self, BundleError> {
        tell("edge");
        let edge = vitae_bundle::edge(&EdgeOptions {
            repository: repository.to_owned(),
            prefix: prefix.to_string(),
            region: REGION.to_owned(),
            out: out.join("edge.zip"),
        })?;
        tell("counter and keys");
        let [counter, keys] = vitae_bundle::lambdas(repository, out)?;
        Ok(Self { edge, counter, keys })
    }
}
