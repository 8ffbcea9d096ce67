//! A breadth-first search of all states.

use std::fmt;

use vitae_keys::decide::Guards;

use crate::effects::CallProperty;
use crate::liveness::Liveness;
use crate::memo::Memo;
use crate::state::{Act, Environment, NONE, Run, State, Step, Want, bit, keys};
use crate::visited::Visited;

/// The configuration of a system.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Config {
    pub(crate) start: State,
    pub(crate) runs: usize,
    /// How many of them may start again.
    pub(crate) begin: usize,
    pub(crate) foreign_in_group: u8,
    pub(crate) foreign_in_account: u8,
    /// Whether the owner requests rotations.
    pub(crate) rotates: bool,
    /// The most keys that the owner revokes before the first is removed from the revoked ones.
    pub(crate) revokes: u32,
    /// Whether the owner supplies keys.
    pub(crate) supplies: bool,
    /// Whether the function's clock steps.
    pub(crate) clock: bool,
    /// The property of calls that is removed.
    pub(crate) forgets: Option<CallProperty>,
}

impl Config {
    /// A state in its canonical form.
    pub(crate) fn settle(self, state: State) -> State {
        state.settle(self.runs == self.begin)
    }
}

/// Counts of a search.
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
        write!(f, "{states} states, {all}, {transitions} transitions, {questions} states decided, {quiet} ways to rest")
    }
}

/// A violated property, and the events that lead to it.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) what: String,
    pub(crate) trace: String,
}

/// Visits every state of a system, or the nearest ones.
pub(crate) fn explore(config: Config, guards: Guards, most: usize) -> Result<Counts, Found> {
    let mut memo = Memo::new(guards, config.foreign_in_group, config.foreign_in_account);
    let mut liveness = Liveness::default();
    let start = config.settle(config.start);
    let mut visited = Visited::from(&start);
    let mut layer = vec![start];
    let (mut states, mut transitions) = (0, 0);
    let mut successors = Vec::new();
    while !layer.is_empty() && visited.len() < most {
        let mut below = Vec::new();
        for state in layer {
            states += 1;
            of(state, config, &mut memo, &mut successors);
            let broken = state.violation(config.foreign_in_group).or(memo.wrong).map(str::to_owned);
            let broken = broken.or_else(|| liveness.check(state, config, &mut memo).err());
            if let Some(what) = broken {
                return Err(Found { what, trace: visited.trace(start, &state, config, &mut memo) });
            }
            transitions += successors.len();
            below.extend(
                successors.drain(..).map(|state| config.settle(state)).filter(|below| visited.is_new(below, &state)),
            );
        }
        layer = below;
    }
    let (questions, quiet) = (memo.len(), liveness.len());
    Ok(Counts { states, transitions, questions, quiet, complete: layer.is_empty() })
}

/// All possible next states.
pub(crate) fn of(state: State, config: Config, memo: &mut Memo, successors: &mut Vec<State>) {
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
    if config.supplies {
        for key in state.bringable() {
            may(&mut |state| (state.next, state.owed) = (key, key));
        }
    }
    for index in 0..config.runs {
        match state.runs[index].step {
            Step::Idle if index >= config.begin => {}
            Step::Idle => {
                let mut wants = vec![Want::Nothing];
                // A sixth key would need another number; a revocation involves at most three keys.
                if config.rotates && !(config.revokes > 0 && state.registered.count_ones() > 2) {
                    wants.push(Want::Rotate);
                }
                if state.dead.count_ones() < config.revokes {
                    wants.extend(keys(state.registered & !state.dead).map(Want::Revoke));
                }
                for want in wants {
                    may(&mut |state| begin(state, index, want));
                }
            }
            // Between two reads, only another run matters.
            Step::SawCloudFront if config.runs == 1 => decided(index, config, true, &mut may, memo),
            Step::SawCloudFront => may(&mut |state| state.look_first(index, config.forgets)),
            Step::SawPending => decided(index, config, false, &mut may, memo),
            Step::Decided(act) => {
                // The call is not sent; it is sent and its response is lost; it succeeds.
                may(&mut |state| state.runs[index] = Run::IDLE);
                if act != Act::Idle {
                    may(&mut |state| {
                        state.act(index, config.foreign_in_account, config.forgets);
                        state.runs[index] = Run::IDLE;
                    });
                    may(&mut |state| {
                        let goes_on = state.act(index, config.foreign_in_account, config.forgets);
                        again(state, index, goes_on);
                    });
                }
            }
        }
    }
}

/// The remaining reads of a run, for each possible clock.
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
                state.look_first(index, config.forgets);
            }
            state.look_last(index, offset, config.forgets, |seen| memo.act(seen));
        });
    }
}

pub(crate) fn begin(state: &mut State, index: usize, want: Want) {
    if let Want::Revoke(key) = want {
        state.dead |= bit(key);
    }
    state.look_at_cloudfront(index, want, NONE, false);
}

/// The next observation of a run: it keeps its intent and its proof only.
pub(crate) fn again(state: &mut State, index: usize, goes_on: bool) {
    let Run { seen, ticked, .. } = state.runs[index];
    state.runs[index] = Run::IDLE;
    if goes_on {
        state.look_at_cloudfront(index, seen.want, seen.proof, ticked);
    }
}
