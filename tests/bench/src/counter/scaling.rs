//! Visits a second, of clients that each have an execution environment of their own, as Lambda gives them.

use std::time::Instant;

use tokio::task::JoinSet;
use vitae_testing::{Function, Program};

use super::{Failure, Pair, counted, visit};
use crate::figure::Figure;
use crate::summary::median;

const CLIENTS: [u32; 3] = [1, 4, 16];
/// Visits of all clients together in one measurement.
const VISITS: u32 = 160;
const RUNS: usize = 3;

pub(crate) async fn figures(pair: &Pair) -> Result<Vec<Figure>, Failure> {
    let mut figures = Vec::new();
    for clients in CLIENTS {
        let (mut ours, mut peer) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            ours.push(visits_a_second("ours", &pair.ours, clients).await?);
            peer.push(visits_a_second("the peer", &pair.peer, clients).await?);
        }
        let plural = if clients == 1 { "" } else { "s" };
        let name = format!("visits a second, {clients} client{plural}");
        figures.push(Figure::new(name, median(&ours), "/s", RUNS).against(median(&peer)));
    }
    Ok(figures)
}

async fn visits_a_second(who: &'static str, program: &Program, clients: u32) -> Result<f64, Failure> {
    let mut functions = Vec::new();
    for _ in 0..clients {
        let function = Function::start(program).await?;
        counted(who, function.invoke(&visit()).await?)?;
        functions.push(function);
    }
    let start = Instant::now();
    let mut all = JoinSet::new();
    for function in functions {
        all.spawn(async move {
            for _ in 0..VISITS / clients {
                counted(who, function.invoke(&visit()).await?)?;
            }
            // It ends with the others, not while they are measured.
            Ok::<_, Failure>(function)
        });
    }
    let mut done = Vec::new();
    while let Some(client) = all.join_next().await {
        done.push(client.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?);
    }
    Ok(f64::from(VISITS) / start.elapsed().as_secs_f64())
}
