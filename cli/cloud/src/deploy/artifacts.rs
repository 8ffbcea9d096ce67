//! Building what the stack deploys.

use std::path::Path;

use vitae_bundle::{Architecture, Artifact, BundleError, EdgeOptions, EdgeProfile, Lambda};
use vitae_parameters::Prefix;

use crate::aws::REGION;

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
    /// Builds all three into a folder as this machine runs them, telling what is begun.
    ///
    /// # Errors
    /// What the compiler or the file system says.
    pub fn build(
        repository: &Path,
        prefix: &Prefix,
        out: &Path,
        mut tell: impl FnMut(&'static str),
    ) -> Result<Self, BundleError> {
        tell("edge");
        let edge = edge(repository, prefix, EdgeProfile::Dev, out)?;
        tell("counter and keys");
        let [counter, keys] = vitae_bundle::lambdas(repository, out)?;
        Ok(Self { edge, counter, keys })
    }

    /// Builds all three into a folder as Lambda runs them, which takes minutes, telling what is begun.
    ///
    /// # Errors
    /// What the compiler or the file system says.
    pub fn release(
        repository: &Path,
        prefix: &Prefix,
        architecture: Architecture,
        out: &Path,
        mut tell: impl FnMut(&'static str),
    ) -> Result<Self, BundleError> {
        tell("edge");
        let edge = edge(repository, prefix, EdgeProfile::Deploy, out)?;
        let mut one = |lambda: Lambda| {
            tell(lambda.name());
            let zip = out.join(lambda.name()).with_extension("zip");
            vitae_bundle::lambda(repository, lambda, architecture, &zip)
        };
        Ok(Self { edge, counter: one(Lambda::Counter)?, keys: one(Lambda::Keys)? })
    }

    /// Each of the three.
    #[must_use]
    pub const fn each(&self) -> [&Artifact; 3] {
        [&self.edge, &self.counter, &self.keys]
    }
}

fn edge(repository: &Path, prefix: &Prefix, profile: EdgeProfile, out: &Path) -> Result<Artifact, BundleError> {
    vitae_bundle::edge(&EdgeOptions {
        repository: repository.to_owned(),
        prefix: prefix.as_str().to_owned(),
        region: REGION.to_owned(),
        profile,
        out: out.join("edge.zip"),
    })
}
