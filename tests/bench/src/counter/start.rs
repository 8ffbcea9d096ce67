//! The time from the start of the process to its first response: the first visitor's wait.

use std::time::Instant;

use vitae_testing::{Function, Program};

use super::{Error, Pair, expect_counted, visit};
use crate::figure::Figure;
use crate::summary::median;

const RUNS: usize = 15;

/// Our largest share of the peer's time.
const GOAL: f64 = 0.1;

pub(crate) async fn figures(pair: &Pair) -> Result<Vec<Figure>, Error> {
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    // The first run of each has cold files and a cold DynamoDB Local.
    for run in 0..=RUNS {
        let (one, other) =
            (first_response_ms("ours", &pair.ours).await?, first_response_ms("the peer", &pair.peer).await?);
        if run > 0 {
            ours.push(one);
            peer.push(other);
        }
    }
    let figure = Figure::new("start to first response", median(&ours), "ms", RUNS);
    Ok(vec![figure.against(median(&peer)).at_most(GOAL)])
}

async fn first_response_ms(who: &'static str, program: &Program) -> Result<f64, Error> {
    let start = Instant::now();
    let function = Function::start(program).await?;
    let response = function.invoke(&visit()).await?;
    let duration = start.elapsed();
    expect_counted(who, response)?;
    Ok(duration.as_secs_f64() * 1e3)
}
