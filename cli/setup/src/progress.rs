//! What the user sees while something long happens: a spinner with the elapsed time on a terminal, plain lines elsewhere.

use std::{
    io::IsTerminal as _,
    time::{Duration, Instant},
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// Where steps are shown.
#[derive(Clone, Debug)]
pub struct Progress {
    bars: Option<MultiProgress>,
}

/// One step under way. Dropped without [`Step::done`], it is shown as failed.
#[derive(Debug)]
pub struct Step {
    name: String,
    started: Instant,
    bar: Option<ProgressBar>,
    ended: bool,
}

impl Progress {
    /// Shows steps on standard error, with spinners where that is a terminal.
    #[must_use]
    pub fn stderr() -> Self {
        Self { bars: std::io::stderr().is_terminal().then(MultiProgress::new) }
    }

    /// Begins a step. On a terminal several steps may run side by side.
    #[must_use]
    pub fn step(&self, name: impl Into<String>) -> Step {
        let name = name.into();
        let bar = self.bars.as_ref().map(|bars| {
            let bar = bars.add(ProgressBar::new_spinner());
            if let Ok(style) = ProgressStyle::with_template("{spinner:.cyan} {msg} {elapsed:.dim}") {
                bar.set_style(style);
            }
            bar.set_message(name.clone());
            bar.enable_steady_tick(Duration::from_millis(100));
            bar
        });
        if bar.is_none() {
            eprintln!("… {name}");
        }
        Step { name, started: Instant::now(), bar, ended: false }
    }
}

impl Step {
    /// Ends the step well; `result` says in a few words what came of it.
    pub fn done(mut self, result: &str) {
        self.end("✓", result);
    }

    fn end(&mut self, sign: &str, result: &str) {
        self.ended = true;
        let separator = if result.is_empty() { "" } else { ": " };
        let line = format!("{sign} {}{separator}{result} ({:.1} s)", self.name, self.started.elapsed().as_secs_f64());
        match &self.bar {
            // `println` keeps the line above the spinners that still turn.
            Some(bar) => {
                bar.println(line);
                bar.finish_and_clear();
            }
            None => eprintln!("{line}"),
        }
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if !self.ended {
            self.end("✗", "failed");
        }
    }
}
