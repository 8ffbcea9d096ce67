//! Builds the zips that are deployed (the edge function, the counter, the other regional functions), and the signer's npm package.
//!
//! The bytes of a zip depend on its contents only (see [`zip`]). A deployment names a zip by its hash, so that it uploads only
//! changed ones.

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
pub use edge_function::{EdgeOptions, EdgeProfile, edge, read_edge};
pub use error::BundleError;
pub use lambda::{Lambda, lambda, lambdas};
pub use signer::signer;
pub use vitae_setup::{repository, target};
