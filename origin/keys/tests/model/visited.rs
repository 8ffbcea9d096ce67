//! The visited states and their predecessors, in sixteen bytes each, so that a hundred million fit into memory.
//!
//! A state is identified by 64 bits of `SipHash`. Two states with the same hash would count as one, and successors of the
//! second could be missed: for n states the probability is about n² / 2⁶⁵, one in a hundred thousand for fifteen million.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::explore::{Config, of};
use crate::hash::HashMap;
use crate::memo::Memo;
use crate::state::State;

/// Each visited state, with its predecessor on the shortest path.
pub(crate) struct Visited(HashMap<u64, u64>);

impl Visited {
    pub(crate) fn from(start: &State) -> Self {
        Self([(fingerprint(start), 0)].into_iter().collect())
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Records a state, and returns whether it is new.
    pub(crate) fn is_new(&mut self, state: &State, before: &State) -> bool {
        let mut is_new = false;
        self.0.entry(fingerprint(state)).or_insert_with(|| {
            is_new = true;
            fingerprint(before)
        });
        is_new
    }

    /// The states on the path to one, one per line.
    pub(crate) fn trace(&self, start: State, end: &State, config: Config, memo: &mut Memo) -> String {
        let first = fingerprint(&start);
        let mut way = vec![fingerprint(end)];
        while let Some(before) = way.last().filter(|at| **at != first).and_then(|at| self.0.get(at)) {
            way.push(*before);
        }
        let (mut text, mut state, mut successors) = (String::new(), start, Vec::new());
        for at in way.into_iter().rev().skip(1) {
            of(state, config, memo, &mut successors);
            let next = successors.drain(..).map(|state| config.settle(state)).find(|next| fingerprint(next) == at);
            state = next.expect("a recorded path");
            _ = writeln!(text, "{}", line(&state));
        }
        text
    }
}

fn fingerprint(state: &State) -> u64 {
    let mut hasher = DefaultHasher::new();
    state.hash(&mut hasher);
    hasher.finish()
}

fn line(state: &State) -> String {
    let steps: Vec<_> = state.runs.iter().map(|run| format!("{:?} ({:?})", run.step, run.seen.want)).collect();
    let State { active, active_age, pending, next, owed, group, group_age, registered, revoked, .. } = state;
    let State { known, environment, url_left, deployed, late, .. } = state;
    format!(
        "active {active}@{active_age} pending {pending} next {next} owed {owed} group {group:04b}@{group_age} registered \
         {registered:04b} revoked {revoked:04b} known {known:04b} deployed {deployed} late {late} \
         environment {environment:?} urls {url_left:?} runs {steps:?}"
    )
}
