//! Telling what is being done and for how long, on standard error.

use std::{
    fmt::Display,
    io::{IsTerminal as _, Write as _, stderr},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

/// How often a spinner turns.
const TICK: Duration = Duration::from_millis(100);

/// Where progress is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A spinner per step, on a terminal.
    Spinner,
    /// A line at the end of each step.
    Lines,
    /// Nowhere, as in a test.
    Silent,
}

impl Progress {
    /// What suits standard error.
    #[must_use]
    pub fn to_stderr() -> Self {
        if stderr().is_terminal() { Self::Spinner } else { Self::Lines }
    }

    /// Begins a step, named as what is being done: `starting the local aws`.
    #[must_use]
    pub fn step(self, name: &'static str) -> Step {
        let bar = ProgressBar::new_spinner();
        match self {
            Self::Spinner => {
                if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} {elapsed:.dim} {msg:.dim}") {
                    bar.set_style(style);
                }
                bar.set_prefix(name);
                bar.enable_steady_tick(TICK);
            }
            Self::Lines | Self::Silent => bar.set_draw_target(indicatif::ProgressDrawTarget::hidden()),
        }
        Step { progress: self, name, bar, begun: Instant::now() }
    }
}

/// A step that has begun. Dropped before [`Step::done`] it leaves no line: the error that follows says what failed.
#[derive(Debug)]
pub struct Step {
    progress: Progress,
    name: &'static str,
    bar: ProgressBar,
    begun: Instant,
}

impl Step {
    /// Tells what the step is at; on a terminal alone.
    pub fn at(&self, what: impl Display) {
        self.bar.set_message(what.to_string());
    }

    /// Tells something that stays, below the steps that are done.
    pub fn tell(&self, text: impl Display) {
        if self.progress != Progress::Silent {
            self.bar.suspend(|| say(&text));
        }
    }

    /// Tells an event of a stack. What has begun is news for a moment; what has ended stays.
    pub fn event(&self, event: &str) {
        if event.contains("_IN_PROGRESS") { self.at(event) } else { self.tell(event) }
    }

    /// Ends the step, with what came of it.
    pub fn done(self, result: impl Display) {
        let seconds = self.begun.elapsed().as_secs_f64();
        self.bar.finish_and_clear();
        if self.progress != Progress::Silent {
            say(format_args!("{:>6.1} s  {}: {result}", seconds, self.name));
        }
    }
}

/// A terminal that was closed hears nothing; that is no reason to end in a panic.
fn say(words: impl Display) {
    let _ = writeln!(stderr(), "{words}");
}

impl Drop for Step {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
