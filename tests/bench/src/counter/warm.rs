//! What a call takes from a function that has served many.

use vitae_testing::Function;

use super::{Failure, Pair, counted, process, visit};
use crate::figure::Figure;
use crate::summary::median;

/// Calls before anything is measured, and in one measurement.
const WARM_UP: u32 = 50;
const CALLS: u32 = 50;
const RUNS: usize = 9;

/// The most that ours may take, as a share of the peer's.
const PROCESSOR_GOAL: f64 = 0.2;
const MEMORY_GOAL: f64 = 0.3;

pub(crate) async fn figures(pair: &Pair) -> Result<Vec<Figure>, Failure> {
    let (ours, peer) = (Function::start(&pair.ours).await?, Function::start(&pair.peer).await?);
    calls("ours", &ours, WARM_UP).await?;
    calls("the peer", &peer, WARM_UP).await?;
    let (mut ours_ms, mut peer_ms) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        ours_ms.push(processor_ms("ours", &ours).await?);
        peer_ms.push(processor_ms("the peer", &peer).await?);
    }
    let processor = Figure::new("processor time of a warm call", median(&ours_ms), "ms", RUNS);
    let memory = Figure::new("peak memory", process::peak_memory_mb(ours.id())?, "MB", 1);
    Ok(vec![
        processor.against(median(&peer_ms)).at_most(PROCESSOR_GOAL),
        memory.against(process::peak_memory_mb(peer.id())?).at_most(MEMORY_GOAL),
    ])
}

async fn processor_ms(who: &'static str, function: &Function) -> Result<f64, Failure> {
    let before = process::processor_s(function.id())?;
    calls(who, function, CALLS).await?;
    let spent = process::processor_s(function.id())? - before;
    Ok(spent * 1e3 / f64::from(CALLS))
}

async fn calls(who: &'static str, function: &Function, calls: u32) -> Result<(), Failure> {
    for _ in 0..calls {
        counted(who, function.invoke(&visit()).await?)?;
    }
    Ok(())
}
