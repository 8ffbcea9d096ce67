//! What the regional Lambdas share: the SDK's configuration and errors, log lines and HTTP responses. The schemas of the
//! last two are in [`vitae_parameters`].

mod backoff;
mod call_error;
pub mod canonical_request;
mod config;
mod invocation;
mod log;
mod response;
mod transaction_result;

pub use backoff::{backoff_limit, jitter};
pub use call_error::{CallError, THROTTLED};
pub use config::{MissingVariable, Timeouts, http_connector, required, sdk_config};
pub use invocation::Invocation;
pub use log::{epoch_ms, print};
pub use response::{AllowOrigin, json, problem};
pub use transaction_result::TransactionResult;
