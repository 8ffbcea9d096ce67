//! What CloudFront and Parameter Store do with a run's calls.

use crate::state::{
    Act, BAD, KEYS, Key, MARGIN, NONE, REACH, RETIRE, Run, SLOTS, SOAK, Seen, Set, State, Step, Want, bit, has,
};

/// What protects two runs from each other, beside their decisions: the manner of their calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// A group is changed if it still is what was read.
    IfMatch,
    /// What is deleted at `signer/next` is what was judged.
    CompareNext,
    /// `signer/active` is read after `signer/pending`.
    ActiveLast,
}

impl Manner {
    pub(crate) const ALL: [Self; 3] = [Self::IfMatch, Self::CompareNext, Self::ActiveLast];
}

impl State {
    /// Does what run `index` decided, and gives whether the run may go on.
    pub(crate) fn act(&mut self, index: usize, foreign_in_account: u8, forgets: Option<Manner>) -> bool {
        let forgets = |manner| forgets == Some(manner);
        let run = self.runs[index];
        let Step::Decided(act) = run.step else { return false };
        match act {
            // Without a free number the pair is not made: the run looks again.
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
            // Compared a moment before: what the owner put there since is left.
            Act::DeleteNext(key, accepted) => {
                if self.next == key || forgets(Manner::CompareNext) {
                    self.next = NONE;
                    // It was said of a key that signed when it was looked at: it may be retiring by now.
                    let has_signed = |key| self.active == key || (has(self.known, key) && self.pending != key);
                    if self.owed == key && (!accepted || has_signed(key)) {
                        self.owed = NONE;
                    }
                }
            }
            // CloudFront itself refuses what is over its quota.
            Act::Register(key) => {
                if count(self.registered) + foreign_in_account < 10 {
                    self.registered |= bit(key);
                }
            }
            Act::Add(key) => {
                if (!run.stale || forgets(Manner::IfMatch)) && has(self.registered, key) {
                    self.change_group(self.group | bit(key));
                }
            }
            Act::Remove(keys) => {
                if !run.stale {
                    self.change_group(self.group & !keys);
                } else if forgets(Manner::IfMatch) {
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
            // The parameter is written as a whole, from what was read.
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

    /// Begins a round: looks at CloudFront.
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

    /// Reads the first of the parameters: `signer/pending` and the notes.
    pub(crate) fn look_first(&mut self, index: usize, forgets: Option<Manner>) {
        if forgets == Some(Manner::ActiveLast) {
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

    /// Reads the last of them, `signer/active`, and decides by a clock that is so far ahead. What is decided needs little of
    /// what was seen.
    pub(crate) fn look_last(
        &mut self,
        index: usize,
        offset: i8,
        forgets: Option<Manner>,
        decide: impl FnOnce(Seen) -> Act,
    ) {
        if forgets == Some(Manner::ActiveLast) {
            self.see_pending(index);
        } else {
            self.see_active(index);
        }
        let (active, dead) = (self.active, self.dead);
        let run = &mut self.runs[index];
        let act = decide(Seen { offset, ..run.seen });
        // What is decided while the key that signs is revoked is decided in a hurry, also if it is done a moment later.
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

    /// Lets a tick pass.
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

    /// What the owner may put at `signer/next`: a new key, garbage, or a key that is there already.
    pub(crate) fn bringable(&self) -> impl Iterator<Item = Key> {
        let registered = self.registered;
        let old = (0..KEYS).filter(move |key| has(registered, *key));
        old.chain([BAD]).chain(self.fresh())
    }
}

fn count(set: Set) -> u8 {
    u8::try_from(set.count_ones()).unwrap_or_default()
}
