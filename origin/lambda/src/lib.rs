//! What the regional Lambdas share: the SDK's configuration, log lines and HTTP responses. The schemas of both are in
//! [`vitae_parameters`].

mod config;
mod log;
mod response;

pub use config::{MissingVariable, Timeouts, http_connector, required, sdk_config};
pub use log::{epoch_ms, print};
pub use response::{AllowOrigin, json, problem};
