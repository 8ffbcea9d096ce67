//! One step.

use core::fmt;

use vitae_signer::Algorithm;

use super::Rest;

/// Which parameter holds the pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// `signer/active`.
    Active,
    /// `signer/pending`.
    Pending,
}

/// One step, which can be repeated without harm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Make a pair and store it at `signer/pending`, where none may be.
    MakePair(Algorithm),
    /// Store the pair at `signer/next` at `signer/pending`, where none may be.
    TakeNext,
    /// Say at `signer/status` what became of `signer/next`, and delete it.
    DropNext {
        /// Whether the key was taken.
        accepted: bool,
        /// Why, or why not.
        reason: String,
    },
    /// Register the public half of the stored pair with CloudFront.
    Register(Slot),
    /// Make the key group, with this key.
    CreateGroup {
        /// The key's id.
        key_pair_id: String,
    },
    /// Add this key to the key group.
    AddToGroup {
        /// The key's id.
        key_pair_id: String,
    },
    /// Ask for the probe with a URL that the pending key signed.
    Prove {
        /// The key's id.
        key_pair_id: String,
    },
    /// Write the pair to `signer/active` under the id of its public half.
    Promote {
        /// Where the pair stands.
        from: Slot,
        /// Its id.
        key_pair_id: String,
    },
    /// Delete `signer/pending`, whose pair is active or revoked.
    DeletePending,
    /// Take these keys out of the key group.
    RemoveFromGroup {
        /// Their ids.
        key_pair_ids: Vec<String>,
    },
    /// Delete a public key that the key group does not hold.
    Deregister {
        /// Its id.
        key_pair_id: String,
    },
    /// Note at `signer/state` that the owner revoked this key.
    NoteRevoked {
        /// Its id.
        key_pair_id: String,
    },
    /// Take revoked keys that are gone off `signer/state`.
    ForgetRevoked {
        /// Their ids.
        key_pair_ids: Vec<String>,
    },
    /// Nothing can be done now.
    Rest(Rest),
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "signer/active",
            Self::Pending => "signer/pending",
        })
    }
}

/// What has been done, for the log.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MakePair(algorithm) => write!(f, "made a pair of {algorithm} at signer/pending"),
            Self::TakeNext => f.write_str("took the pair at signer/next to signer/pending"),
            Self::DropNext { accepted: true, reason } => write!(f, "deleted signer/next: {reason}"),
            Self::DropNext { accepted: false, reason } => write!(f, "refused the key at signer/next: {reason}"),
            Self::Register(slot) => write!(f, "registered the public key of {slot}"),
            Self::CreateGroup { key_pair_id } => write!(f, "made the key group with {key_pair_id}"),
            Self::AddToGroup { key_pair_id } => write!(f, "added {key_pair_id} to the key group"),
            Self::Prove { key_pair_id } => write!(f, "asked for the probe with {key_pair_id}"),
            Self::Promote { from, key_pair_id } => {
                write!(f, "wrote the pair of {from} to signer/active as {key_pair_id}")
            }
            Self::DeletePending => f.write_str("deleted signer/pending"),
            Self::RemoveFromGroup { key_pair_ids } => {
                write!(f, "took {} out of the key group", key_pair_ids.join(", "))
            }
            Self::Deregister { key_pair_id } => write!(f, "deleted the public key {key_pair_id}"),
            Self::NoteRevoked { key_pair_id } => write!(f, "noted that {key_pair_id} is revoked"),
            Self::ForgetRevoked { key_pair_ids } => write!(f, "forgot {}, which is gone", key_pair_ids.join(", ")),
            Self::Rest(rest) => write!(f, "{rest}"),
        }
    }
}
