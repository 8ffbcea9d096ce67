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
//! 3. the group is not empty, and nothing is asked for that the group or the account has no room for,
//! 4. a key that the owner brought is somewhere, unless it signed or was refused with a reason,
//! 5. runs that nothing disturbs end the rotation with one key, which signs; a key that was brought has signed or was refused.
//!
//! What is not visited to the end, and says "the nearest": two runs of which one revokes, and two runs while keys are brought. What
//! one run does there is visited to the end, and so is what two runs do otherwise, clock included. After a revocation the
//! successor signs before every edge knows it, as the owner is told; its URLs are pardoned until they do.
//!
//! Time is counted in ticks, and each time of the policy is as few of them as can tell it from the others.

mod effects;
mod explore;
mod hash;
mod liveness;
mod memo;
mod state;
mod visited;

use effects::Manner;
use explore::{Config, Found, explore};
use state::State;
use vitae_keys::decide::{Guard, Guards};

/// No limit is near.
const ROOMY: Config = Config {
    start: State::SETTLED,
    runs: 1,
    begin: 1,
    foreign_in_group: 0,
    foreign_in_account: 0,
    rotates: true,
    revokes: 0,
    brings: true,
    clock: true,
    forgets: None,
};
/// Two keys fit into the group, and three into the account.
const FULL_GROUP: Config = Config { foreign_in_group: 3, foreign_in_account: 7, ..ROOMY };
/// Two keys fit into the account.
const FULL_ACCOUNT: Config = Config { foreign_in_account: 8, ..ROOMY };
const REVOKES: Config = Config { revokes: 2, brings: false, clock: false, ..ROOMY };
/// Nothing signs, beside a distribution that asks for what is signed.
const LOST: Config = Config { start: State::LOST, ..ROOMY };
const TWO_RUNS: Config = Config { runs: 2, begin: 2, brings: false, clock: false, ..ROOMY };
const TWO_BRING: Config = Config { brings: true, rotates: false, ..TWO_RUNS };
const TWO_FULL: Config = Config { foreign_in_group: 3, foreign_in_account: 8, ..TWO_RUNS };
const TWO_REVOKE: Config = Config { revokes: 1, rotates: false, ..TWO_RUNS };
const TWO_CLOCKS: Config = Config { clock: true, ..TWO_RUNS };
/// A run that is about to take an old key out of the group, and an owner who brings that key again.
const BRINGS: Config = Config { start: State::ABOUT_TO_RETIRE, runs: 2, rotates: false, clock: false, ..ROOMY };

fn is_full() -> bool {
    std::env::var("VITAE_FULL").is_ok_and(|value| value == "1")
}

/// States of a system that are visited, nearest first.
const SHORT: usize = 300_000;
/// The same under `VITAE_FULL=1`, which is all of them but where two runs meet revocations: half a gigabyte.
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
fn one_run_after_the_other_keeps_every_url_alive() {
    holds("one run", ROOMY);
    holds("without an active key", LOST);
}

#[test]
fn no_limit_is_passed_where_there_is_little_room() {
    holds("little room in the group", FULL_GROUP);
    holds("little room in the account", FULL_ACCOUNT);
    holds("two runs, little room", TWO_FULL);
}

#[test]
fn a_revoked_key_takes_no_other_with_it() {
    holds("revocations", REVOKES);
    holds("two runs, a revocation", TWO_REVOKE);
}

#[test]
fn two_runs_at_once_do_no_harm() {
    holds("two runs, a clock that steps", TWO_CLOCKS);
    holds("two runs, keys that are brought", TWO_BRING);
    holds("a late run, keys that are brought", BRINGS);
}

/// Searches one system after the other for what breaks without something: the nearest states of each, then more of them.
fn breaks(without: &str, configs: &[Config], guards: Guards) {
    let mut searches =
        [30_000, 1_000_000].into_iter().flat_map(|most| configs.iter().map(move |config| (*config, most)));
    let found = searches.find_map(|(config, most)| explore(config, guards, most).err());
    let Found { what, trace } = found.unwrap_or_else(|| panic!("without {without} nothing breaks"));
    let what = what.split(':').next().unwrap_or_default();
    println!("without {without}: {what}, after {} events", trace.lines().count());
}

/// What breaks with one run breaks with two, whose states hold those of one; so two are searched for what one does not break.
#[test]
fn each_guard_is_needed() {
    for guard in Guard::ALL {
        let configs = [LOST, ROOMY, FULL_GROUP, FULL_ACCOUNT, REVOKES, BRINGS, TWO_BRING];
        breaks(&format!("{guard:?}"), &configs, Guards::without(guard));
    }
}

#[test]
fn each_manner_of_calling_is_needed() {
    for manner in Manner::ALL {
        let configs = [TWO_RUNS, TWO_BRING, TWO_CLOCKS].map(|config| Config { forgets: Some(manner), ..config });
        breaks(&format!("{manner:?}"), &configs, Guards::ALL);
    }
}
