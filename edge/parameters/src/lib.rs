//! The contract between Vitae's parts: every name, type, bound and default that two of them must agree on.
//!
//! Everything here is pure: text in, value or [`Error`] out.
//!
//! # Parameters
//!
//! The values under `/vitae/<stack>/` in Parameter Store. The edge reads them, the `keys` function writes the signer's, and the
//! owner's command writes the rest.
//!
//! | parameter | type | value |
//! |---|---|---|
//! | `config` | String | JSON, [`Config`] |
//! | `links/key` | SecureString | 32 random bytes in base64 |
//! | `origins/prod`, `origins/dev` | String | one [`Origin`] each; optional |
//! | `signer/active`, `signer/pending` | SecureString | JSON, `SignerParameter` (feature `signer`) |
//! | `signer/next` | SecureString | a private key in PEM, supplied by the owner |
//! | `signer/state`, `signer/status` | String | JSON, [`SignerState`], [`SignerStatus`]: the state and report of `keys`; no secrets |
//!
//! Unknown fields are rejected, so that a misspelt switch is an error and not its default.
//!
//! # Requests, logs and metrics
//!
//! [`Problem`] is the body of every error response, [`header`] the headers that parts exchange, [`log`] the schema of a log
//! line and [`metric`] the names of all metrics.

mod config;
mod cv_path;
mod error;
mod freshness;
pub mod header;
mod host;
mod limits;
mod link_code;
pub mod log;
pub mod metric;
mod name;
mod origin;
mod preferred_type;
mod problem;
mod refresh;
#[cfg(feature = "signer")]
mod signer;
mod signer_report;

pub use config::{Config, Counter, Cv, Gate, LIFETIME_S, Links, Mint, SHARDS};
pub use cv_path::is_cv_path;
pub use error::Error;
pub use freshness::{Freshness, between_ms, fresh_ms};
pub use limits::{
    DAYS, DEFAULT_SHARDS, FRESH_MS, INBOX_BODY_BYTES, LINK_BODY_BYTES, LINK_CODE_CHARS, LINKS_KEY_BYTES, MAX_STALE_MS,
    ORIGINS_MAX_STALE_MS, OWNER_CHARS, STANDARD_TIER_BYTES,
};
pub use link_code::is_link_code;
pub use name::{EDGE_PARAMETERS, Parameter, Prefix};
pub use origin::{Origin, Scheme};
pub use preferred_type::PreferredType;
pub use problem::Problem;
pub use refresh::Refresh;
#[cfg(feature = "signer")]
pub use signer::SignerParameter;
pub use signer_report::{NextKey, SignerState, SignerStatus};
