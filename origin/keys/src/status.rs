//! What the owner is told: each key, its phase, and what comes next.

use core::fmt;

use serde::{Deserialize, Serialize};
use vitae_parameters::NextKey;

use crate::decide::{Rest, Waiting};
use crate::rules::STUCK_S;
use crate::world::{RegisteredKey, World};

/// The life of a key. What is proven is active in the same run, so that has no phase of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The pair is stored at `signer/pending`.
    Pending,
    /// CloudFront knows its public half.
    Registered,
    /// It is in the key group, which has changed a short while ago.
    InGroup,
    /// It has been in the group for long enough and is to be proven.
    Soaked,
    /// The edge signs with it.
    Active,
    /// It signs no more, and URLs that it signed may live.
    Retiring,
    /// It is out of the group and about to be deleted.
    Leaving,
    /// The owner revoked it.
    Revoked,
}

/// One key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyStatus {
    /// CloudFront's id; `None` until it has one.
    pub id: Option<String>,
    /// `ecdsa-p256` or `rsa-2048`; `None` for what is neither.
    pub algorithm: Option<String>,
    /// Where it stands.
    pub phase: Phase,
    /// Since when, in seconds since 1970.
    pub since: u64,
    /// What happens to it next.
    pub next: String,
    /// When, in seconds since 1970, where that is known.
    pub at: Option<u64>,
}

/// What the owner is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The function's clock, in seconds since 1970.
    pub now: u64,
    /// Every key of the stack, in the order of their lives.
    pub keys: Vec<KeyStatus>,
    /// Why nothing more can be done now.
    pub rest: String,
    /// What became of the last key at `signer/next`.
    pub next_key: Option<NextKey>,
    /// What this run did.
    pub steps: Vec<String>,
}

impl Status {
    /// From what is there, and why nothing more can be done.
    #[must_use]
    pub fn of(world: &World, rest: &Rest, next_key: Option<NextKey>, steps: Vec<String>) -> Self {
        let mut keys: Vec<_> = world.public_keys.iter().map(|key| of_key(world, key, rest)).collect();
        if let (Some(pending), None) = (&world.pending, world.pending_key()) {
            let algorithm = pending.public_key.algorithm().map(|algorithm| algorithm.to_string());
            let (phase, next) = (Phase::Pending, "registered".to_owned());
            keys.push(KeyStatus { id: None, algorithm, phase, since: pending.since, next, at: None });
        }
        keys.sort_by_key(|key| (key.phase, key.since));
        Self { now: world.now, keys, rest: rest.to_string(), next_key, steps }
    }
}

/// The phase of the key that is on its way in.
#[must_use]
pub fn rotation_phase(world: &World) -> Option<Phase> {
    world.pending.as_ref()?;
    Some(world.pending_key().map_or(Phase::Pending, |key| phase(world, key)))
}

/// Whether a rotation has been under way for too long.
#[must_use]
pub fn is_stuck(world: &World) -> bool {
    world.pending.as_ref().is_some_and(|pending| world.now > pending.since + STUCK_S)
}

/// Whether the active key is twice as old as it should ever get.
#[must_use]
pub fn is_overdue(world: &World) -> bool {
    let due = world.active.as_ref().zip(world.rules.rotation_s);
    due.is_some_and(|(active, rotation_s)| world.now > active.since + 2 * rotation_s)
}

fn phase(world: &World, key: &RegisteredKey) -> Phase {
    let is = |other: Option<&RegisteredKey>| other.is_some_and(|other| other.id == key.id);
    let soaked_at = world.group.as_ref().map(|group| group.since + world.rules.soak_s);
    match world.is_trusted(&key.id) {
        _ if world.is_revoked(&key.id) => Phase::Revoked,
        _ if is(world.active_key()) => Phase::Active,
        false if is(world.pending_key()) => Phase::Registered,
        true if is(world.pending_key()) && soaked_at.is_some_and(|at| world.now >= at) => Phase::Soaked,
        true if is(world.pending_key()) => Phase::InGroup,
        true => Phase::Retiring,
        false => Phase::Leaving,
    }
}

fn of_key(world: &World, key: &RegisteredKey, rest: &Rest) -> KeyStatus {
    let phase = phase(world, key);
    let active_since = world.active.as_ref().map(|active| active.since);
    let group_since = world.group.as_ref().map(|group| group.since);
    let rules = &world.rules;
    let (since, next, at) = match phase {
        Phase::Pending | Phase::Registered => (None, "added to the key group".to_owned(), None),
        Phase::InGroup => (group_since, "proven".to_owned(), group_since.map(|since| since + rules.soak_s)),
        Phase::Soaked => match rest {
            Rest::Waits { why: why @ (Waiting::Proof(_) | Waiting::Deployment), .. } => {
                (group_since, format!("waits for {why}"), None)
            }
            _ => (group_since, "proven, then active".to_owned(), None),
        },
        Phase::Active => {
            let due = active_since.zip(rules.rotation_s).map(|(since, rotation_s)| since + rotation_s);
            let next = if due.is_some() { "replaced by a new key" } else { "replaced when you say so" };
            (active_since, next.to_owned(), due)
        }
        Phase::Retiring => {
            (active_since, "leaves the key group".to_owned(), active_since.map(|since| since + rules.retire_s))
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
