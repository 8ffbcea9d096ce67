//! Builds what is deployed, the edge's WASM bundle and the regional Lambdas' zips, and the signer's npm package.
//!
//! The bytes of a zip depend on its contents alone (see [`zip`]), and an artifact is named by its hash: a deploy uploads and
//! publishes only what changed.

mod architecture;
mod artifact;
mod edge;
mod error;
mod glibc;
mod lambda;
mod signer;
mod wasm;
mod zeros;
mod zip;

pub use architecture::Architecture;
pub use artifact::Artifact;
pub use edge::{EdgeOptions, edge};
pub use error::BundleError;
pub use lambda::{Lambda, lambda, lambdas};
pub use signer::signer;

use std::path::{Path, PathBuf};

/// The repository's root, as this build knows it.
///
/// Vitae's commands run from a checkout (`cargo vitae ...`), never from an installed binary.
#[must_use]
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// The folder for everything that is built: cargo's own, whose `vitae` is ours.
#[must_use]
pub fn target(repository: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository.join("target"), |set| repository.join(set))
}
