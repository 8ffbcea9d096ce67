//! Named links with DynamoDB Local, SES and SNS of ministack, with and without faults: opens and limits are exact, and no
//! message is sent twice.
//!
//! `cargo vitae test` runs short versions, `cargo vitae test --full` (`VITAE_FULL=1`) all iterations. Random numbers come
//! from a seed, which is printed; `VITAE_SEED` sets it.

mod faults;
mod fixture;
mod limits;
mod opens;
mod outbox;
mod proxy;
mod requests;
mod rotation;

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
    // Sequential: the tests share the servers, and put them under full load.
    arguments.test_threads = Some(1);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = Arc::new(runtime.expect("a runtime"));
    let fixture = Arc::new(Fixture::default());
    let trial = |name: &str, test: fn(&Fixture, &tokio::runtime::Runtime)| {
        let (fixture, runtime) = (Arc::clone(&fixture), Arc::clone(&runtime));
        Trial::test(name, move || {
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
        opens::two_hundred_concurrent_opens_are_counted_exactly,
        opens::an_open_with_the_same_token_counts_once,
        opens::a_page_counts_nothing_and_names_owner_and_document,
        opens::a_closed_link_is_410_in_every_format,
        limits::one_address_gets_one_message_however_often_it_asks,
        limits::the_site_sends_its_daily_total_and_no_more,
        limits::a_request_is_202_and_an_invalid_one_400,
        limits::an_opened_link_ends_the_request_and_confirms_the_address,
        outbox::without_mail_the_owner_is_notified,
        outbox::a_rejected_mail_becomes_a_notice,
        outbox::a_mail_whose_response_was_lost_is_not_sent_again,
        outbox::an_expired_request_loses_its_address,
        outbox::a_bounce_suppresses_the_address,
        faults::opens_limits_and_messages_are_exact_whatever_happens,
        rotation::a_key_rotation_refuses_no_open,
    ];
    let conclusion = libtest_mimic::run(&arguments, trials);
    // Stops the servers, which `exit` would leave running.
    drop(fixture);
    conclusion.exit_code()
}
