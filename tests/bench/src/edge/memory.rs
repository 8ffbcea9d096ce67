//! What a hundred thousand visitors leave behind, all from other places and for other paths.

use super::{
    EdgeFailure,
    contestant::{Contestant, Ring},
    parameter_store::{Algorithm, ParameterStore},
};
use crate::figure::Figure;

const SCRIPT: &str = "crowd.mjs";
const REQUESTS: usize = 100_000;

/// In millions of bytes, of the 128 that the function has.
const GOAL_MB: f64 = 90.0;

/// What the script says at its end, in bytes.
#[derive(serde::Deserialize)]
struct Said {
    rss: f64,
    peak: f64,
}

/// The peer's memory is told in a line of its own: the goal is not a ratio.
pub(super) fn figures(ring: &Ring) -> Result<Vec<Figure>, EdgeFailure> {
    let store = ParameterStore::start(Algorithm::P256)?;
    let (ours, peer) = (crowd(ring, Contestant::Ours, &store)?, crowd(ring, Contestant::Peer, &store)?);
    let figure = |name: &str, bytes: f64| Figure::new(name, bytes / 1_000_000.0, "MB", 1);
    Ok(vec![
        figure("RSS after 100,000 requests", ours.rss).at_most(GOAL_MB),
        figure("RSS at most in 100,000 requests", ours.peak),
        figure("RSS after 100,000 requests, peer", peer.rss),
    ])
}

fn crowd(ring: &Ring, contestant: Contestant, store: &ParameterStore) -> Result<Said, EdgeFailure> {
    let mut command = ring.command(SCRIPT, contestant, store);
    let output = command.arg(REQUESTS.to_string()).output().map_err(EdgeFailure::io("start Node"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    // Between lines of the log.
    let figures = said.lines().find_map(|line| serde_json::from_str(line).ok());
    figures.ok_or_else(|| EdgeFailure::Said {
        who: ring.script(SCRIPT),
        said: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}
