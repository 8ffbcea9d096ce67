//! The system, in a few bytes.

/// How many keys there may be at once.
pub(crate) const KEYS: Key = 5;
/// The same, for what there is one of for each.
pub(crate) const SLOTS: usize = KEYS as usize;
/// How long an environment signs with what it has read, in ticks.
pub(crate) const HARD: u8 = 1;
/// How long a URL lives, in ticks.
pub(crate) const LIFE: u8 = 1;
/// By how much the clocks may differ, in ticks.
pub(crate) const MARGIN: u8 = 1;
/// How long a change of the group takes to reach every edge, at most, in ticks.
pub(crate) const REACH: u8 = 1;
/// A tick more than that: a run lives for less than two, and none that began before a change of the group outlives its soaking.
pub(crate) const SOAK: u8 = REACH + MARGIN + 1;
pub(crate) const RETIRE: u8 = HARD + LIFE + MARGIN;

/// A key, by number. `NONE` for none.
pub(crate) type Key = u8;
pub(crate) const NONE: Key = u8::MAX;
/// A key of the owner's that is none.
pub(crate) const BAD: Key = u8::MAX - 1;
/// Keys, one bit each.
pub(crate) type Set = u8;

pub(crate) const fn bit(key: Key) -> Set {
    1 << key
}

pub(crate) const fn has(set: Set, key: Key) -> bool {
    set & bit(key) != 0
}

pub(crate) fn keys(set: Set) -> impl Iterator<Item = Key> {
    (0..KEYS).filter(move |key| has(set, *key))
}

/// What a run wants beside what is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Want {
    Nothing,
    Rotate,
    Revoke(Key),
}

/// What a run has read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Seen {
    pub(crate) group: Set,
    pub(crate) group_age: u8,
    pub(crate) registered: Set,
    pub(crate) deployed: bool,
    pub(crate) pending: Key,
    pub(crate) next: Key,
    pub(crate) revoked: Set,
    pub(crate) active: Key,
    pub(crate) active_age: u8,
    pub(crate) offset: i8,
    pub(crate) want: Want,
    /// The key whose probe was answered, in this version of the group.
    pub(crate) proof: Key,
}

impl Seen {
    pub(crate) const NOTHING: Self = Self {
        group: 0,
        group_age: 0,
        registered: 0,
        deployed: false,
        pending: NONE,
        next: NONE,
        revoked: 0,
        active: NONE,
        active_age: 0,
        offset: 0,
        want: Want::Nothing,
        proof: NONE,
    };
}

/// What a run does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    GeneratePair,
    AcceptNext,
    /// Delete this key at `signer/next`, after it was said whether it was taken.
    DeleteNext(Key, bool),
    Register(Key),
    Add(Key),
    Prove(Key),
    Promote(Key),
    DeletePending,
    Remove(Set),
    Deregister(Key),
    RecordRevoked(Key),
    ForgetRevoked(Set),
    Idle,
}

impl Act {
    /// Which kind it is.
    const fn rank(self) -> u8 {
        match self {
            Self::GeneratePair => 1,
            Self::AcceptNext => 2,
            Self::DeleteNext(..) => 3,
            Self::Register(_) => 4,
            Self::Add(_) => 5,
            Self::Prove(_) => 6,
            Self::Promote(_) => 7,
            Self::DeletePending => 8,
            Self::Remove(_) => 9,
            Self::Deregister(_) => 10,
            Self::RecordRevoked(_) => 11,
            Self::ForgetRevoked(_) => 12,
            Self::Idle => 13,
        }
    }

    /// The keys that it names.
    fn keys(self) -> Set {
        match self {
            Self::Register(key)
            | Self::Add(key)
            | Self::Prove(key)
            | Self::Promote(key)
            | Self::Deregister(key)
            | Self::RecordRevoked(key) => bit(key),
            Self::Remove(set) | Self::ForgetRevoked(set) => set,
            Self::DeleteNext(key, _) if key < KEYS => bit(key),
            Self::GeneratePair | Self::AcceptNext | Self::DeleteNext(..) | Self::DeletePending | Self::Idle => 0,
        }
    }
}

/// New numbers of keys, by their old ones.
struct Names([Key; SLOTS]);

impl Names {
    fn key(&self, key: Key) -> Key {
        self.0.get(usize::from(key)).copied().unwrap_or(key)
    }

    fn set(&self, set: Set) -> Set {
        keys(set).fold(0, |new, key| new | bit(self.key(key)))
    }

    fn run(&self, run: Run) -> Run {
        let seen = run.seen;
        let seen = Seen {
            group: self.set(seen.group),
            registered: self.set(seen.registered),
            revoked: self.set(seen.revoked),
            pending: self.key(seen.pending),
            next: self.key(seen.next),
            active: self.key(seen.active),
            proof: self.key(seen.proof),
            want: if let Want::Revoke(key) = seen.want { Want::Revoke(self.key(key)) } else { seen.want },
            ..seen
        };
        let step = if let Step::Decided(act) = run.step { Step::Decided(self.act(act)) } else { run.step };
        Run { step, seen, ..run }
    }

    fn act(&self, act: Act) -> Act {
        match act {
            Act::Register(key) => Act::Register(self.key(key)),
            Act::Add(key) => Act::Add(self.key(key)),
            Act::Prove(key) => Act::Prove(self.key(key)),
            Act::Promote(key) => Act::Promote(self.key(key)),
            Act::DeleteNext(key, accepted) => Act::DeleteNext(self.key(key), accepted),
            Act::Deregister(key) => Act::Deregister(self.key(key)),
            Act::RecordRevoked(key) => Act::RecordRevoked(self.key(key)),
            Act::Remove(set) => Act::Remove(self.set(set)),
            Act::ForgetRevoked(set) => Act::ForgetRevoked(self.set(set)),
            same => same,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Idle,
    /// About to read `signer/pending` and the notes.
    SawCloudFront,
    /// About to read `signer/active`.
    SawPending,
    /// About to act.
    Decided(Act),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Run {
    pub(crate) step: Step,
    pub(crate) seen: Seen,
    /// The group has changed since it was seen.
    pub(crate) stale: bool,
    /// A tick has passed since it began; it does not live for a second one.
    pub(crate) ticked: bool,
}

impl Run {
    pub(crate) const IDLE: Self = Self { step: Step::Idle, seen: Seen::NOTHING, stale: false, ticked: false };

    /// What tells it from another run, whatever the keys are numbered.
    fn shape(self) -> impl Ord {
        let Self { step, seen, stale, ticked } = self;
        let act = if let Step::Decided(act) = step { act.rank() } else { 0 };
        let step = (matches!(step, Step::SawPending), matches!(step, Step::SawCloudFront), act);
        let want = (seen.want == Want::Rotate, matches!(seen.want, Want::Revoke(_)));
        let counts = [seen.group, seen.registered, seen.revoked].map(Set::count_ones);
        (
            step,
            want,
            stale,
            ticked,
            counts,
            seen.group_age,
            seen.deployed,
            [seen.pending, seen.next].map(|key| key == NONE),
        )
    }

    /// What it has to do with a key.
    fn marks(self, key: Key) -> impl Ord {
        let seen = self.seen;
        let acts = matches!(self.step, Step::Decided(act) if has(act.keys(), key));
        let one = [seen.pending, seen.next, seen.proof].map(|seen| seen == key);
        (
            acts,
            one,
            seen.want == Want::Revoke(key),
            [seen.group, seen.registered, seen.revoked].map(|set| has(set, key)),
        )
    }
}

/// An environment of the edge: the key it signs with, and how old that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Environment {
    pub(crate) key: Key,
    pub(crate) age: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct State {
    pub(crate) active: Key,
    pub(crate) active_age: u8,
    pub(crate) pending: Key,
    pub(crate) next: Key,
    /// What the owner brought last, until it signs or is refused with a reason.
    pub(crate) owed: Key,
    pub(crate) revoked: Set,
    pub(crate) registered: Set,
    pub(crate) group: Set,
    pub(crate) group_age: u8,
    /// How long each key has been in the group.
    pub(crate) trust_age: [u8; SLOTS],
    /// Keys that every edge accepts.
    pub(crate) known: Set,
    /// Keys that the owner ever revoked, whatever the function remembers; and their successors until they are known: URLs
    /// of these may be refused.
    pub(crate) dead: Set,
    pub(crate) hasty: Set,
    pub(crate) deployed: bool,
    /// The edges do not open the door to the newest key yet, whatever the other signs say.
    pub(crate) late: bool,
    /// One stands for any number: environments have no effect on each other, nor on anything but the URLs they sign.
    pub(crate) environment: Environment,
    /// How long the last URL of each key lives.
    pub(crate) url_left: [u8; SLOTS],
    pub(crate) runs: [Run; 2],
}

impl State {
    /// One key signs and is known everywhere.
    pub(crate) const SETTLED: Self = Self {
        active: 0,
        active_age: RETIRE + MARGIN,
        pending: NONE,
        next: NONE,
        owed: NONE,
        revoked: 0,
        registered: 1,
        group: 1,
        group_age: SOAK + MARGIN,
        trust_age: [REACH, 0, 0, 0, 0],
        known: 1,
        dead: 0,
        hasty: 0,
        deployed: true,
        late: false,
        environment: Environment { key: 0, age: 0 },
        url_left: [LIFE, 0, 0, 0, 0],
        runs: [Run::IDLE; 2],
    };

    /// Another key retires beside it, and may go.
    pub(crate) const RETIRING: Self =
        Self { registered: 0b11, group: 0b11, trust_age: [REACH, REACH, 0, 0, 0], known: 0b11, ..Self::SETTLED };

    /// The same, and a second run, whose clock is ahead, is about to take the retiring key out of the group.
    pub(crate) const ABOUT_TO_RETIRE: Self = Self {
        active_age: RETIRE - MARGIN,
        runs: [Run::IDLE, Run { step: Step::Decided(Act::Remove(0b10)), ..Run::IDLE }],
        ..Self::RETIRING
    };

    /// Somebody deleted `signer/active` beside a distribution.
    pub(crate) const LOST: Self =
        Self { active: NONE, environment: Environment { key: NONE, age: 0 }, url_left: [0; SLOTS], ..Self::SETTLED };

    /// Keys that anything still refers to.
    fn used(&self) -> Set {
        let mut used = self.registered | self.group | self.revoked;
        let mut named = 0;
        let mut add = |key: Key| {
            if key < KEYS {
                named |= bit(key);
            }
        };
        for key in [self.active, self.pending, self.next, self.owed] {
            add(key);
        }
        add(self.environment.key);
        for run in self.runs.iter().filter(|run| run.step != Step::Idle) {
            if let Step::Decided(act) = run.step {
                used |= act.keys();
            }
            for key in [run.seen.active, run.seen.pending, run.seen.next, run.seen.proof] {
                add(key);
            }
            if let Want::Revoke(key) = run.seen.want {
                add(key);
            }
        }
        for run in self.runs.iter().filter(|run| run.step != Step::Idle) {
            used |= run.seen.registered | run.seen.group | run.seen.revoked;
        }
        let alive = (0..KEYS).filter(|key| self.url_left[usize::from(*key)] > 0);
        used | named | alive.fold(0, |set, key| set | bit(key))
    }

    /// A key that nothing refers to.
    pub(crate) fn fresh(&self) -> Option<Key> {
        let used = self.used();
        (0..KEYS).find(|key| !has(used, *key))
    }

    /// The same state in one form: what makes no difference any more is forgotten, what follows at once is done.
    ///
    /// Where both runs may do the same, it does not matter which of them is which.
    pub(crate) fn settle(mut self, are_runs_alike: bool) -> Self {
        if self.environment.key == NONE || self.environment.age > HARD {
            self.environment = Environment { key: NONE, age: 0 };
        }
        // It may sign at any moment, so it does at every one.
        if self.environment.key != NONE {
            self.url_left[usize::from(self.environment.key)] = LIFE;
        }
        let used = self.used();
        for key in 0..KEYS {
            let index = usize::from(key);
            if !has(self.group, key) {
                self.trust_age[index] = 0;
                self.known &= !bit(key);
            } else if self.trust_age[index] >= REACH && self.deployed && !self.late {
                self.known |= bit(key);
            }
            if !has(used, key) {
                self.dead &= !bit(key);
            }
        }
        self.hasty &= used & !self.known;
        for run in &mut self.runs {
            if run.step == Step::Idle {
                *run = Run::IDLE;
            }
        }
        if are_runs_alike && self.runs[1].shape() > self.runs[0].shape() {
            self.runs.swap(0, 1);
        }
        self.rename()
    }

    /// Numbers the keys by what they are, since two states that differ in numbers alone are one.
    fn rename(self) -> Self {
        let rank = |key: Key| {
            let index = usize::from(key);
            let roles = [self.active, self.pending, self.next, self.owed, self.environment.key].map(|role| key != role);
            let sets = [self.group, self.registered, self.revoked, self.known, self.dead, self.hasty];
            let runs = self.runs.map(|run| run.marks(key));
            (roles, sets.map(|set| !has(set, key)), runs, self.trust_age[index], self.url_left[index])
        };
        let mut order: [Key; SLOTS] = core::array::from_fn(|key| (0..KEYS).nth(key).unwrap_or_default());
        order.sort_by_key(|key| rank(*key));
        if order.is_sorted() {
            return self;
        }
        let mut new = [0; SLOTS];
        for (number, key) in (0..KEYS).zip(order) {
            new[usize::from(key)] = number;
        }
        let names = Names(new);
        let mut run = self.runs;
        for run in &mut run {
            *run = names.run(*run);
        }
        Self {
            active: names.key(self.active),
            pending: names.key(self.pending),
            next: names.key(self.next),
            owed: names.key(self.owed),
            revoked: names.set(self.revoked),
            registered: names.set(self.registered),
            group: names.set(self.group),
            known: names.set(self.known),
            dead: names.set(self.dead),
            hasty: names.set(self.hasty),
            trust_age: order.map(|key| self.trust_age[usize::from(key)]),
            url_left: order.map(|key| self.url_left[usize::from(key)]),
            environment: Environment { key: names.key(self.environment.key), ..self.environment },
            runs: run,
            ..self
        }
    }

    /// What is wrong with it.
    pub(crate) fn violation(&self, foreign_in_group: u8) -> Option<&'static str> {
        let pardoned = self.dead | self.hasty;
        let signs = self.environment.key;
        if signs != NONE && !has(self.known, signs) && !has(pardoned, signs) {
            return Some("an environment signs with a key that not every edge accepts");
        }
        for key in 0..KEYS {
            if self.url_left[usize::from(key)] > 0 && !has(self.group, key) && !has(pardoned, key) {
                return Some("a URL lives and its key is not in the group");
            }
        }
        if self.owed != NONE && ![self.next, self.pending, self.active].contains(&self.owed) {
            return Some("a key that the owner brought is lost, and nobody said why");
        }
        if self.group == 0 && foreign_in_group == 0 {
            return Some("the group is empty");
        }
        None
    }
}
