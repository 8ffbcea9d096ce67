//! The commands of `cargo vitae keys`, as sent to the function.

use serde::{Deserialize, Serialize};
use vitae_signer::Algorithm;

/// A command of the owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "command", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Command {
    /// Report the keys and change nothing.
    Status,
    /// Take every step that is due.
    Rotate {
        /// Start a rotation even if none is due.
        #[serde(default)]
        now: bool,
        /// The new key's algorithm; the stack's by default.
        #[serde(default)]
        algorithm: Option<Algorithm>,
    },
    /// Revoke a key immediately.
    Revoke {
        /// Its id.
        id: String,
    },
}
