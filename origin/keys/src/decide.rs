//! What comes next, from what is there.
//!
//! [`decide`] is pure and total: every world has exactly one next action, and an action that only rests says until when and
//! why. The order of the rules is the order of their urgency. Each rule that keeps URLs alive is a [`Guard`] with a name, so
//! that the model check can take it away and see what breaks.

mod action;
mod guard;
mod rest;

pub use action::{Action, Slot};
pub use guard::{Guard, Guards};
pub use rest::{Rest, Stuck, Waiting};

use crate::probe::Verdict;
use crate::public_key::PublicKey;
use crate::rules::{KEYS_PER_ACCOUNT, KEYS_PER_GROUP};
use crate::world::{Group, NextPair, RegisteredKey, StoredPair, Wish, World};

/// The next action.
#[must_use]
pub fn decide(world: &World) -> Action {
    decide_with(world, Guards::ALL)
}

/// The next action of a decider that heeds these guards alone: what the model check proves each of them with.
#[must_use]
pub fn decide_with(world: &World, guards: Guards) -> Action {
    let decider = Decider { world, guards };
    // Only a creation makes a group, so that what runs beside a deletion brings nothing back.
    let is_creating = world.wish == Some(Wish::Create);
    let Some(group) = &world.group else {
        return if is_creating { decider.first_key() } else { Action::Rest(Rest::NoGroup) };
    };
    let urgent = decider.revoke(group).or_else(|| decider.judge_next()).or_else(|| decider.tidy_pending());
    let healthy = || decider.keep_active(group).or_else(|| decider.sweep(group));
    if let Some(action) = urgent.or_else(healthy) {
        return action;
    }
    if is_creating && world.active.is_some() {
        return Action::Rest(Rest::Settled { due: None });
    }
    let retired = decider.retire(group);
    retired.or_else(|| decider.begin(group)).or_else(|| decider.advance(group)).unwrap_or_else(|| decider.rest(group))
}

struct Decider<'a> {
    world: &'a World,
    guards: Guards,
}

impl Decider<'_> {
    /// Without a group: a pair that is stored is used before one is made, the active one first.
    fn first_key(&self) -> Action {
        let world = self.world;
        let active = world.active.as_ref().map(|pair| (Slot::Active, pair));
        let Some((slot, pair)) = active.or(world.pending.as_ref().map(|pair| (Slot::Pending, pair))) else {
            return self.if_account_has_room(Action::MakePair(world.rules.algorithm));
        };
        match world.registered(pair) {
            None => self.if_account_has_room(Action::Register(slot)),
            Some(key) => Action::CreateGroup { key_pair_id: key.id.clone() },
        }
    }

    /// A revoked key leaves the group at once, unless it is the only one; then its successor comes first.
    fn revoke(&self, group: &Group) -> Option<Action> {
        let world = self.world;
        if let Some(Wish::Revoke(id)) = &world.wish {
            let is_there = world.public_keys.iter().any(|key| key.id == *id)
                || world.active.as_ref().is_some_and(|active| active.key_pair_id == *id);
            if is_there && !world.is_revoked(id) {
                return Some(Action::NoteRevoked { key_pair_id: id.clone() });
            }
        }
        let (revoked, others): (Vec<_>, Vec<_>) = group.keys.iter().cloned().partition(|id| world.is_revoked(id));
        if !revoked.is_empty() && (!others.is_empty() || !self.has(Guard::GroupNeedsAKey)) {
            return Some(Action::RemoveFromGroup { key_pair_ids: revoked });
        }
        let is_pending_revoked = world.pending_key().is_some_and(|key| world.is_revoked(&key.id));
        if is_pending_revoked && !self.is_active_pending() {
            return Some(Action::DeletePending);
        }
        let is_gone = |id: &&String| {
            world.public_keys.iter().all(|key| key.id != **id)
                && world.active.as_ref().is_none_or(|active| active.key_pair_id != **id)
        };
        let gone: Vec<_> = world.revoked.iter().filter(is_gone).cloned().collect();
        (!gone.is_empty()).then_some(Action::ForgetRevoked { key_pair_ids: gone })
    }

    /// A key of the owner's that cannot be taken, or that signs, makes room for the next. Until it signs it stays: should a
    /// run that lags delete `signer/pending`, then the key is still here.
    fn judge_next(&self) -> Option<Action> {
        let world = self.world;
        let stored =
            |slot: &Option<StoredPair>, key: &PublicKey| slot.as_ref().is_some_and(|pair| pair.public_key == *key);
        let refused = |reason: String| Some(Action::DropNext { accepted: false, reason });
        match world.next.as_ref()? {
            NextPair::Bad(reason) => refused(reason.clone()),
            NextPair::Good(key) if stored(&world.active, key) => {
                Some(Action::DropNext { accepted: true, reason: "it is the key that signs".to_owned() })
            }
            NextPair::Good(key) if stored(&world.pending, key) && self.has(Guard::NextStaysUntilItSigns) => None,
            NextPair::Good(key) if stored(&world.pending, key) => {
                Some(Action::DropNext { accepted: true, reason: "it is on its way in".to_owned() })
            }
            // Nobody may count on a key that another run is about to take out of the group.
            NextPair::Good(key) if self.has(Guard::NoOldKeyAgain) => {
                let old = world.public_keys.iter().find(|old| old.public_key == *key)?;
                refused(format!("it is the key {}, which is on its way out: make a new one", old.id))
            }
            NextPair::Good(_) => None,
        }
    }

    fn is_active_pending(&self) -> bool {
        let key = |slot: &Option<StoredPair>| slot.as_ref().map(|pair| pair.public_key.clone());
        self.world.active.is_some() && key(&self.world.active) == key(&self.world.pending)
    }

    fn tidy_pending(&self) -> Option<Action> {
        self.is_active_pending().then_some(Action::DeletePending)
    }

    /// Whatever is signing goes on signing: its public half is put back if it is lost.
    fn keep_active(&self, group: &Group) -> Option<Action> {
        let world = self.world;
        let active = world.active.as_ref()?;
        if world.is_active_revoked() && self.has(Guard::RevokedStaysOut) {
            return None;
        }
        let Some(key) = world.registered(active) else {
            return Some(self.if_account_has_room(Action::Register(Slot::Active)));
        };
        let key_pair_id = key.id.clone();
        if !group.keys.contains(&key_pair_id) {
            return Some(self.if_group_has_room(group, Action::AddToGroup { key_pair_id }));
        }
        (active.key_pair_id != key_pair_id).then_some(Action::Promote { from: Slot::Active, key_pair_id })
    }

    /// Public keys that nothing needs go, so that there is room: those of rotations that came to nothing, retired ones,
    /// second copies that two runs at once registered.
    fn sweep(&self, group: &Group) -> Option<Action> {
        let leftover = self.world.public_keys.iter().find(|key| !group.keys.contains(&key.id) && !self.is_needed(key));
        leftover.map(|key| Action::Deregister { key_pair_id: key.id.clone() })
    }

    fn is_needed(&self, key: &RegisteredKey) -> bool {
        let is = |needed: Option<&RegisteredKey>| needed.is_some_and(|needed| needed.id == key.id);
        let is_active =
            is(self.world.active_key()) && !self.world.is_revoked(&key.id) && self.has(Guard::ActiveIsNeeded);
        is_active || (is(self.world.pending_key()) && self.has(Guard::PendingIsNeeded))
    }

    /// Keys in the group that sign no more and will not sign.
    fn retiring<'a>(&'a self, group: &'a Group) -> impl Iterator<Item = &'a RegisteredKey> {
        let is_retiring = |key: &&RegisteredKey| {
            group.keys.contains(&key.id) && !self.is_needed(key) && !self.world.is_revoked(&key.id)
        };
        self.world.public_keys.iter().filter(is_retiring)
    }

    /// When the last URL of every retiring key has expired: each was last active before the present one was.
    fn retire_at(&self) -> Option<u64> {
        let rules = &self.world.rules;
        let margin_s = if self.has(Guard::ClocksDiffer) { 0 } else { rules.margin_s };
        self.world.active.as_ref().map(|active| active.since + rules.retire_s - margin_s)
    }

    fn retire(&self, group: &Group) -> Option<Action> {
        let is_due = self.world.now >= self.retire_at()? || !self.has(Guard::UrlsExpired);
        if !is_due || (self.world.is_active_revoked() && self.has(Guard::OldKeysHoldTheGroup)) {
            return None;
        }
        let key_pair_ids: Vec<_> = self.retiring(group).map(|key| key.id.clone()).collect();
        (!key_pair_ids.is_empty()).then_some(Action::RemoveFromGroup { key_pair_ids })
    }

    /// A rotation begins when a key is brought, wished for or due, and when there is none to go on with.
    fn begin(&self, group: &Group) -> Option<Action> {
        let world = self.world;
        if world.pending.is_some() && self.has(Guard::OneRotationAtATime) {
            return None;
        }
        let algorithm = match &world.wish {
            Some(Wish::Rotate(algorithm)) => Some(*algorithm),
            _ if world.active.is_none() || world.is_active_revoked() => Some(world.rules.algorithm),
            _ => self.due_at().filter(|due| world.now >= *due).map(|_| world.rules.algorithm),
        };
        let action = match (&world.next, algorithm) {
            (Some(_), _) => Action::TakeNext,
            (None, Some(algorithm)) => Action::MakePair(algorithm),
            (None, None) => return None,
        };
        Some(match self.if_account_has_room(action) {
            stuck @ Action::Rest(_) => stuck,
            action => self.if_group_has_room(group, action),
        })
    }

    fn due_at(&self) -> Option<u64> {
        let active = self.world.active.as_ref()?;
        self.world.rules.rotation_s.map(|rotation_s| active.since + rotation_s)
    }

    /// From a stored pair to an active one.
    fn advance(&self, group: &Group) -> Option<Action> {
        let world = self.world;
        let pending = world.pending.as_ref()?;
        let Some(key) = world.registered(pending) else {
            return Some(self.if_account_has_room(Action::Register(Slot::Pending)));
        };
        let key_pair_id = key.id.clone();
        if !group.keys.contains(&key_pair_id) && self.has(Guard::Trusted) {
            return Some(self.if_group_has_room(group, Action::AddToGroup { key_pair_id }));
        }
        let promote = Action::Promote { from: Slot::Pending, key_pair_id: key_pair_id.clone() };
        // Nothing asks for the first key's URLs yet; and what a revoked key signs is refused as it is.
        let is_first = world.active.is_none() && (world.distributions.is_empty() || !self.has(Guard::NobodyAsksYet));
        if is_first || world.is_active_revoked() {
            return Some(promote);
        }
        let soaked_at = group.since + world.rules.soak_s;
        if world.now < soaked_at && self.has(Guard::Soaked) {
            return Some(waits(key_pair_id, Waiting::Soak, Some(soaked_at)));
        }
        let is_deployed = !world.distributions.is_empty() && world.distributions.iter().all(|one| one.is_deployed);
        if !is_deployed && self.has(Guard::Deployed) {
            return Some(waits(key_pair_id, Waiting::Deployment, None));
        }
        let proof = world.proof.as_ref().filter(|proof| proof.key_pair_id == key_pair_id && proof.etag == group.etag);
        Some(match proof.map(|proof| &proof.verdict) {
            _ if !self.has(Guard::Proven) => promote,
            Some(Verdict::Opened) => promote,
            Some(verdict) => waits(key_pair_id, Waiting::Proof(verdict.clone()), None),
            None => Action::Prove { key_pair_id },
        })
    }

    fn rest(&self, group: &Group) -> Action {
        let retiring = self.retiring(group).next().map(|key| key.id.clone());
        match (retiring, self.retire_at()) {
            (Some(key_pair_id), Some(at)) => waits(key_pair_id, Waiting::Urls, Some(at)),
            _ => Action::Rest(Rest::Settled { due: self.due_at() }),
        }
    }

    fn if_account_has_room(&self, action: Action) -> Action {
        let keys = self.world.keys_in_account;
        if keys < KEYS_PER_ACCOUNT || !self.has(Guard::RoomInAccount) {
            return action;
        }
        Action::Rest(Rest::Stuck(Stuck::AccountFull { keys }))
    }

    fn if_group_has_room(&self, group: &Group, action: Action) -> Action {
        if group.keys.len() < KEYS_PER_GROUP || !self.has(Guard::RoomInGroup) {
            return action;
        }
        let until = self.retiring(group).next().and(self.retire_at());
        Action::Rest(Rest::Stuck(Stuck::GroupFull { group_id: group.id.clone(), until }))
    }

    fn has(&self, guard: Guard) -> bool {
        self.guards.has(guard)
    }
}

fn waits(key_pair_id: String, why: Waiting, until: Option<u64>) -> Action {
    Action::Rest(Rest::Waits { key_pair_id, why, until })
}

#[cfg(test)]
mod first_key;
#[cfg(test)]
mod rotation;
