//! Memory use after a hundred thousand requests with distinct origins and paths.

use super::{
    EdgeFailure,
    contestant::{Contestant, Ring},
    parameter_store::{Algorithm, ParameterStore},
};
use crate::figure::Figure;

const SCRIPT: &str = "crowd.mjs";
const REQUESTS: usize = 100_000;

/// In millions of bytes; the function has 128.
const GOAL_MB: f64 = 90.0;

/// The script's output, in bytes.
#[derive(serde::Deserialize)]
struct Output {
    rss: f64,
    peak: f64,
}

/// The peer's memory is a separate row, since the goal is not a ratio.
pub(super) fn figures(ring: &Ring) -> Result<Vec<Figure>, EdgeFailure> {
    let store = ParameterStore::start(Algorithm::P256)?;
    let (ours, peer) = (run_crowd(ring, Contestant::Ours, &store)?, run_crowd(ring, Contestant::Peer, &store)?);
    let figure = |name: &str, bytes: f64| Figure::new(name, bytes / 1_000_000.0, "MB", 1);
    Ok(vec![
        figure("RSS after 100,000 requests", ours.rss).at_most(GOAL_MB),
        figure("RSS at most in 100,000 requests", ours.peak),
        figure("RSS after 100,000 requests, peer", peer.rss),
    ])
}

fn run_crowd(ring: &Ring, contestant: Contestant, store: &ParameterStore) -> Result<Output, EdgeFailure> {
    let mut command = ring.command(SCRIPT, contestant, store);
    let output = command.arg(REQUESTS.to_string()).output().map_err(EdgeFailure::io("start Node"))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    // The log writes to stdout too.
    let figures = stdout.lines().find_map(|line| serde_json::from_str(line).ok());
    figures.ok_or_else(|| EdgeFailure::Output {
        who: ring.script(SCRIPT),
        output: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}
