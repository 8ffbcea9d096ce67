//! Cold starts, up to the first link: Node starts, the module loads, Parameter Store responds, a link is signed.

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

/// As a share of the peer's time to the first link.
const GOAL: f64 = 0.5;

/// A script's output.
#[derive(Deserialize)]
struct Output {
    /// The duration of the first request or of the call to Parameter Store, in milliseconds.
    first_ms: f64,
}

#[derive(Default)]
struct Measured {
    cold_ms: Vec<f64>,
    first_ms: Vec<f64>,
}

/// Cold starts of both in turn, with the key of new stacks; and the call to Parameter Store, compared with the AWS SDK's
/// client.
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
    let call = pair("call to Parameter Store, client just loaded", [&ours.first_ms, &peer.first_ms]);
    Ok([cold.at_most(GOAL), cold_p99].into_iter().chain(first).chain(call).collect())
}

/// The time from the start of the process to its output, and the time in that output; both in milliseconds.
fn once(ring: &Ring, script: &str, command: Command, quota: Option<&Quota>) -> Result<(f64, f64), EdgeFailure> {
    let started = Instant::now();
    let mut child = Quota::spawn(quota, command)?;
    let mut line = String::new();
    let stdout = child.stdout().ok_or(EdgeFailure::Output { who: ring.script(script), output: String::new() })?;
    let mut lines = BufReader::new(stdout);
    // Log lines come first.
    while lines.read_line(&mut line).map_err(EdgeFailure::io("read from Node"))? > 0 && !line.contains("first_ms") {
        line.clear();
    }
    let cold_ms = started.elapsed().as_secs_f64() * 1000.0;
    child.end();
    let output: Output = serde_json::from_str(&line)
        .map_err(|_| EdgeFailure::Output { who: ring.script(script), output: line.trim().to_owned() })?;
    Ok((cold_ms, output.first_ms))
}
