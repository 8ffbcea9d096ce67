//! The viewer-request handler at CloudFront's edge: it checks the origin of a request, responds to preflights, prepares
//! visits for the counter, named links for the links function and uploads for the inbox function, and signs links to the CV.
//!
//! Lambda@Edge runs Node or Python, so this crate is compiled to WASM and called by a small Node entry. Nothing here
//! reads a clock, a file or the network: the event, the configuration and the time come as arguments.

mod allowed_origins;
mod bundle_config;
mod configuration;
mod count;
mod decision;
mod event;
mod function_url;
mod handler;
mod hex;
mod host;
mod inbox;
mod link;
mod log;
mod named_link;
mod preflight;
mod response;
mod route;
#[cfg(test)]
mod testing;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use bundle_config::{BundleConfig, BundleConfigError};
pub use configuration::{Credentials, HttpRequest, SignError, SignerSetup};
pub use handler::{Handler, HandlerOutput, RefreshResult};
pub use response::GENERATED_RESPONSE_BYTES;
