//! The status that `cargo vitae keys` prints: each key, its phase, and what happens next.

use core::fmt;

use serde::{Deserialize, Serialize};
use vitae_parameters::NextKey;

use crate::decide::{Idle, WaitReason};
use crate::observed::{Observed, RegisteredKey};
use crate::timing::STUCK_S;

/// The phase of a key. A proven key becomes active in the same run, so there is no phase for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The key pair is stored at `signer/pending`.
    Pending,
    /// CloudFront has its public key.
    Registered,
    /// It is in the key group, which changed less than the soak time ago.
    InGroup,
    /// The soak time is over, and it is to be proven.
    Soaked,
    /// The edge signs with it.
    Active,
    /// It no longer signs, and URLs that it signed may be valid.
    Retiring,
    /// It has left the group and is about to be deleted.
    Leaving,
    /// The owner revoked it.
    Revoked,
}

/// One key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyStatus {
    /// CloudFront's id; `None` until it is registered.
    pub id: Option<String>,
    /// `ecdsa-p256` or `rsa-2048`; `None` for another.
    pub algorithm: Option<String>,
    /// Its phase.
    pub phase: Phase,
    /// When the phase began, in seconds since 1970.
    pub since: u64,
    /// What happens to it next.
    pub next: String,
    /// When that happens, in seconds since 1970, if it is known.
    pub at: Option<u64>,
}

/// The status of a stack's keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The function's clock, in seconds since 1970.
    pub now: u64,
    /// Every key of the stack, ordered by phase.
    pub keys: Vec<KeyStatus>,
    /// Why no step is due.
    pub idle_reason: String,
    /// The result for the last key at `signer/next`.
    pub next_key: Option<NextKey>,
    /// The steps of this run.
    pub steps: Vec<String>,
}

impl Status {
    /// The status of an observed state.
    #[must_use]
    pub fn new(observed: &Observed, idle: &Idle, next_key: Option<NextKey>, steps: Vec<String>) -> Self {
        let mut keys: Vec<_> = observed.public_keys.iter().map(|key| key_status(observed, key, idle)).collect();
        if let (Some(pending), None) = (&observed.pending, observed.pending_key()) {
            let algorithm = pending.public_key.algorithm().map(|algorithm| algorithm.to_string());
            let (phase, next) = (Phase::Pending, "registered".to_owned());
            keys.push(KeyStatus { id: None, algorithm, phase, since: pending.since, next, at: None });
        }
        keys.sort_by_key(|key| (key.phase, key.since));
        Self { now: observed.now, keys, idle_reason: idle.to_string(), next_key, steps }
    }
}

/// The phase of the pending key.
#[must_use]
pub fn rotation_phase(observed: &Observed) -> Option<Phase> {
    observed.pending.as_ref()?;
    Some(observed.pending_key().map_or(Phase::Pending, |key| phase(observed, key)))
}

/// Whether a rotation has taken too long.
#[must_use]
pub fn is_stuck(observed: &Observed) -> bool {
    observed.pending.as_ref().is_some_and(|pending| observed.now > pending.since + STUCK_S)
}

/// Whether the active key is older than twice its rotation period.
#[must_use]
pub fn is_overdue(observed: &Observed) -> bool {
    let due = observed.active.as_ref().zip(observed.policy.rotation_s);
    due.is_some_and(|(active, rotation_s)| observed.now > active.since + 2 * rotation_s)
}

fn phase(observed: &Observed, key: &RegisteredKey) -> Phase {
    let is = |other: Option<&RegisteredKey>| other.is_some_and(|other| other.id == key.id);
    let soaked_at = observed.group.as_ref().map(|group| group.since + observed.policy.soak_s);
    match observed.is_trusted(&key.id) {
        _ if observed.is_revoked(&key.id) => Phase::Revoked,
        _ if is(observed.active_key()) => Phase::Active,
        false if is(observed.pending_key()) => Phase::Registered,
        true if is(observed.pending_key()) && soaked_at.is_some_and(|at| observed.now >= at) => Phase::Soaked,
        true if is(observed.pending_key()) => Phase::InGroup,
        true => Phase::Retiring,
        false => Phase::Leaving,
    }
}

fn key_status(observed: &Observed, key: &RegisteredKey, idle: &Idle) -> KeyStatus {
    let phase = phase(observed, key);
    let active_since = observed.active.as_ref().map(|active| active.since);
    let group_since = observed.group.as_ref().map(|group| group.since);
    let policy = &observed.policy;
    let (since, next, at) = match phase {
        Phase::Pending | Phase::Registered => (None, "added to the key group".to_owned(), None),
        Phase::InGroup => (group_since, "proven".to_owned(), group_since.map(|since| since + policy.soak_s)),
        Phase::Soaked => match idle {
            Idle::Waiting { reason: reason @ (WaitReason::Proof(_) | WaitReason::Deployment), .. } => {
                (group_since, format!("waits for {reason}"), None)
            }
            _ => (group_since, "proven, then active".to_owned(), None),
        },
        Phase::Active => {
            let due = active_since.zip(policy.rotation_s).map(|(since, rotation_s)| since + rotation_s);
            let next = if due.is_some() { "replaced by a new key" } else { "replaced on request" };
            (active_since, next.to_owned(), due)
        }
        Phase::Retiring => {
            (active_since, "leaves the key group".to_owned(), active_since.map(|since| since + policy.retire_s))
        }
        Phase::Leaving => (None, "deleted".to_owned(), None),
        Phase::Revoked => (None, "leaves the key group and is deleted".to_owned(), None),
    };
    let algorithm = key.public_key.algorithm().map(|algorithm| algorithm.to_string());
    KeyStatus { id: Some(key.id.clone()), algorithm, phase, since: since.unwrap_or(key.since), next, at }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pending => "pending",
            Self::Registered => "registered",
            Self::InGroup => "in group",
            Self::Soaked => "soaked",
            Self::Active => "active",
            Self::Retiring => "retiring",
            Self::Leaving => "leaving",
            Self::Revoked => "revoked",
        })
    }
}
