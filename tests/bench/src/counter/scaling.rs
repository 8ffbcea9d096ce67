//! Visits per second, with one execution environment per client, as in Lambda.

use std::time::Instant;

use tokio::task::JoinSet;
use vitae_testing::{Function, Program};

use super::{Error, Pair, expect_counted, visit};
use crate::figure::Figure;
use crate::summary::median;

const CLIENTS: [u32; 3] = [1, 4, 16];
/// The numbers of shards that are compared with each other, at the most clients.
const SHARDS: [u32; 3] = [1, 2, 8];
/// Visits of all clients together in one measurement.
const VISITS: u32 = 160;
const RUNS: usize = 3;

pub(crate) async fn figures(pair: &Pair) -> Result<Vec<Figure>, Error> {
    let mut figures = Vec::new();
    for clients in CLIENTS {
        let (mut ours, mut peer) = (Vec::new(), Vec::new());
        for _ in 0..RUNS {
            ours.push(visits_per_second("ours", &pair.ours, clients).await?);
            peer.push(visits_per_second("the peer", &pair.peer, clients).await?);
        }
        let plural = if clients == 1 { "" } else { "s" };
        let name = format!("visits per second, {clients} client{plural}");
        figures.push(Figure::new(name, median(&ours), "/s", RUNS).against(median(&peer)));
    }
    for shards in SHARDS {
        let ours = with_shards(&pair.ours, shards);
        let mut rates = Vec::new();
        for _ in 0..RUNS {
            rates.push(visits_per_second("ours", &ours, CLIENTS[2]).await?);
        }
        let name = format!("visits per second, {} clients, {shards} shards", CLIENTS[2]);
        figures.push(Figure::new(name, median(&rates), "/s", RUNS));
    }
    Ok(figures)
}

/// The program with its writes spread over this many items, in a table of which no environment ever used more.
fn with_shards(program: &Program, shards: u32) -> Program {
    let variables = vec![("TABLE_NAME", format!("shards-{shards}")), ("SHARDS", shards.to_string())];
    Program { variables, ..program.clone() }
}

async fn visits_per_second(who: &'static str, program: &Program, clients: u32) -> Result<f64, Error> {
    let mut functions = Vec::new();
    for _ in 0..clients {
        let function = Function::start(program).await?;
        expect_counted(who, function.invoke(&visit()).await?)?;
        functions.push(function);
    }
    let start = Instant::now();
    let mut all = JoinSet::new();
    for function in functions {
        all.spawn(async move {
            for _ in 0..VISITS / clients {
                expect_counted(who, function.invoke(&visit()).await?)?;
            }
            // Returned so that it is not stopped while others are measured.
            Ok::<_, Error>(function)
        });
    }
    let mut done = Vec::new();
    while let Some(client) = all.join_next().await {
        done.push(client.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))?);
    }
    Ok(f64::from(VISITS) / start.elapsed().as_secs_f64())
}
