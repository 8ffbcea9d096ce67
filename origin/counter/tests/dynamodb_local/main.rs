//! The counter on DynamoDB Local, with and without faults: no visit is lost, none is counted twice.
//!
//! `cargo vitae test` runs short versions, `cargo vitae test --full` (`VITAE_FULL=1`) those with all counts. What is drawn is
//! drawn from a seed that is printed; `VITAE_SEED` sets it.

#[path = "../requests/mod.rs"]
mod requests;

mod faults;
mod killed;
mod load;
mod page;
mod permissions;
mod regions;
mod tokens;
mod world;

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Trial};
use vitae_testing::namespace;
use world::World;

fn main() -> ExitCode {
    let mut arguments = Arguments::from_args();
    if !arguments.list
        && let Err(failure) = namespace::enter()
    {
        eprintln!("{failure}");
        return ExitCode::FAILURE;
    }
    // One after the other: they share a database and a proxy, and load them as much as they can.
    arguments.test_threads = Some(1);
    let world = Arc::new(World::default());
    let trial = |name: &str, test: fn(&World, &tokio::runtime::Runtime)| {
        let world = Arc::clone(&world);
        Trial::test(name, move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
            test(&world, &runtime);
            Ok(())
        })
    };
    macro_rules! trials {
        ($($area:ident::$name:ident),+ $(,)?) => {
            vec![$(trial(concat!(stringify!($area), "::", stringify!($name)), |world, runtime| {
                runtime.block_on($area::$name(world));
            })),+]
        };
    }
    let trials = trials![
        load::clients_at_once_lose_nothing_in_1_shard,
        load::clients_at_once_lose_nothing_in_8_shards,
        load::clients_at_once_lose_nothing_in_64_shards,
        faults::every_visit_is_counted_once_whatever_happens_to_its_write,
        faults::a_read_that_fails_is_tried_again_and_then_503,
        tokens::a_cancelled_transaction_leaves_its_token_unused,
        tokens::a_conflict_that_outlives_the_request_is_503_and_counted_by_the_next_try,
        tokens::a_retry_across_midnight_counts_on_the_first_day,
        tokens::a_retry_across_a_change_of_shards_counts_in_the_first_shard,
        killed::a_lambda_killed_after_its_write_counts_once,
        killed::a_lambda_killed_while_its_write_is_on_the_way_counts_once,
        killed::a_database_killed_under_load_loses_no_acknowledged_visit,
        permissions::the_role_may_do_what_the_counter_does_and_no_more,
        regions::two_regions_converge_to_the_exact_total,
        regions::one_shared_item_loses_visits,
    ];
    let conclusion = libtest_mimic::run(&arguments, trials);
    // Ends the servers, which `exit` would leave behind.
    drop(world);
    conclusion.exit_code()
}
