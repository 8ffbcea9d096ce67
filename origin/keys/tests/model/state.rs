//! The state of the system, in a few bytes.

/// The most keys at the same time.
pub(crate) const KEYS: Key = 5;
/// The same, as the length of arrays with one element per key.
pub(crate) const SLOTS: usize = KEYS as usize;
/// How long an environment signs with what it has read, in ticks.
pub(crate) const HARD: u8 = 1;
/// The lifetime of a URL, in ticks.
pub(crate) const LIFE: u8 = 1;
/// The largest difference of the clocks, in ticks.
pub(crate) const MARGIN: u8 = 1;
/// The longest time until a change of the group has reached every edge, in ticks.
pub(crate) const REACH: u8 = 1;
/// One tick more: a run lasts less than two ticks, and none that began before a change of the group outlasts its soaking.
pub(crate) const SOAK: u8 = REACH + MARGIN + 1;
pub(crate) const RETIRE: u8 = HARD + LIFE + MARGIN;

/// The number of a key, or `NONE`.
pub(crate) type Key = u8;
pub(crate) const NONE: Key = u8::MAX;
/// An invalid value supplied by the owner.
pub(crate) const BAD: Key = u8::MAX - 1;
/// A set of keys, one bit each.
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

/// A request of a run, in addition to what is due.
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
    /// The key whose probe succeeded, in this version of the group.
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

/// The next action of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Act {
    GeneratePair,
    AcceptNext,
    /// Delete this key at `signer/next`, after the result was recorded.
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
    /// The kind of action.
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

/// New numbers of keys, by their old numbers.
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
    /// The group has changed since it was read.
    pub(crate) stale: bool,
    /// A tick has passed since the run began; it ends before a second one.
    pub(crate) ticked: bool,
}

impl Run {
    pub(crate) const IDLE: Self = Self { step: Step::Idle, seen: Seen::NOTHING, stale: false, ticked: false };

    /// What distinguishes it from another run, independent of the numbers of keys.
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

    /// Its relation to a key.
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

/// An environment of the edge: the key it signs with, and the age of its configuration.
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
    /// The last key that the owner supplied, until it becomes active or is rejected with a reason.
    pub(crate) owed: Key,
    pub(crate) revoked: Set,
    pub(crate) registered: Set,
    pub(crate) group: Set,
    pub(crate) group_age: u8,
    /// How long each key has been in the group.
    pub(crate) trust_age: [u8; SLOTS],
    /// Keys that every edge accepts.
    pub(crate) known: Set,
    /// Keys that the owner ever revoked, independent of `signer/state`, and their successors until every edge knows them:
    /// their URLs may be rejected.
    pub(crate) dead: Set,
    pub(crate) hasty: Set,
    pub(crate) deployed: bool,
    /// The edges do not accept the newest key yet, although the other conditions are met.
    pub(crate) late: bool,
    /// One represents any number: environments affect nothing but the URLs that they sign.
    pub(crate) environment: Environment,
    /// The remaining lifetime of the last URL of each key.
    pub(crate) url_left: [u8; SLOTS],
    pub(crate) runs: [Run; 2],
}

impl State {
    /// One key is active and known to every edge.
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

    /// Another key is retiring and may be removed.
    pub(crate) const RETIRING: Self =
        Self { registered: 0b11, group: 0b11, trust_age: [REACH, REACH, 0, 0, 0], known: 0b11, ..Self::SETTLED };

    /// The same, and a second run, whose clock is ahead, is about to remove the retiring key from the group.
    pub(crate) const ABOUT_TO_RETIRE: Self = Self {
        active_age: RETIRE - MARGIN,
        runs: [Run::IDLE, Run { step: Step::Decided(Act::Remove(0b10)), ..Run::IDLE }],
        ..Self::RETIRING
    };

    /// Another process deleted `signer/active` while a distribution exists.
    pub(crate) const LOST: Self =
        Self { active: NONE, environment: Environment { key: NONE, age: 0 }, url_left: [0; SLOTS], ..Self::SETTLED };

    /// Keys that are still referenced.
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

    /// A key that is not referenced.
    pub(crate) fn fresh(&self) -> Option<Key> {
        let used = self.used();
        (0..KEYS).find(|key| !has(used, *key))
    }

    /// The canonical form of the state: what no longer matters is removed, and what follows immediately is applied. If both
    /// runs may do the same, their order does not matter.
    pub(crate) fn settle(mut self, are_runs_alike: bool) -> Self {
        if self.environment.key == NONE || self.environment.age > HARD {
            self.environment = Environment { key: NONE, age: 0 };
        }
        // The environment may sign at any time, so it signs at every tick.
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

    /// Numbers the keys by their properties, since states that differ only in numbers are equal.
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

    /// A violated property.
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
            return Some("a key that the owner supplied is lost without a reason");
        }
        if self.group == 0 && foreign_in_group == 0 {
            return Some("the group is empty");
        }
        None
    }
}
