//! Warm environments: two processes that handle rounds of some hundred requests in turn.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Stdio},
};

use super::{
    EdgeFailure,
    contestant::{Contestant, Ring},
    parameter_store::{Algorithm, ParameterStore},
};
use crate::{
    figure::Figure,
    summary::{median, quantile},
};

const SCRIPT: &str = "rounds.mjs";
const ROUNDS: usize = 60;
/// The first rounds let the compilers finish.
const WARM_UP: usize = 20;

/// A kind of request: its name in the script and in a figure, how many a round has, and the highest ratio of the goal, for each
/// algorithm.
struct RequestKind {
    script_name: &'static str,
    name: &'static str,
    requests: usize,
    p256_goal: f64,
    rsa_goal: f64,
}

impl RequestKind {
    const fn goal(&self, algorithm: Algorithm) -> f64 {
        match algorithm {
            Algorithm::P256 => self.p256_goal,
            Algorithm::Rsa => self.rsa_goal,
        }
    }
}

const LINKS: [RequestKind; 2] = [
    RequestKind { script_name: "signed", name: "link, window signed", requests: 100, p256_goal: 0.5, rsa_goal: 0.5 },
    RequestKind { script_name: "unsigned", name: "link, new window", requests: 10, p256_goal: 1.0, rsa_goal: 1.2 },
];
const PREFLIGHTS: [RequestKind; 1] =
    [RequestKind { script_name: "preflight", name: "preflight", requests: 100, p256_goal: 1.5, rsa_goal: 1.5 }];

/// The figures with a key of this algorithm. Preflights, which need no key, are measured once.
pub(super) fn figures(ring: &Ring, algorithm: Algorithm) -> Result<Vec<Figure>, EdgeFailure> {
    let store = ParameterStore::start(algorithm)?;
    let mut ours = Rounds::start(ring, Contestant::Ours, &store)?;
    let mut peer = Rounds::start(ring, Contestant::Peer, &store)?;
    let preflights: &[RequestKind] = if algorithm == Algorithm::P256 { &PREFLIGHTS } else { &[] };
    let mut figures = Vec::new();
    for (kind, suffix) in LINKS
        .iter()
        .map(|mint| (mint, format!(", {}", algorithm.name())))
        .chain(preflights.iter().map(|p| (p, String::new())))
    {
        let (mut of_ours, mut of_peer) = (Vec::new(), Vec::new());
        for round in 0..WARM_UP + ROUNDS {
            let (our_round, peer_round) = (ours.run(kind)?, peer.run(kind)?);
            if round >= WARM_UP {
                of_ours.extend(our_round);
                of_peer.extend(peer_round);
            }
        }
        let figure = |what: &str, of: &dyn Fn(&[f64]) -> f64| {
            let name = format!("{}{suffix}{what}", kind.name);
            Figure::new(name, of(&of_ours), "us", of_ours.len()).against(of(&of_peer))
        };
        figures.push(figure("", &median).at_most(kind.goal(algorithm)));
        figures.push(figure(", p99", &|measured| quantile(measured, 0.99)));
    }
    Ok(figures)
}

/// A process that handles rounds.
struct Rounds {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Rounds {
    fn start(ring: &Ring, contestant: Contestant, store: &ParameterStore) -> Result<Self, EdgeFailure> {
        let mut command = ring.command(SCRIPT, contestant, store);
        let mut child = command.stdin(Stdio::piped()).spawn().map_err(EdgeFailure::io("start Node"))?;
        let streams = child.stdin.take().zip(child.stdout.take());
        let (stdin, stdout) =
            streams.ok_or_else(|| EdgeFailure::Output { who: ring.script(SCRIPT), output: String::new() })?;
        Ok(Self { child, stdin, stdout: BufReader::new(stdout) })
    }

    /// One round: the duration of each request, in microseconds.
    fn run(&mut self, kind: &RequestKind) -> Result<Vec<f64>, EdgeFailure> {
        writeln!(self.stdin, "{} {}", kind.script_name, kind.requests).map_err(EdgeFailure::io("write to Node"))?;
        let mut line = String::new();
        // A log line may come first.
        while self.stdout.read_line(&mut line).map_err(EdgeFailure::io("read from Node"))? > 0 && !line.starts_with('[')
        {
            line.clear();
        }
        serde_json::from_str(&line)
            .map_err(|_| EdgeFailure::Output { who: SCRIPT.into(), output: line.trim().to_owned() })
    }
}

impl Drop for Rounds {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
