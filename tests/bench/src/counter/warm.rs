//! Processor time and memory of a warm function.

use vitae_testing::Function;

use super::{Error, Pair, expect_counted, process, visit};
use crate::figure::Figure;
use crate::summary::median;

/// The number of calls before measuring, and in one measurement.
const WARM_UP: u32 = 50;
const CALLS: u32 = 50;
const RUNS: usize = 9;

/// Our calls to DynamoDB for a visit: the transaction and the read of the total. The peer makes one.
const OUR_CALLS: f64 = 2.0;

/// Our largest shares of the peer's.
const PROCESSOR_GOAL: f64 = 0.25;
const MEMORY_GOAL: f64 = 0.3;

pub(crate) async fn figures(pair: &Pair) -> Result<Vec<Figure>, Error> {
    let (ours, peer) = (Function::start(&pair.ours).await?, Function::start(&pair.peer).await?);
    calls("ours", &ours, WARM_UP).await?;
    calls("the peer", &peer, WARM_UP).await?;
    let (mut ours_ms, mut peer_ms) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        ours_ms.push(processor_ms("ours", &ours).await?);
        peer_ms.push(processor_ms("the peer", &peer).await?);
    }
    let (ours_ms, peer_ms) = (median(&ours_ms), median(&peer_ms));
    let processor = Figure::new("processor time of a warm call", ours_ms, "ms", RUNS);
    let per_call =
        Figure::new("processor time per call to DynamoDB (ours: 2, peer: 1)", ours_ms / OUR_CALLS, "ms", RUNS);
    let memory = Figure::new("peak memory", process::peak_memory_mb(ours.id())?, "MB", 1);
    Ok(vec![
        processor.against(peer_ms).at_most(PROCESSOR_GOAL),
        per_call.against(peer_ms),
        memory.against(process::peak_memory_mb(peer.id())?).at_most(MEMORY_GOAL),
    ])
}

async fn processor_ms(who: &'static str, function: &Function) -> Result<f64, Error> {
    let before = process::processor_s(function.id())?;
    calls(who, function, CALLS).await?;
    let duration = process::processor_s(function.id())? - before;
    Ok(duration * 1e3 / f64::from(CALLS))
}

async fn calls(who: &'static str, function: &Function, calls: u32) -> Result<(), Error> {
    for _ in 0..calls {
        expect_counted(who, function.invoke(&visit()).await?)?;
    }
    Ok(())
}
