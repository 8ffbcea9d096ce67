//! `cargo vitae dev`: time to start, time from saving a file to serving it, throughput, memory.
//!
//! The benchmark runs the command as a developer types it, on a copy of the checkout, and edits files there while a
//! client listens for reloads. The load generator is h2load, on the same processor.

mod checkout;
mod load;
mod process;
mod viewer;

use std::{path::PathBuf, time::Duration};

use self::{checkout::Checkout, process::Dev};
use crate::{figure::Figure, report::Report, summary::median};

/// The number of measured starts. One start before them builds and is not measured.
const STARTS: usize = 5;
/// The goal for a start, until the first page is served, in seconds.
const START_GOAL_S: f64 = 3.0;
/// The number of edits of the page.
const SITE_EDITS: usize = 9;
/// The goal for an edit, until the page is served, in seconds.
const SITE_GOAL_S: f64 = 0.3;
/// The number of edits of each Rust file.
const RUST_EDITS: usize = 3;
/// The goal for an edit of the edge function, until it is served, in seconds.
const HANDLER_GOAL_S: f64 = 5.0;
/// The number of runs of the load generator.
const LOADS: usize = 3;
/// The goal for a cached page, in milliseconds: 2,000 a second.
const PAGE_GOAL_MS: f64 = 0.5;

/// Why the benchmark failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// An I/O error of a file, a process or a connection.
    #[error("{what}: {source}")]
    Io {
        /// What failed.
        what: String,
        /// The error.
        source: std::io::Error,
    },
    /// `cargo vitae dev` did not become ready.
    #[error("`cargo vitae dev` did not start; see {}", log.display())]
    NotReady {
        /// Its log.
        log: PathBuf,
    },
    /// The text to edit is not in its file.
    #[error("{} does not contain {text:?}, which the benchmark edits", path.display())]
    NoText {
        /// The file.
        path: PathBuf,
        /// The text.
        text: &'static str,
    },
    /// The response does not contain the edit.
    #[error("{path} is served without {expected:?}")]
    NotServed {
        /// The requested path.
        path: &'static str,
        /// The edit.
        expected: String,
    },
    /// The load generator failed.
    #[error("h2load (package nghttp2-client of Debian) failed: {0}")]
    Load(String),
}

impl Error {
    fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what: what.into(), source }
    }
}

/// Runs the benchmark.
pub(crate) fn measure() -> Result<Report, Error> {
    let checkout = Checkout::copy()?;
    eprintln!("Building a copy of the checkout; the first time takes minutes");
    Dev::start(&checkout)?.0.stop()?;

    let mut starts = Vec::new();
    for _ in 1..STARTS {
        let (dev, took) = Dev::start(&checkout)?;
        starts.push(seconds(took));
        dev.stop()?;
    }
    let (dev, took) = Dev::start(&checkout)?;
    starts.push(seconds(took));

    let mut site = Vec::new();
    for number in 0..SITE_EDITS {
        site.push(seconds(checkout.edit_site(&dev, number)?));
    }
    let edits = |file| -> Result<Vec<f64>, Error> {
        (0..RUST_EDITS).map(|number| checkout.edit_rust(&dev, file, number).map(seconds)).collect()
    };
    let (handler, contract) = (edits(checkout::HANDLER)?, edits(checkout::CONTRACT)?);
    let page: Vec<f64> = (0..LOADS).map(|_| load::cached_page(&dev)).collect::<Result<_, _>>()?;
    let link: Vec<f64> = (0..LOADS).map(|_| load::cv_link(&dev)).collect::<Result<_, _>>()?;
    let (own, all) = dev.memory_mb();
    let log = dev.log();
    dev.stop()?;

    let figures = vec![
        Figure::new("warm start to first page", median(&starts), "s", STARTS).at_most(START_GOAL_S),
        Figure::new("page edit to page served", median(&site), "s", SITE_EDITS).at_most(SITE_GOAL_S),
        Figure::new("edit of the edge function to response", median(&handler), "s", RUST_EDITS).at_most(HANDLER_GOAL_S),
        Figure::new("edit of the contract of all functions to response", median(&contract), "s", RUST_EDITS),
        Figure::new("cached page", median(&page), "1/s", LOADS),
        Figure::new("cached page, time per request", 1_000.0 / median(&page), "ms", LOADS).at_most(PAGE_GOAL_MS),
        Figure::new("CV link", median(&link), "1/s", LOADS),
        Figure::new("memory of dev", own, "MB", 1),
        Figure::new("memory of dev, local cloud and functions", all, "MB", 1),
    ];
    let measured_on = vec![
        Report::processor(),
        format!("load generator: h2load over HTTP/1.1, {} connections, on the same processor", load::CONNECTIONS),
        format!("dev logs a line of JSON for each request; its log is {}", log.display()),
        load_average(),
    ];
    Ok(Report { measured_on, figures })
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

/// The machine's load, since other processes make times longer.
fn load_average() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!("load average at the end: {}", load.split(' ').next().unwrap_or("unknown"))
}
