//! Environments that are warm: two processes that answer in turns, some hundred requests each time.

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
/// The first rounds are for the compilers.
const WARM_UP: usize = 20;

/// What is asked: the script's word for it, its name in a figure, how often a round, and the most that the ratio may be.
struct Question {
    word: &'static str,
    name: &'static str,
    requests: usize,
    goal: Option<f64>,
}

const MINTS: [Question; 3] = [
    Question { word: "signed", name: "mint, window signed", requests: 100, goal: Some(0.1) },
    Question {
        word: "unheard",
        name: "mint, window signed, by a question not heard before",
        requests: 100,
        goal: None,
    },
    Question { word: "unsigned", name: "mint, window new", requests: 10, goal: None },
];
const PREFLIGHTS: [Question; 2] = [
    Question { word: "preflight", name: "preflight", requests: 100, goal: Some(1.5) },
    Question { word: "unheard-preflight", name: "preflight, not heard before", requests: 100, goal: None },
];

/// All figures with a key of this kind; preflights, which no key matters to, with one of them.
pub(super) fn figures(ring: &Ring, algorithm: Algorithm) -> Result<Vec<Figure>, EdgeFailure> {
    let store = ParameterStore::start(algorithm)?;
    let mut ours = Rounds::start(ring, Contestant::Ours, &store)?;
    let mut peer = Rounds::start(ring, Contestant::Peer, &store)?;
    let preflights: &[Question] = if algorithm == Algorithm::P256 { &PREFLIGHTS } else { &[] };
    let mut figures = Vec::new();
    for (question, suffix) in MINTS
        .iter()
        .map(|mint| (mint, format!(", {}", algorithm.name())))
        .chain(preflights.iter().map(|p| (p, String::new())))
    {
        let (mut of_ours, mut of_peer) = (Vec::new(), Vec::new());
        for round in 0..WARM_UP + ROUNDS {
            let (our_round, peer_round) = (ours.ask(question)?, peer.ask(question)?);
            if round >= WARM_UP {
                of_ours.extend(our_round);
                of_peer.extend(peer_round);
            }
        }
        let figure = |what: &str, of: &dyn Fn(&[f64]) -> f64| {
            let name = format!("{}{suffix}{what}", question.name);
            Figure::new(name, of(&of_ours), "us", of_ours.len()).against(of(&of_peer))
        };
        let middle = figure("", &median);
        figures.push(match question.goal {
            Some(goal) => middle.at_most(goal),
            None => middle,
        });
        figures.push(figure(", p99", &|measured| quantile(measured, 0.99)));
    }
    Ok(figures)
}

/// A process that answers rounds.
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
            streams.ok_or_else(|| EdgeFailure::Said { who: ring.script(SCRIPT), said: String::new() })?;
        Ok(Self { child, stdin, stdout: BufReader::new(stdout) })
    }

    /// One round: how long each request took, in microseconds.
    fn ask(&mut self, question: &Question) -> Result<Vec<f64>, EdgeFailure> {
        writeln!(self.stdin, "{} {}", question.word, question.requests).map_err(EdgeFailure::io("ask Node"))?;
        let mut line = String::new();
        // A line of the log may come before.
        while self.stdout.read_line(&mut line).map_err(EdgeFailure::io("hear Node"))? > 0 && !line.starts_with('[') {
            line.clear();
        }
        serde_json::from_str(&line).map_err(|_| EdgeFailure::Said { who: SCRIPT.into(), said: line.trim().to_owned() })
    }
}

impl Drop for Rounds {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
