//! `cargo vitae dev` as a developer meets it: how long it takes to come up, how soon a saved file is served, how much it serves.
//!
//! A copy of the checkout is measured, with everything as a process of its own: the command as it is typed, real files that are saved,
//! a page that listens. The load comes from h2load, on the same processor.

mod checkout;
mod load;
mod process;
mod viewer;

use std::{path::PathBuf, time::Duration};

use self::{checkout::Checkout, process::Dev};
use crate::{figure::Figure, report::Report, summary::median};

/// Starts that are measured; the first of all builds, and is not.
const STARTS: usize = 5;
/// The most that one may take until the first page, in seconds.
const START_GOAL_S: f64 = 3.0;
/// Edits of a page.
const SITE_EDITS: usize = 9;
/// The most that one may take until the page is served, in seconds.
const SITE_GOAL_S: f64 = 0.3;
/// Edits of Rust code.
const RUST_EDITS: usize = 3;
/// Runs of the load generator.
const LOADS: usize = 3;
/// The most processor time of a cached page, in milliseconds: 2,000 a second.
const PAGE_GOAL_MS: f64 = 0.5;

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DevFailure {
    /// A file, a process or a connection.
    #[error("{what}: {source}")]
    Io {
        /// What was done.
        what: String,
        /// Why not.
        source: std::io::Error,
    },
    /// dev ended, or never was ready.
    #[error("dev did not come up; see {}", log.display())]
    NotReady {
        /// What it said.
        log: PathBuf,
    },
    /// A text that is edited is not in its file any more.
    #[error("{} holds no {text:?} to edit", path.display())]
    NoText {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        text: &'static str,
    },
    /// What was served is not what was saved.
    #[error("{path} is served without {expected:?}")]
    NotServed {
        /// The path asked for.
        path: &'static str,
        /// What it should hold.
        expected: String,
    },
    /// The load generator.
    #[error("h2load (Debian's nghttp2-client) said: {0}")]
    Load(String),
}

impl DevFailure {
    fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what: what.into(), source }
    }
}

/// Measures everything.
pub(crate) fn measure() -> Result<Report, DevFailure> {
    let checkout = Checkout::copy()?;
    eprintln!("The copy of the checkout is built first, which takes minutes once");
    Dev::start(&checkout)?.0.end()?;

    let mut starts = Vec::new();
    for _ in 1..STARTS {
        let (dev, took) = Dev::start(&checkout)?;
        starts.push(seconds(took));
        dev.end()?;
    }
    let (dev, took) = Dev::start(&checkout)?;
    starts.push(seconds(took));

    let mut site = Vec::new();
    for number in 0..SITE_EDITS {
        site.push(seconds(checkout.edit_site(&dev, number)?));
    }
    let mut rust = Vec::new();
    for number in 0..RUST_EDITS {
        rust.push(seconds(checkout.edit_rust(&dev, number)?));
    }
    let page: Vec<f64> = (0..LOADS).map(|_| load::cached_page(&dev)).collect::<Result<_, _>>()?;
    let mint: Vec<f64> = (0..LOADS).map(|_| load::mint(&dev)).collect::<Result<_, _>>()?;
    let (own, all) = dev.memory_mb();
    let log = dev.log();
    dev.end()?;

    let figures = vec![
        Figure::new("second start to first page", median(&starts), "s", STARTS).at_most(START_GOAL_S),
        Figure::new("site edit to page", median(&site), "s", SITE_EDITS).at_most(SITE_GOAL_S),
        Figure::new("Rust edit to answer", median(&rust), "s", RUST_EDITS),
        Figure::new("cached page", median(&page), "1/s", LOADS),
        Figure::new("cached page, time of each", 1_000.0 / median(&page), "ms", LOADS).at_most(PAGE_GOAL_MS),
        Figure::new("mint", median(&mint), "1/s", LOADS),
        Figure::new("memory, dev itself", own, "MB", 1),
        Figure::new("memory, with local cloud and functions", all, "MB", 1),
    ];
    let measured_on = vec![
        Report::processor(),
        format!("load generator: h2load over HTTP/1.1, {} connections, on the same processor", load::CONNECTIONS),
        format!("a line of JSON for each request; what dev says is in {}", log.display()),
        other_work(),
    ];
    Ok(Report { measured_on, figures })
}

fn seconds(took: Duration) -> f64 {
    took.as_secs_f64()
}

/// How much else the machine had to do: on a shared one, times are as long as its neighbours make them.
fn other_work() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    format!("load average at the end: {}", load.split(' ').next().unwrap_or("unknown"))
}
