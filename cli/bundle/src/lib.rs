//! Builds what is deployed, the edge's WASM bundle and the regional Lambdas' zips, and the signer's npm package.
//!
//! The bytes of a zip depend on its contents alone (see [`zip`]), and an artifact is named by its hash: a deploy uploads and
//! publishes only what changed.

mod architecture;
mod artifact;
mod edge_function;
mod error;
mod glibc;
mod lambda;
mod signer;
mod wasm;
mod zeros;
mod zip;

pub use architecture::Architecture;
pub use artifact::Artifact;
pub use edge_function::{EdgeOptions, EdgeProfile, edge};
pub use error::BundleError;
pub use lambda::{Lambda, lambda, lambdas};
pub use signer::signer;
pub use vitae_setup::{repository, target};
