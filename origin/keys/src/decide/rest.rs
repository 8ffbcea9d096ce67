//! Why nothing can be done now.

use core::fmt;

use crate::probe::Verdict;
use crate::rules::{KEYS_PER_ACCOUNT, KEYS_PER_GROUP};

/// Why nothing can be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rest {
    /// One key signs, and no other is there.
    Settled {
        /// When the next rotation is due, in seconds since 1970.
        due: Option<u64>,
    },
    /// A key waits.
    Waits {
        /// Which.
        key_pair_id: String,
        /// For what.
        why: Waiting,
        /// Until when, in seconds since 1970, where that is known.
        until: Option<u64>,
    },
    /// There is no key group: the stack is being made or deleted, or somebody else deleted the group.
    NoGroup,
    /// There is no room.
    Stuck(Stuck),
}

/// What a key waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waiting {
    /// The group to reach every edge.
    Soak,
    /// A distribution to be deployed.
    Deployment,
    /// The probe to be answered.
    Proof(Verdict),
    /// Its URLs to expire.
    Urls,
}

/// A quota of CloudFront's leaves no room.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stuck {
    /// The account has no room for a key.
    #[error(
        "the account has {keys} public keys in CloudFront and may have {KEYS_PER_ACCOUNT}: delete one that nothing uses \
         and try again; nothing was made"
    )]
    AccountFull {
        /// How many it has.
        keys: usize,
    },
    /// The group has no room for a key.
    #[error("the key group {group_id} has {KEYS_PER_GROUP} keys, the most it may have: {}", advice(*.until))]
    GroupFull {
        /// The key group.
        group_id: String,
        /// When a key of its own leaves it, in seconds since 1970.
        until: Option<u64>,
    },
}

const fn advice(until: Option<u64>) -> &'static str {
    match until {
        Some(_) => "one leaves it when its last URL has expired; nothing was made",
        None => "remove one that nothing uses; nothing was made",
    }
}

impl fmt::Display for Rest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Settled { .. } => f.write_str("the keys are settled"),
            Self::Waits { key_pair_id, why, .. } => write!(f, "{key_pair_id} waits for {why}"),
            Self::NoGroup => f.write_str("there is no key group"),
            Self::Stuck(stuck) => write!(f, "{stuck}"),
        }
    }
}

impl fmt::Display for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Soak => f.write_str("the key group to reach every edge"),
            Self::Deployment => f.write_str("the distribution to be deployed"),
            Self::Proof(verdict) => write!(f, "the probe, which was not answered as it should be: {verdict}"),
            Self::Urls => f.write_str("its last URL to expire"),
        }
    }
}
