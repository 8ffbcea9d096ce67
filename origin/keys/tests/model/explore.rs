//! Every state, by breadth.

use std::fmt::{self, Write as _};

use keys::decide::Guards;

use crate::hash::HashMap;
use crate::liveness::Liveness;
use crate::memo::Memo;
use crate::state::{Act, Environment, NONE, Run, State, Step, Want, bit, keys};

/// Which system.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is something that may happen, or not, by itself")]
pub(crate) struct Config {
    pub(crate) start: State,
    pub(crate) runs: usize,
    /// How many of them begin anew.
    pub(crate) begin: usize,
    pub(crate) foreign_in_group: u8,
    pub(crate) foreign_in_account: u8,
    /// The owner asks for rotations.
    pub(crate) rotates: bool,
    /// The owner revokes keys, two at most before the first is forgotten.
    pub(crate) revokes: bool,
    /// The owner brings keys.
    pub(crate) brings: bool,
    /// The function's clock steps.
    pub(crate) clock: bool,
}

/// What was counted.
pub(crate) struct Counts {
    states: usize,
    transitions: usize,
    questions: usize,
    quiet: usize,
    complete: bool,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { states, transitions, questions, quiet, complete } = self;
        let all = if *complete { "all of them" } else { "the nearest" };
        write!(f, "{states} states, {all}, {transitions} transitions, {questions} worlds decided, {quiet} ways to rest")
    }
}

/// A broken property, and the events that lead to it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) what: String,
    pub(crate) trace: String,
}

/// Visits every state of a system, or the nearest of them.
pub(crate) fn explore(config: Config, guards: Guards, most: usize) -> Result<Counts, Found> {
    let mut memo = Memo::new(guards, config.foreign_in_group, config.foreign_in_account);
    let mut liveness = Liveness::default();
    let start = config.start.settle();
    let mut index: HashMap<State, u32> = [(start, 0)].into_iter().collect();
    let mut states = vec![(start, 0_u32)];
    let (mut next, mut transitions) = (0, 0);
    let mut successors = Vec::new();
    while next < states.len() && states.len() < most {
        let (state, _) = states[next];
        let broken = state.violation(config.foreign_in_group, config.foreign_in_account);
        let broken = broken.map(str::to_owned).or_else(|| liveness.check(state, &mut memo).err());
        if let Some(what) = broken {
            return Err(Found { what, trace: trace(&states, next) });
        }
        successors.clear();
        of(state, config, &mut memo, &mut successors);
        transitions += successors.len();
        for successor in successors.drain(..) {
            let successor = successor.settle();
            let new = u32::try_from(states.len()).expect("fewer than four billion states");
            index.entry(successor).or_insert_with(|| {
                states.push((successor, u32::try_from(next).expect("as above")));
                new
            });
        }
        next += 1;
    }
    let (questions, quiet) = (memo.len(), liveness.len());
    Ok(Counts { states: next, transitions, questions, quiet, complete: next == states.len() })
}

/// The states on the way to one, each in a line.
fn trace(states: &[(State, u32)], mut at: usize) -> String {
    let mut way = vec![at];
    while at != 0 {
        at = states[at].1 as usize;
        way.push(at);
    }
    let mut text = String::new();
    for at in way.into_iter().rev().skip(1) {
        let state = states[at].0;
        let steps: Vec<_> = state.runs.iter().map(|run| format!("{:?} ({:?})", run.step, run.seen.want)).collect();
        let State { active, active_age, pending, next, group, group_age, registered, revoked, .. } = state;
        let State { known, environment, url_left, deployed, late, .. } = state;
        _ = writeln!(
            text,
            "active {active}@{active_age} pending {pending} next {next} group {group:04b}@{group_age} registered \
             {registered:04b} revoked {revoked:04b} known {known:04b} deployed {deployed} late {late} \
             environment {environment:?} urls {url_left:?} runs {steps:?}"
        );
    }
    text
}

/// Whatever may happen next.
fn of(state: State, config: Config, memo: &mut Memo, successors: &mut Vec<State>) {
    let mut may = |change: &mut dyn FnMut(&mut State)| {
        let mut successor = state;
        change(&mut successor);
        successors.push(successor);
    };
    may(&mut State::tick);
    if !state.deployed {
        may(&mut |state| state.deployed = true);
    }
    if state.late {
        may(&mut |state| state.late = false);
    }
    may(&mut |state| state.environment = Environment { key: state.active, age: 0 });
    if config.brings && state.next == NONE {
        for key in state.bringable() {
            may(&mut |state| state.next = key);
        }
    }
    for index in 0..config.runs {
        match state.runs[index].step {
            Step::Idle if index >= config.begin => {}
            Step::Idle => {
                let mut wants = vec![Want::Nothing];
                // A sixth key would need a number; three at once are all that a revocation can meet.
                if config.rotates && !(config.revokes && state.registered.count_ones() > 2) {
                    wants.push(Want::Rotate);
                }
                if config.revokes && state.dead.count_ones() < 2 {
                    wants.extend(keys(state.registered & !state.dead).map(Want::Revoke));
                }
                for want in wants {
                    may(&mut |state| begin(state, index, want));
                }
            }
            // Between two reads, only another run makes a difference.
            Step::SawCloudFront if config.begin == 1 => decided(index, config, true, &mut may, memo),
            Step::SawCloudFront => may(&mut |state| state.look_at_pending(index)),
            Step::SawPending => decided(index, config, false, &mut may, memo),
            Step::Decided(act) => {
                // The call never goes out; it goes out and its answer is lost; all is well.
                may(&mut |state| state.runs[index] = Run::IDLE);
                if act != Act::Rest {
                    may(&mut |state| {
                        state.act(index);
                        state.runs[index] = Run::IDLE;
                    });
                    may(&mut |state| {
                        let goes_on = state.act(index);
                        again(state, index, goes_on);
                    });
                }
            }
        }
    }
}

/// The rest of a run's reads, by each clock that it may have.
fn decided(
    index: usize,
    config: Config,
    reads_pending: bool,
    may: &mut impl FnMut(&mut dyn FnMut(&mut State)),
    memo: &mut Memo,
) {
    let offsets: &[i8] = if config.clock { &[-1, 0, 1] } else { &[0] };
    for &offset in offsets {
        may(&mut |state| {
            if reads_pending {
                state.look_at_pending(index);
            }
            state.look_at_active(index, offset, |seen| memo.act(seen));
        });
    }
}

pub(crate) fn begin(state: &mut State, index: usize, want: Want) {
    if let Want::Revoke(key) = want {
        state.dead |= bit(key);
    }
    state.look_at_cloudfront(index, want, NONE, false);
}

/// The next round of a run: it keeps its wish and its proof, and nothing of what it saw.
pub(crate) fn again(state: &mut State, index: usize, goes_on: bool) {
    let Run { seen, ticked, .. } = state.runs[index];
    state.runs[index] = Run::IDLE;
    if goes_on {
        state.look_at_cloudfront(index, seen.want, seen.proof, ticked);
    }
}
