//! One step.

use core::fmt;

use vitae_signer::Algorithm;

use super::Idle;

/// The parameter that holds a key pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// `signer/active`.
    Active,
    /// `signer/pending`.
    Pending,
}

/// One step. Repeating it is safe.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Generate a key pair and store it at `signer/pending`, which must be empty.
    GeneratePair(Algorithm),
    /// Copy the key pair at `signer/next` to `signer/pending`, which must be empty.
    AcceptNext,
    /// Record the result for `signer/next` at `signer/status`, and delete the key.
    DeleteNext {
        /// Whether the key was accepted.
        accepted: bool,
        /// The reason.
        reason: String,
    },
    /// Register the public key of the stored pair with CloudFront.
    Register(Slot),
    /// Create the key group with this key.
    CreateGroup {
        /// The key's id.
        key_pair_id: String,
    },
    /// Add this key to the key group.
    AddToGroup {
        /// The key's id.
        key_pair_id: String,
    },
    /// Request the probe with a URL signed by the pending key.
    Prove {
        /// The key's id.
        key_pair_id: String,
    },
    /// Write the key pair to `signer/active` with the id of its public key.
    Promote {
        /// The parameter that holds the key pair.
        from: Slot,
        /// Its id.
        key_pair_id: String,
    },
    /// Delete `signer/pending`, whose key is active or revoked.
    DeletePending,
    /// Remove these keys from the key group.
    RemoveFromGroup {
        /// Their ids.
        key_pair_ids: Vec<String>,
    },
    /// Delete a public key that is not in the key group.
    Deregister {
        /// Its id.
        key_pair_id: String,
    },
    /// Record at `signer/state` that the owner revoked this key.
    RecordRevoked {
        /// Its id.
        key_pair_id: String,
    },
    /// Remove deleted keys from the revoked ones at `signer/state`.
    ForgetRevoked {
        /// Their ids.
        key_pair_ids: Vec<String>,
    },
    /// No step is due.
    Idle(Idle),
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "signer/active",
            Self::Pending => "signer/pending",
        })
    }
}

/// The completed step, for the log and for `cargo vitae keys`.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GeneratePair(algorithm) => write!(f, "generated a key pair of {algorithm} at signer/pending"),
            Self::AcceptNext => f.write_str("copied signer/next to signer/pending"),
            Self::DeleteNext { accepted: true, reason } => write!(f, "deleted signer/next: {reason}"),
            Self::DeleteNext { accepted: false, reason } => write!(f, "rejected the key at signer/next: {reason}"),
            Self::Register(slot) => write!(f, "registered the public key of {slot}"),
            Self::CreateGroup { key_pair_id } => write!(f, "created the key group with {key_pair_id}"),
            Self::AddToGroup { key_pair_id } => write!(f, "added {key_pair_id} to the key group"),
            Self::Prove { key_pair_id } => write!(f, "requested the probe with {key_pair_id}"),
            Self::Promote { from, key_pair_id } => {
                write!(f, "copied {from} to signer/active as {key_pair_id}")
            }
            Self::DeletePending => f.write_str("deleted signer/pending"),
            Self::RemoveFromGroup { key_pair_ids } => {
                write!(f, "removed {} from the key group", key_pair_ids.join(", "))
            }
            Self::Deregister { key_pair_id } => write!(f, "deleted the public key {key_pair_id}"),
            Self::RecordRevoked { key_pair_id } => write!(f, "recorded that {key_pair_id} is revoked"),
            Self::ForgetRevoked { key_pair_ids } => {
                write!(f, "removed {} from the revoked keys: it is deleted", key_pair_ids.join(", "))
            }
            Self::Idle(idle) => write!(f, "{idle}"),
        }
    }
}
