//! A model check: `decide` in every reachable state of a small system.
//!
//! The system: a key group and the public keys behind it, `signer/active`, `signer/pending`, `signer/next` and
//! `signer/state`, a distribution, an environment of the edge with a cache of any age, the URLs that it signed, one
//! or two concurrent runs of the function, and the function's clock. Any event may happen at any time: a run reads or acts,
//! or ends between any two calls, or after a call whose response is lost; an environment reads the active key; the owner
//! supplies a valid, invalid or old key, requests a rotation, or revokes a key; CloudFront propagates a change; the clock
//! steps; time passes. Every reachable state is visited, breadth first, and in each
//!
//! 1. whatever an environment may sign now is accepted by every edge,
//! 2. every valid URL is signed by a key in the group,
//! 3. the group is not empty, and no call exceeds the quota of the group or the account,
//! 4. a key that the owner supplied is stored, unless it became active or was rejected with a reason,
//! 5. undisturbed runs end the rotation with one active key; a supplied key has become active or was rejected.
//!
//! Two systems are not visited completely and report "the nearest": two runs of which one revokes, and two runs while keys
//! are supplied. A single run is visited completely in both, and so are two runs otherwise, clock included. After a
//! revocation the successor signs before every edge knows it, as documented; its URLs may be rejected until then.
//!
//! Time is counted in ticks. Each time of the policy is the fewest ticks that distinguish it from the others.

mod effects;
mod explore;
mod hash;
mod liveness;
mod memo;
mod state;
mod visited;

use effects::CallProperty;
use explore::{Config, Found, explore};
use state::State;
use vitae_keys::decide::{Guard, Guards};

/// No quota is nearly exhausted.
const ROOMY: Config = Config {
    start: State::SETTLED,
    runs: 1,
    begin: 1,
    foreign_in_group: 0,
    foreign_in_account: 0,
    rotates: true,
    revokes: 0,
    supplies: true,
    clock: true,
    forgets: None,
};
/// Two keys fit into the group, and three into the account.
const FULL_GROUP: Config = Config { foreign_in_group: 3, foreign_in_account: 7, ..ROOMY };
/// Two keys fit into the account.
const FULL_ACCOUNT: Config = Config { foreign_in_account: 8, ..ROOMY };
const REVOKES: Config = Config { revokes: 2, supplies: false, clock: false, ..ROOMY };
/// There is no active key, although a distribution exists.
const LOST: Config = Config { start: State::LOST, ..ROOMY };
const TWO_RUNS: Config = Config { runs: 2, begin: 2, supplies: false, clock: false, ..ROOMY };
const TWO_SUPPLY: Config = Config { supplies: true, rotates: false, ..TWO_RUNS };
const TWO_FULL: Config = Config { foreign_in_group: 3, foreign_in_account: 8, ..TWO_RUNS };
const TWO_REVOKE: Config = Config { revokes: 1, rotates: false, ..TWO_RUNS };
const TWO_CLOCKS: Config = Config { clock: true, ..TWO_RUNS };
/// A run is about to remove a retiring key from the group, and the owner supplies that key again.
const SUPPLIES: Config = Config { start: State::ABOUT_TO_RETIRE, runs: 2, rotates: false, clock: false, ..ROOMY };

fn is_full() -> bool {
    std::env::var("VITAE_FULL").is_ok_and(|value| value == "1")
}

/// The most states that are visited, nearest first.
const SHORT: usize = 300_000;
/// The same with `VITAE_FULL=1`: all states except of two runs with revocations. It takes half a gigabyte.
const FULL: usize = 20_000_000;

fn holds(name: &str, config: Config) {
    let started = std::time::Instant::now();
    let most = if is_full() { FULL } else { SHORT };
    match explore(config, Guards::ALL, most) {
        Ok(counts) => println!("{name}: {counts}, {:.1} s", started.elapsed().as_secs_f64()),
        Err(Found { what, trace }) => panic!("{name}: {what}\n{trace}"),
    }
}

#[test]
fn sequential_runs_keep_every_url_valid() {
    holds("one run", ROOMY);
    holds("without an active key", LOST);
}

#[test]
fn no_quota_is_exceeded() {
    holds("almost full group", FULL_GROUP);
    holds("almost full account", FULL_ACCOUNT);
    holds("two runs, almost full", TWO_FULL);
}

#[test]
fn a_revocation_affects_no_other_key() {
    holds("revocations", REVOKES);
    holds("two runs, a revocation", TWO_REVOKE);
}

#[test]
fn concurrent_runs_keep_every_url_valid() {
    holds("two runs, a clock that steps", TWO_CLOCKS);
    holds("two runs, supplied keys", TWO_SUPPLY);
    holds("a delayed run, supplied keys", SUPPLIES);
}

/// Searches the systems for a violated property: the nearest states of each, then more of them.
fn breaks(without: &str, configs: &[Config], guards: Guards) {
    let mut searches =
        [30_000, 1_000_000].into_iter().flat_map(|most| configs.iter().map(move |config| (*config, most)));
    let found = searches.find_map(|(config, most)| explore(config, guards, most).err());
    let Found { what, trace } = found.unwrap_or_else(|| panic!("without {without} no property is violated"));
    let what = what.split(':').next().unwrap_or_default();
    println!("without {without}: {what}, after {} events", trace.lines().count());
}

/// The states of two runs include those of one, so two are searched only for what one run does not break.
#[test]
fn each_guard_is_necessary() {
    for guard in Guard::ALL {
        let configs = [LOST, ROOMY, FULL_GROUP, FULL_ACCOUNT, REVOKES, SUPPLIES, TWO_SUPPLY];
        breaks(&format!("{guard:?}"), &configs, Guards::without(guard));
    }
}

#[test]
fn each_property_of_calls_is_necessary() {
    for property in CallProperty::ALL {
        let configs = [TWO_RUNS, TWO_SUPPLY, TWO_CLOCKS].map(|config| Config { forgets: Some(property), ..config });
        breaks(&format!("{property:?}"), &configs, Guards::ALL);
    }
}
