//! What happens at CloudFront's edge: who may count and who may mint, and the link that is minted.
//!
//! Lambda@Edge runs Node or Python, so this crate is compiled to WASM and called by a small Node entry. Nothing here
//! reads a clock, a file or the network: the event, the configuration and the time come as arguments.

mod accept;
mod allowed_origins;
mod answer;
mod bundle;
mod configuration;
mod count;
mod decision;
mod edge;
mod event;
mod hex;
mod host;
mod log;
mod metric;
mod mint;
mod preflight;
mod route;
#[cfg(target_arch = "wasm32")]
mod shell;
#[cfg(test)]
mod testing;

pub use answer::GENERATED_RESPONSE_BYTES;
pub use bundle::{Bundle, BundleError};
pub use configuration::{Credentials, HttpRequest, SignError};
pub use edge::{Accepted, Edge, Outcome};
