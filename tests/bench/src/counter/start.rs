//! From the start of the process to its first answer, which is what the first visitor waits for.

use std::time::Instant;

use vitae_testing::{Function, Program};

use super::{Failure, Pair, counted, visit};
use crate::figure::Figure;
use crate::summary::median;

const RUNS: usize = 15;

/// The most that ours may take, as a share of the peer's.
const GOAL: f64 = 0.1;

pub(crate) async fn figures(pair: &Pair) -> Result<Vec<Figure>, Failure> {
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    // The first of each finds cold files, and a cold DynamoDB Local.
    for run in 0..=RUNS {
        let (one, other) = (first_answer_ms("ours", &pair.ours).await?, first_answer_ms("the peer", &pair.peer).await?);
        if run > 0 {
            ours.push(one);
            peer.push(other);
        }
    }
    let figure = Figure::new("start to first answer", median(&ours), "ms", RUNS);
    Ok(vec![figure.against(median(&peer)).at_most(GOAL)])
}

async fn first_answer_ms(who: &'static str, program: &Program) -> Result<f64, Failure> {
    let start = Instant::now();
    let function = Function::start(program).await?;
    let answer = function.invoke(&visit()).await?;
    let took = start.elapsed();
    counted(who, answer)?;
    Ok(took.as_secs_f64() * 1e3)
}
