//! The effects of a run's calls in CloudFront and Parameter Store.

use crate::state::{
    Act, BAD, KEYS, Key, MARGIN, NONE, REACH, RETIRE, Run, SLOTS, SOAK, Seen, Set, State, Step, Want, bit, has,
};

/// A property of calls that protects concurrent runs from each other, in addition to their decisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallProperty {
    /// A group is changed only if it has not changed since it was read.
    IfMatch,
    /// `signer/next` is deleted only if its value is the one that was checked.
    CompareNext,
    /// `signer/active` is read after `signer/pending`.
    ActiveLast,
}

impl CallProperty {
    pub(crate) const ALL: [Self; 3] = [Self::IfMatch, Self::CompareNext, Self::ActiveLast];
}

impl State {
    /// Executes the decision of run `index`, and returns whether the run may continue.
    pub(crate) fn act(&mut self, index: usize, foreign_in_account: u8, forgets: Option<CallProperty>) -> bool {
        let forgets = |property| forgets == Some(property);
        let run = self.runs[index];
        let Step::Decided(act) = run.step else { return false };
        match act {
            // Without a free number no key pair is generated: the run observes again.
            Act::GeneratePair => {
                if self.pending == NONE
                    && let Some(key) = self.fresh()
                {
                    self.pending = key;
                }
            }
            Act::AcceptNext => {
                if self.pending == NONE && run.seen.next < KEYS {
                    self.pending = run.seen.next;
                }
            }
            // Compared just before: a key that the owner stored since is kept.
            Act::DeleteNext(key, accepted) => {
                if self.next == key || forgets(CallProperty::CompareNext) {
                    self.next = NONE;
                    // The key was active when it was observed; it may be retiring by now.
                    let has_signed = |key| self.active == key || (has(self.known, key) && self.pending != key);
                    if self.owed == key && (!accepted || has_signed(key)) {
                        self.owed = NONE;
                    }
                }
            }
            // CloudFront rejects what exceeds its quota.
            Act::Register(key) => {
                if count(self.registered) + foreign_in_account < 10 {
                    self.registered |= bit(key);
                }
            }
            Act::Add(key) => {
                if (!run.stale || forgets(CallProperty::IfMatch)) && has(self.registered, key) {
                    self.change_group(self.group | bit(key));
                }
            }
            Act::Remove(keys) => {
                if !run.stale {
                    self.change_group(self.group & !keys);
                } else if forgets(CallProperty::IfMatch) {
                    self.change_group(run.seen.group & !keys);
                }
            }
            Act::Prove(key) => {
                if run.stale {
                    return true;
                }
                let opened = has(self.group, key) && !self.late;
                self.runs[index].seen.proof = if opened { key } else { NONE };
                return opened;
            }
            Act::Promote(key) => {
                if self.active != NONE && has(self.dead, self.active) {
                    self.hasty |= bit(key);
                }
                (self.active, self.active_age) = (key, 0);
                if self.owed == key {
                    self.owed = NONE;
                }
            }
            Act::DeletePending => self.pending = NONE,
            Act::Deregister(key) => {
                if !has(self.group, key) {
                    self.registered &= !bit(key);
                }
            }
            // The whole parameter is written, based on what was read.
            Act::RecordRevoked(key) => self.revoked = run.seen.revoked | bit(key),
            Act::ForgetRevoked(keys) => self.revoked = run.seen.revoked & !keys,
            Act::Idle => return false,
        }
        true
    }

    fn change_group(&mut self, group: Set) {
        self.group = group;
        self.group_age = 0;
        (self.deployed, self.late) = (false, true);
        for run in &mut self.runs {
            run.stale = true;
            run.seen.proof = NONE;
        }
    }

    /// Starts an observation: reads CloudFront.
    pub(crate) fn look_at_cloudfront(&mut self, index: usize, want: Want, proof: Key, ticked: bool) {
        let seen = Seen {
            group: self.group,
            group_age: self.group_age,
            registered: self.registered,
            deployed: self.deployed,
            want,
            proof,
            ..Seen::NOTHING
        };
        self.runs[index] = Run { step: Step::SawCloudFront, seen, stale: false, ticked };
    }

    /// Reads the first parameters: `signer/pending`, `signer/state` and `signer/status`.
    pub(crate) fn look_first(&mut self, index: usize, forgets: Option<CallProperty>) {
        if forgets == Some(CallProperty::ActiveLast) {
            self.see_active(index);
        } else {
            self.see_pending(index);
        }
        self.runs[index].step = Step::SawPending;
    }

    fn see_pending(&mut self, index: usize) {
        let (pending, next, revoked) = (self.pending, self.next, self.revoked);
        let seen = &mut self.runs[index].seen;
        (seen.pending, seen.next, seen.revoked) = (pending, next, revoked);
        if seen.want == Want::Rotate && pending != NONE {
            seen.want = Want::Nothing;
        }
    }

    fn see_active(&mut self, index: usize) {
        let seen = &mut self.runs[index].seen;
        (seen.active, seen.active_age) = (self.active, self.active_age);
    }

    /// Reads the last one, `signer/active`, and decides with a clock that is this far ahead. A decision keeps little of the
    /// observation.
    pub(crate) fn look_last(
        &mut self,
        index: usize,
        offset: i8,
        forgets: Option<CallProperty>,
        decide: impl FnOnce(Seen) -> Act,
    ) {
        if forgets == Some(CallProperty::ActiveLast) {
            self.see_pending(index);
        } else {
            self.see_active(index);
        }
        let (active, dead) = (self.active, self.dead);
        let run = &mut self.runs[index];
        let act = decide(Seen { offset, ..run.seen });
        // A decision made while the active key is revoked skips the waiting times, even if it is executed later.
        if let Act::Promote(key) = act
            && active != NONE
            && has(dead, active)
        {
            self.hasty |= bit(key);
        }
        let Seen { next, revoked, want, proof, .. } = run.seen;
        let next = if act == Act::AcceptNext { next } else { NONE };
        let revoked = if matches!(act, Act::RecordRevoked(_) | Act::ForgetRevoked(_)) { revoked } else { 0 };
        run.seen = Seen { next, revoked, want, proof, ..Seen::NOTHING };
        run.step = Step::Decided(act);
    }

    /// Advances the time by a tick.
    pub(crate) fn tick(&mut self) {
        self.active_age = (self.active_age + 1).min(RETIRE + MARGIN);
        self.group_age = (self.group_age + 1).min(SOAK + MARGIN);
        for key in 0..SLOTS {
            self.url_left[key] = self.url_left[key].saturating_sub(1);
            self.trust_age[key] = (self.trust_age[key] + 1).min(REACH);
        }
        self.environment.age += 1;
        for run in &mut self.runs {
            if run.ticked {
                *run = Run::IDLE;
            }
            run.ticked = run.step != Step::Idle;
        }
    }

    /// What the owner may store at `signer/next`: a new key, an invalid value, or an existing key.
    pub(crate) fn bringable(&self) -> impl Iterator<Item = Key> {
        let registered = self.registered;
        let old = (0..KEYS).filter(move |key| has(registered, *key));
        old.chain([BAD]).chain(self.fresh())
    }
}

fn count(set: Set) -> u8 {
    u8::try_from(set.count_ones()).unwrap_or_default()
}
