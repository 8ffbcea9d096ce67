//! The counter with DynamoDB Local, with and without faults: no visit is lost and none is counted twice.
//!
//! `cargo vitae test` runs short versions, `cargo vitae test --full` (`VITAE_FULL=1`) all iterations. Random numbers come
//! from a seed, which is printed; `VITAE_SEED` sets it.

#[path = "../requests/mod.rs"]
mod requests;

mod faults;
mod fixture;
mod killed;
mod load;
mod page;
mod permissions;
mod regions;
mod tokens;

use std::process::ExitCode;
use std::sync::Arc;

use fixture::Fixture;
use libtest_mimic::{Arguments, Trial};
use vitae_testing::namespace;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    if !arguments.list
        && let Err(failure) = namespace::enter()
    {
        eprintln!("{failure}");
        return ExitCode::FAILURE;
    }
    // Sequential: the tests share a database and a proxy, and put both under full load.
    arguments.test_threads = Some(1);
    let fixture = Arc::new(Fixture::default());
    let trial = |name: &str, test: fn(&Fixture, &tokio::runtime::Runtime)| {
        let fixture = Arc::clone(&fixture);
        Trial::test(name, move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
            test(&fixture, &runtime);
            Ok(())
        })
    };
    macro_rules! trials {
        ($($area:ident::$name:ident),+ $(,)?) => {
            vec![$(trial(concat!(stringify!($area), "::", stringify!($name)), |fixture, runtime| {
                runtime.block_on($area::$name(fixture));
            })),+]
        };
    }
    let trials = trials![
        load::concurrent_clients_lose_nothing_in_1_shard,
        load::concurrent_clients_lose_nothing_in_8_shards,
        load::concurrent_clients_lose_nothing_in_64_shards,
        faults::every_visit_is_counted_once_whatever_happens_to_its_write,
        faults::a_failing_read_is_retried_and_then_503,
        tokens::a_cancelled_transaction_leaves_its_token_unused,
        tokens::a_conflict_until_the_deadline_is_503_and_counted_by_the_next_attempt,
        tokens::a_retry_across_midnight_counts_on_the_first_day,
        tokens::a_retry_across_a_change_of_shards_counts_in_the_first_shard,
        killed::a_lambda_killed_after_its_write_counts_once,
        killed::a_lambda_killed_while_its_write_is_in_flight_counts_once,
        killed::a_database_killed_under_load_loses_no_acknowledged_visit,
        permissions::the_role_permits_the_counters_calls_and_no_others,
        regions::two_regions_converge_to_the_exact_total,
        regions::one_shared_item_loses_visits,
    ];
    let conclusion = libtest_mimic::run(&arguments, trials);
    // Stops the servers, which `exit` would leave running.
    drop(fixture);
    conclusion.exit_code()
}
