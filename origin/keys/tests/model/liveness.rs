//! From any state, undisturbed runs end with one key, which is active. A key that the owner supplied has become active by
//! then, or was rejected.

use crate::explore::{Config, again, begin};
use crate::hash::HashSet;
use crate::memo::Memo;
use crate::state::{Act, Environment, NONE, Run, SLOTS, State, Step, Want, bit};

/// More steps than any run needs.
const STEPS: usize = 60;
/// More ticks than any rotation needs, with another rotation after it for a key that waits at `signer/next`.
const TICKS: usize = 30;

/// States from which this was verified.
#[derive(Default)]
pub(crate) struct Liveness(HashSet<State>);

impl Liveness {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Continues from a state without active runs, with a correct clock, until the keys are settled.
    pub(crate) fn check(&mut self, state: State, config: Config, memo: &mut Memo) -> Result<(), String> {
        let mut state = State { runs: [Run::IDLE; 2], ..state };
        state.environment = Environment { key: NONE, age: 0 };
        // URLs do not matter here.
        (state.url_left, state.dead, state.hasty) = ([0; SLOTS], 0, 0);
        let mut way = Vec::new();
        for _ in 0..TICKS {
            (state.deployed, state.late) = (true, false);
            state = state.settle(false);
            if self.0.contains(&state) || is_settled(&state) {
                self.0.extend(way);
                return Ok(());
            }
            way.push(state);
            if !run(&mut state, config, memo) {
                return Err(format!("a run does not end: {state:?}"));
            }
            state.tick();
        }
        Err(format!("the rotation does not end: {state:?}"))
    }
}

fn is_settled(state: &State) -> bool {
    if state.active == NONE {
        return false;
    }
    let one = bit(state.active);
    let notes = [state.pending, state.next, state.owed] == [NONE; 3] && state.revoked == 0;
    notes && state.group == one && state.registered == one
}

/// Executes one run, and returns whether it ends.
fn run(state: &mut State, config: Config, memo: &mut Memo) -> bool {
    begin(state, 0, Want::Nothing);
    for _ in 0..STEPS {
        state.look_first(0, config.forgets);
        state.look_last(0, 0, config.forgets, |seen| memo.act(seen));
        if state.runs[0].step == Step::Decided(Act::Idle) {
            state.runs[0] = Run::IDLE;
            return true;
        }
        let goes_on = state.act(0, config.foreign_in_account, config.forgets);
        if !goes_on {
            state.runs[0] = Run::IDLE;
            return true;
        }
        again(state, 0, goes_on);
    }
    false
}
