//! A page that retries until its visit is counted.

use vitae_counter::handler::{Handler, HandlerOutput};

use crate::requests::post;

/// The most attempts of a visit. A page makes fewer; here a visit that is never counted fails the test.
const ATTEMPTS: usize = 20;

/// Posts a visit with the same key until it is counted, and returns the number of 503 responses before.
pub(crate) async fn visit_until_counted(counter: &Handler, token: &str, now: u64) -> (HandlerOutput, usize) {
    for retries in 0..ATTEMPTS {
        let output = post(counter, token, now).await;
        match output.response.status_code {
            200 => return (output, retries),
            503 => assert!(output.response.headers.contains_key("retry-after")),
            _ => panic!("{output:?}"),
        }
    }
    panic!("{token} was not counted in {ATTEMPTS} attempts");
}

/// A random key of 32 hexadecimal digits.
pub(crate) fn token(random: &mut fastrand::Rng) -> String {
    format!("{:032x}", random.u128(..))
}
