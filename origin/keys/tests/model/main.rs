//! The decider in every state that a small system can get into.
//!
//! The system: a key group and the public keys behind it, `signer/active`, `signer/pending`, `signer/next` and
//! `signer/state`, a distribution, an environment of the edge with a cache of any age, the URLs that it minted, one
//! or two runs of the function at once, and the function's clock. Anything may happen at any time: a run reads or acts, or
//! ends between any two calls, or after a call whose answer it never sees; an environment asks for the active key; the owner
//! brings a key, good, bad or old, asks for a rotation, revokes a key; CloudFront takes its time; the clock steps; time
//! passes. Every state that can be reached is visited, by breadth, and in each
//!
//! 1. whatever an environment may sign now is accepted everywhere,
//! 2. every URL that lives is signed by a key in the group,
//! 3. the group and the account are within their limits, and the group is not empty,
//! 4. runs that nothing disturbs end the rotation with one key, which signs.
//!
//! Time is counted in ticks, and each time of the rules is as few of them as can tell it from the others.

mod effects;
mod explore;
mod hash;
mod liveness;
mod memo;
mod state;

use explore::{Config, Found, explore};
use keys::decide::{Guard, Guards};
use state::State;

/// No limit is near.
const ROOMY: Config = Config {
    start: State::SETTLED,
    runs: 1,
    begin: 1,
    foreign_in_group: 0,
    foreign_in_account: 0,
    rotates: true,
    revokes: false,
    brings: true,
    clock: true,
};
/// Two keys fit into the group, and three into the account.
const FULL_GROUP: Config = Config { foreign_in_group: 3, foreign_in_account: 7, ..ROOMY };
/// Two keys fit into the account.
const FULL_ACCOUNT: Config = Config { foreign_in_account: 8, ..ROOMY };
const REVOKES: Config = Config { revokes: true, brings: false, clock: false, ..ROOMY };
const TWO_RUNS: Config = Config { runs: 2, begin: 2, brings: false, clock: false, ..ROOMY };
/// A run that is about to take an old key out of the group, and an owner who brings that key again.
const BRINGS: Config = Config { start: State::ABOUT_TO_RETIRE, runs: 2, rotates: false, clock: false, ..ROOMY };

fn is_full() -> bool {
    std::env::var("VITAE_FULL").is_ok_and(|value| value == "1")
}

/// States of the systems that are not visited as a whole, nearest first.
const SHORT: usize = 300_000;
/// The same under `VITAE_FULL=1`: a gigabyte of them.
const FULL: usize = 4_000_000;

fn holds(name: &str, config: Config, is_small: bool) {
    let started = std::time::Instant::now();
    let most = if is_small || is_full() { FULL } else { SHORT };
    match explore(config, Guards::ALL, most) {
        Ok(counts) => println!("{name}: {counts}, {:.1} s", started.elapsed().as_secs_f64()),
        Err(Found { what, trace }) => panic!("{name}: {what}\n{trace}"),
    }
}

#[test]
fn one_run_after_the_other_keeps_every_url_alive() {
    holds("one run", ROOMY, true);
}

#[test]
fn no_limit_is_passed_where_there_is_little_room() {
    holds("little room in the group", FULL_GROUP, true);
    holds("little room in the account", FULL_ACCOUNT, true);
}

#[test]
fn a_revoked_key_takes_no_other_with_it() {
    holds("revocations", REVOKES, false);
}

#[test]
fn two_runs_at_once_do_no_harm() {
    holds("two runs", TWO_RUNS, false);
    holds("a late run and keys that are brought", BRINGS, true);
}

#[test]
fn each_guard_is_needed() {
    for guard in Guard::ALL {
        let configs = [ROOMY, FULL_GROUP, FULL_ACCOUNT, REVOKES, BRINGS];
        let found = configs.into_iter().find_map(|config| explore(config, Guards::without(guard), 1_000_000).err());
        let Found { what, trace } = found.unwrap_or_else(|| panic!("without {guard:?} nothing breaks"));
        println!("without {guard:?}: {what}, after {} events", trace.lines().count());
    }
}
