//! Why no step is due.

use core::fmt;

use crate::probe::ProbeResult;
use crate::timing::{KEYS_PER_ACCOUNT, KEYS_PER_GROUP};

/// Why no step is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Idle {
    /// One key is active, and there is no other.
    Settled {
        /// When the next rotation is due, in seconds since 1970.
        due: Option<u64>,
    },
    /// A key waits.
    Waiting {
        /// Its id.
        key_pair_id: String,
        /// What it waits for.
        reason: WaitReason,
        /// Until when, in seconds since 1970, if that is known.
        until: Option<u64>,
    },
    /// There is no key group: the stack is being created or deleted, or another process deleted the group.
    NoKeyGroup,
    /// A quota is exhausted.
    Blocked(Blocked),
}

/// What a key waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitReason {
    /// The group to reach every edge.
    Soak,
    /// A distribution to be deployed.
    Deployment,
    /// A successful probe.
    Proof(ProbeResult),
    /// Its URLs to expire.
    Urls,
}

/// A quota of CloudFront that is exhausted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Blocked {
    /// The account's public keys.
    #[error(
        "the account has {keys} of {KEYS_PER_ACCOUNT} public keys in CloudFront; delete an unused one and try again. \
         Nothing was created"
    )]
    AccountFull {
        /// The number of public keys in the account.
        keys: usize,
    },
    /// The group's keys.
    #[error("key group {group_id} has {KEYS_PER_GROUP} keys, the maximum; {}", advice(*.until))]
    GroupFull {
        /// The key group.
        group_id: String,
        /// When a retiring key leaves the group, in seconds since 1970.
        until: Option<u64>,
    },
}

const fn advice(until: Option<u64>) -> &'static str {
    match until {
        Some(_) => "a retiring key leaves it when its last URL has expired. Nothing was created",
        None => "remove an unused one. Nothing was created",
    }
}

impl fmt::Display for Idle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settled { .. } => f.write_str("the keys are settled"),
            Self::Waiting { key_pair_id, reason, .. } => write!(f, "{key_pair_id} waits for {reason}"),
            Self::NoKeyGroup => f.write_str("there is no key group"),
            Self::Blocked(stuck) => write!(f, "{stuck}"),
        }
    }
}

impl fmt::Display for WaitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Soak => f.write_str("the key group to reach every edge"),
            Self::Deployment => f.write_str("the distribution to be deployed"),
            Self::Proof(result) => write!(f, "a successful probe; the last one failed: {result}"),
            Self::Urls => f.write_str("its last URL to expire"),
        }
    }
}
