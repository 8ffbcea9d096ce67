//! Chooses the next action from the observed state.
//!
//! [`decide`] is pure and total: every state has exactly one next action, and [`Action::Idle`] has a reason. Rules are
//! ordered by urgency. Each rule that keeps URLs valid is a named [`Guard`], so that the model check can remove it and
//! verify that something breaks.

mod action;
mod guard;
mod idle;

pub use action::{Action, Slot};
pub use guard::{Guard, Guards};
pub use idle::{Blocked, Idle, WaitReason};

use crate::observed::{Group, Intent, NextPair, Observed, RegisteredKey, StoredPair};
use crate::probe::ProbeResult;
use crate::public_key::PublicKey;
use crate::timing::{KEYS_PER_ACCOUNT, KEYS_PER_GROUP};

/// The next action.
#[must_use]
pub fn decide(observed: &Observed) -> Action {
    decide_with(observed, Guards::ALL)
}

/// The next action with these guards only. The model check uses it to prove that each guard is necessary.
#[must_use]
pub fn decide_with(observed: &Observed, guards: Guards) -> Action {
    let decider = Decider { observed, guards };
    // Only a creation makes a group, so that a run concurrent with a deletion restores nothing.
    let is_creating = observed.intent == Some(Intent::Create);
    let Some(group) = &observed.group else {
        return if is_creating { decider.first_key() } else { Action::Idle(Idle::NoKeyGroup) };
    };
    let urgent = decider.revoke(group).or_else(|| decider.judge_next()).or_else(|| decider.tidy_pending());
    let healthy = || decider.keep_active(group).or_else(|| decider.sweep(group));
    if let Some(action) = urgent.or_else(healthy) {
        return action;
    }
    if is_creating && observed.active.is_some() {
        return Action::Idle(Idle::Settled { due: None });
    }
    let retired = decider.retire(group);
    retired.or_else(|| decider.begin(group)).or_else(|| decider.advance(group)).unwrap_or_else(|| decider.idle(group))
}

struct Decider<'a> {
    observed: &'a Observed,
    guards: Guards,
}

impl Decider<'_> {
    /// Without a group: a stored key pair is used before one is generated, the active one first.
    fn first_key(&self) -> Action {
        let observed = self.observed;
        let active = observed.active.as_ref().map(|pair| (Slot::Active, pair));
        let Some((slot, pair)) = active.or(observed.pending.as_ref().map(|pair| (Slot::Pending, pair))) else {
            return self.if_account_has_room(Action::GeneratePair(observed.policy.algorithm));
        };
        match observed.registered(pair) {
            None => self.if_account_has_room(Action::Register(slot)),
            Some(key) => Action::CreateGroup { key_pair_id: key.id.clone() },
        }
    }

    /// A revoked key leaves the group immediately, unless it is the only one; then its successor is added first.
    fn revoke(&self, group: &Group) -> Option<Action> {
        let observed = self.observed;
        if let Some(Intent::Revoke(id)) = &observed.intent {
            let exists = observed.public_keys.iter().any(|key| key.id == *id)
                || observed.active.as_ref().is_some_and(|active| active.key_pair_id == *id);
            if exists && !observed.is_revoked(id) {
                return Some(Action::RecordRevoked { key_pair_id: id.clone() });
            }
        }
        let (revoked, others): (Vec<_>, Vec<_>) = group.keys.iter().cloned().partition(|id| observed.is_revoked(id));
        if !revoked.is_empty() && (!others.is_empty() || !self.has(Guard::GroupNeedsAKey)) {
            return Some(Action::RemoveFromGroup { key_pair_ids: revoked });
        }
        let is_pending_revoked = observed.pending_key().is_some_and(|key| observed.is_revoked(&key.id));
        if is_pending_revoked && !self.is_active_pending() {
            return Some(Action::DeletePending);
        }
        let is_gone = |id: &&String| {
            observed.public_keys.iter().all(|key| key.id != **id)
                && observed.active.as_ref().is_none_or(|active| active.key_pair_id != **id)
        };
        let gone: Vec<_> = observed.revoked.iter().filter(is_gone).cloned().collect();
        (!gone.is_empty()).then_some(Action::ForgetRevoked { key_pair_ids: gone })
    }

    /// Deletes the key at `signer/next` once it is rejected or active. Until then it stays: if a delayed run deletes
    /// `signer/pending`, this is the remaining copy.
    fn judge_next(&self) -> Option<Action> {
        let observed = self.observed;
        let stored =
            |slot: &Option<StoredPair>, key: &PublicKey| slot.as_ref().is_some_and(|pair| pair.public_key == *key);
        let rejected = |reason: String| Some(Action::DeleteNext { accepted: false, reason });
        match observed.next.as_ref()? {
            NextPair::Invalid(reason) => rejected(reason.clone()),
            NextPair::Valid(key) if stored(&observed.active, key) => {
                Some(Action::DeleteNext { accepted: true, reason: "it is the active key".to_owned() })
            }
            NextPair::Valid(key) if stored(&observed.pending, key) && self.has(Guard::NextStaysUntilItSigns) => None,
            NextPair::Valid(key) if stored(&observed.pending, key) => {
                Some(Action::DeleteNext { accepted: true, reason: "its rotation is in progress".to_owned() })
            }
            // A concurrent run may be about to remove this key from the group.
            NextPair::Valid(key) if self.has(Guard::NoRetiringKeyAgain) => {
                let old = observed.public_keys.iter().find(|old| old.public_key == *key)?;
                rejected(format!("it is key {}, which is being retired; generate a new one", old.id))
            }
            NextPair::Valid(_) => None,
        }
    }

    fn is_active_pending(&self) -> bool {
        let key = |slot: &Option<StoredPair>| slot.as_ref().map(|pair| pair.public_key.clone());
        self.observed.active.is_some() && key(&self.observed.active) == key(&self.observed.pending)
    }

    fn tidy_pending(&self) -> Option<Action> {
        self.is_active_pending().then_some(Action::DeletePending)
    }

    /// Keeps the active key usable: its public key is registered and trusted again if it was lost.
    fn keep_active(&self, group: &Group) -> Option<Action> {
        let observed = self.observed;
        let active = observed.active.as_ref()?;
        if observed.is_active_revoked() && self.has(Guard::RevokedStaysOut) {
            return None;
        }
        let Some(key) = observed.registered(active) else {
            return Some(self.if_account_has_room(Action::Register(Slot::Active)));
        };
        let key_pair_id = key.id.clone();
        if !group.keys.contains(&key_pair_id) {
            return Some(self.if_group_has_room(group, Action::AddToGroup { key_pair_id }));
        }
        (active.key_pair_id != key_pair_id).then_some(Action::Promote { from: Slot::Active, key_pair_id })
    }

    /// Deletes public keys that are not needed, to free the quota: those of abandoned rotations, retired ones, and
    /// duplicates that concurrent runs registered.
    fn sweep(&self, group: &Group) -> Option<Action> {
        let leftover =
            self.observed.public_keys.iter().find(|key| !group.keys.contains(&key.id) && !self.is_needed(key));
        leftover.map(|key| Action::Deregister { key_pair_id: key.id.clone() })
    }

    fn is_needed(&self, key: &RegisteredKey) -> bool {
        let is = |needed: Option<&RegisteredKey>| needed.is_some_and(|needed| needed.id == key.id);
        let is_active =
            is(self.observed.active_key()) && !self.observed.is_revoked(&key.id) && self.has(Guard::ActiveIsNeeded);
        is_active || (is(self.observed.pending_key()) && self.has(Guard::PendingIsNeeded))
    }

    /// Keys in the group that are no longer active and not pending.
    fn retiring<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = &'a RegisteredKey> {
        let is_retiring = |key: &&RegisteredKey| {
            group.keys.contains(&key.id) && !self.is_needed(key) && !self.observed.is_revoked(&key.id)
        };
        self.observed.public_keys.iter().filter(is_retiring)
    }

    /// When the last URL of every retiring key has expired: each was last active before the present one became active.
    fn retire_at(&self) -> Option<u64> {
        let policy = &self.observed.policy;
        let margin_s = if self.has(Guard::ClocksDiffer) { 0 } else { policy.margin_s };
        self.observed.active.as_ref().map(|active| active.since + policy.retire_s - margin_s)
    }

    fn retire(&self, group: &Group) -> Option<Action> {
        let is_due = self.observed.now >= self.retire_at()? || !self.has(Guard::UrlsExpired);
        if !is_due || (self.observed.is_active_revoked() && self.has(Guard::OldKeysHoldTheGroup)) {
            return None;
        }
        let key_pair_ids: Vec<_> = self.retiring(group).map(|key| key.id.clone()).collect();
        (!key_pair_ids.is_empty()).then_some(Action::RemoveFromGroup { key_pair_ids })
    }

    /// Starts a rotation if the owner supplied or requested a key, or one is due, and no rotation is in progress.
    fn begin(&self, group: &Group) -> Option<Action> {
        let observed = self.observed;
        if observed.pending.is_some() && self.has(Guard::OneRotationAtATime) {
            return None;
        }
        let algorithm = match &observed.intent {
            Some(Intent::Rotate(algorithm)) => Some(*algorithm),
            _ if observed.active.is_none() || observed.is_active_revoked() => Some(observed.policy.algorithm),
            _ => self.due_at().filter(|due| observed.now >= *due).map(|_| observed.policy.algorithm),
        };
        let action = match (&observed.next, algorithm) {
            (Some(_), _) => Action::AcceptNext,
            (None, Some(algorithm)) => Action::GeneratePair(algorithm),
            (None, None) => return None,
        };
        Some(match self.if_account_has_room(action) {
            blocked @ Action::Idle(_) => blocked,
            action => self.if_group_has_room(group, action),
        })
    }

    fn due_at(&self) -> Option<u64> {
        let active = self.observed.active.as_ref()?;
        self.observed.policy.rotation_s.map(|rotation_s| active.since + rotation_s)
    }

    /// Advances a pending key pair towards active.
    fn advance(&self, group: &Group) -> Option<Action> {
        let observed = self.observed;
        let pending = observed.pending.as_ref()?;
        let Some(key) = observed.registered(pending) else {
            return Some(self.if_account_has_room(Action::Register(Slot::Pending)));
        };
        let key_pair_id = key.id.clone();
        if !group.keys.contains(&key_pair_id) && self.has(Guard::Trusted) {
            return Some(self.if_group_has_room(group, Action::AddToGroup { key_pair_id }));
        }
        let promote = Action::Promote { from: Slot::Pending, key_pair_id: key_pair_id.clone() };
        // No URL of the first key is used yet, and URLs of a revoked key are rejected already.
        let is_first =
            observed.active.is_none() && (observed.distributions.is_empty() || !self.has(Guard::NotInUseYet));
        if is_first || observed.is_active_revoked() {
            return Some(promote);
        }
        let soaked_at = group.since + observed.policy.soak_s;
        if observed.now < soaked_at && self.has(Guard::Soaked) {
            return Some(waiting(key_pair_id, WaitReason::Soak, Some(soaked_at)));
        }
        let is_deployed =
            !observed.distributions.is_empty() && observed.distributions.iter().all(|one| one.is_deployed);
        if !is_deployed && self.has(Guard::Deployed) {
            return Some(waiting(key_pair_id, WaitReason::Deployment, None));
        }
        let proof =
            observed.proof.as_ref().filter(|proof| proof.key_pair_id == key_pair_id && proof.etag == group.etag);
        Some(match proof.map(|proof| &proof.result) {
            _ if !self.has(Guard::Proven) => promote,
            Some(ProbeResult::Accepted) => promote,
            Some(result) => waiting(key_pair_id, WaitReason::Proof(result.clone()), None),
            None => Action::Prove { key_pair_id },
        })
    }

    fn idle(&self, group: &Group) -> Action {
        let retiring = self.retiring(group).next().map(|key| key.id.clone());
        match (retiring, self.retire_at()) {
            (Some(key_pair_id), Some(at)) => waiting(key_pair_id, WaitReason::Urls, Some(at)),
            _ => Action::Idle(Idle::Settled { due: self.due_at() }),
        }
    }

    fn if_account_has_room(&self, action: Action) -> Action {
        let keys = self.observed.keys_in_account;
        if keys < KEYS_PER_ACCOUNT || !self.has(Guard::RoomInAccount) {
            return action;
        }
        Action::Idle(Idle::Blocked(Blocked::AccountFull { keys }))
    }

    fn if_group_has_room(&self, group: &Group, action: Action) -> Action {
        if group.keys.len() < KEYS_PER_GROUP || !self.has(Guard::RoomInGroup) {
            return action;
        }
        let until = self.retiring(group).next().and(self.retire_at());
        Action::Idle(Idle::Blocked(Blocked::GroupFull { group_id: group.id.clone(), until }))
    }

    fn has(&self, guard: Guard) -> bool {
        self.guards.has(guard)
    }
}

fn waiting(key_pair_id: String, reason: WaitReason, until: Option<u64>) -> Action {
    Action::Idle(Idle::Waiting { key_pair_id, reason, until })
}

#[cfg(test)]
mod first_key;
#[cfg(test)]
mod rotation;
