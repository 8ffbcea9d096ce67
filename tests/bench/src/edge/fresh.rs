//! Fresh processes, up to their first link: Node starts, the module loads, Parameter Store answers, a link is minted.

use std::{
    io::{BufRead as _, BufReader},
    process::Command,
    time::Instant,
};

use serde::Deserialize;

use super::{
    EdgeFailure,
    contestant::{Contestant, Ring},
    parameter_store::{Algorithm, ParameterStore},
    quota::Quota,
};
use crate::{
    figure::Figure,
    summary::{median, quantile},
};

const LINK: &str = "fresh.mjs";
const GET_PARAMETERS: &str = "get_parameters.mjs";
const RUNS: usize = 30;
const RUNS_UNDER_QUOTA: usize = 20;

/// Of the peer's time to the first link.
const GOAL: f64 = 0.5;

/// What a script says.
#[derive(Deserialize)]
struct Said {
    /// How long it took what it is about, in milliseconds: the first request, or asking Parameter Store.
    first_ms: f64,
}

#[derive(Default)]
struct Measured {
    cold_ms: Vec<f64>,
    first_ms: Vec<f64>,
}

/// Cold starts, ours and the peer's in turns; with the key that new stacks make. And what decided how Parameter Store is
/// asked: the same question by the AWS SDK's client.
pub(super) fn figures(ring: &Ring, quota: Option<&Quota>) -> Result<Vec<Figure>, EdgeFailure> {
    let store = ParameterStore::start(Algorithm::P256)?;
    let runs = if quota.is_some() { RUNS_UNDER_QUOTA } else { RUNS };
    let turns = |script| -> Result<[Measured; 2], EdgeFailure> {
        let mut both = [Measured::default(), Measured::default()];
        for _ in 0..runs {
            for (contestant, measured) in [Contestant::Ours, Contestant::Peer].into_iter().zip(&mut both) {
                let (cold_ms, first_ms) = once(ring, script, ring.command(script, contestant, &store), quota)?;
                measured.cold_ms.push(cold_ms);
                measured.first_ms.push(first_ms);
            }
        }
        Ok(both)
    };
    let under = if quota.is_some() { ", under 1/14 of a processor" } else { "" };
    let pair = |what: &str, [ours, peer]: [&[f64]; 2]| {
        let figure = |suffix: &str, of: &dyn Fn(&[f64]) -> f64| {
            Figure::new(format!("{what}{under}{suffix}"), of(ours), "ms", runs).against(of(peer))
        };
        [figure("", &median), figure(", p99", &|measured| quantile(measured, 0.99))]
    };
    let [ours, peer] = turns(LINK)?;
    let [cold, cold_p99] = pair("cold start to the first link", [&ours.cold_ms, &peer.cold_ms]);
    let first = pair("first request", [&ours.first_ms, &peer.first_ms]);
    let [ours, peer] = turns(GET_PARAMETERS)?;
    let asked = pair("Parameter Store asked, by a client just loaded", [&ours.first_ms, &peer.first_ms]);
    Ok([cold.at_most(GOAL), cold_p99].into_iter().chain(first).chain(asked).collect())
}

/// From the start of the process to its word that it is done, in milliseconds; and the time in that word.
fn once(ring: &Ring, script: &str, command: Command, quota: Option<&Quota>) -> Result<(f64, f64), EdgeFailure> {
    let started = Instant::now();
    let mut child = Quota::spawn(quota, command)?;
    let mut line = String::new();
    let stdout = child.stdout().ok_or(EdgeFailure::Said { who: ring.script(script), said: String::new() })?;
    let mut lines = BufReader::new(stdout);
    // Lines of the log come before.
    while lines.read_line(&mut line).map_err(EdgeFailure::io("read from Node"))? > 0 && !line.contains("first_ms") {
        line.clear();
    }
    let cold_ms = started.elapsed().as_secs_f64() * 1000.0;
    child.end();
    let said: Said = serde_json::from_str(&line)
        .map_err(|_| EdgeFailure::Said { who: ring.script(script), said: line.trim().to_owned() })?;
    Ok((cold_ms, said.first_ms))
}
