//! A page that counts its visit.

use vitae_counter::handler::{Handled, Handler};

use crate::requests::post;

/// How often a page would try, at most. A page gives up earlier; here a visit that never comes through fails the test.
const TRIES: usize = 20;

/// Posts a visit until it is counted, with the same key, and tells how often it was told to come back.
pub(crate) async fn visit_until_counted(counter: &Handler, token: &str, now: u64) -> (Handled, usize) {
    for told_to_come_back in 0..TRIES {
        let answer = post(counter, token, now).await;
        match answer.response.status_code {
            200 => return (answer, told_to_come_back),
            503 => assert!(answer.response.headers.contains_key("retry-after")),
            _ => panic!("{answer:?}"),
        }
    }
    panic!("{token} was not counted in {TRIES} tries");
}

/// A key as pages make them: 32 hex digits, drawn from the seed.
pub(crate) fn token(random: &mut fastrand::Rng) -> String {
    format!("{:032x}", random.u128(..))
}
