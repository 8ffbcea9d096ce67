//! Everything under `/vitae/<stack>/` in Parameter Store: names, types, bounds, defaults and messages.
//!
//! The edge reads these parameters, `keys` writes the signer's, the owner's command writes the rest; all three use this
//! module, so that none can write what another refuses. It has no effects: text in, value or [`Error`] out.
//!
//! | parameter | type | value |
//! |---|---|---|
//! | `config` | String | JSON, [`Config`] |
//! | `origins/prod`, `origins/dev` | String | one [`Origin`] each; optional |
//! | `signer/active`, `signer/pending` | SecureString | JSON, [`SignerParameter`] |
//! | `signer/next` | SecureString | a bare PEM that the owner brings |
//! | `signer/state`, `signer/status` | String | JSON, [`SignerState`], [`SignerStatus`]: what `keys` remembers and tells; no secrets |
//!
//! Unknown fields are refused everywhere: a misspelt switch must not pass for its default.

mod config;
mod cv_path;
mod error;
mod host;
mod name;
mod origin;
mod signer;
mod signer_notes;

pub use config::{Config, Counter, Cv, LIFETIME_S, Mint, SHARDS};
pub use error::Error;
pub use name::{Parameter, Prefix};
pub use origin::{Origin, Scheme};
pub use signer::SignerParameter;
pub use signer_notes::{NextKey, SignerState, SignerStatus};

/// The most that a value of the standard tier may hold, in bytes.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html>
pub const STANDARD_TIER_BYTES: usize = 4096;
