//! Progress on standard error: a spinner for each running step on a terminal, plain lines elsewhere.

use std::{
    fmt::Display,
    io::{IsTerminal as _, Write as _, stderr},
    time::{Duration, Instant},
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// How often a spinner turns.
const TICK: Duration = Duration::from_millis(100);

/// Shows the steps of a command. Clones share one display.
#[derive(Clone, Debug)]
pub struct Progress {
    output: Output,
}

#[derive(Clone, Debug)]
enum Output {
    Terminal(MultiProgress),
    Lines,
    Silent,
}

impl Progress {
    /// Shows steps on standard error.
    #[must_use]
    pub fn stderr() -> Self {
        Self { output: if stderr().is_terminal() { Output::Terminal(MultiProgress::new()) } else { Output::Lines } }
    }

    /// Shows nothing, as in a test.
    #[must_use]
    pub const fn silent() -> Self {
        Self { output: Output::Silent }
    }

    /// Begins a step, named in the imperative: `Start the local cloud`. Several steps may run at the same time.
    #[must_use]
    pub fn step(&self, name: impl Into<String>) -> Step {
        let name = name.into();
        let bar = match &self.output {
            Output::Terminal(bars) => {
                let bar = bars.add(ProgressBar::new_spinner());
                if let Ok(style) = ProgressStyle::with_template("{spinner:.cyan} {prefix} {elapsed:.dim} {msg:.dim}") {
                    bar.set_style(style);
                }
                bar.set_prefix(name.clone());
                bar.enable_steady_tick(TICK);
                bar
            }
            Output::Lines => {
                print(format_args!("… {name}"));
                ProgressBar::hidden()
            }
            Output::Silent => ProgressBar::hidden(),
        };
        Step { name, started: Instant::now(), bar, output: self.output.clone(), ended: false }
    }
}

/// A running step. A step that is dropped before [`Step::done`] is shown as failed.
#[derive(Debug)]
pub struct Step {
    name: String,
    started: Instant,
    bar: ProgressBar,
    output: Output,
    ended: bool,
}

impl Step {
    /// Replaces the step's status text, which only a terminal shows.
    pub fn update(&self, status: impl Display) {
        if matches!(self.output, Output::Terminal(_)) {
            self.bar.set_message(status.to_string());
        }
    }

    /// Prints a line that stays.
    pub fn log(&self, line: impl Display) {
        match &self.output {
            Output::Terminal(bars) => bars.suspend(|| print(line)),
            Output::Lines => print(line),
            Output::Silent => {}
        }
    }

    /// Ends the step successfully. `result` is a few words, or empty.
    pub fn done(mut self, result: impl Display) {
        let result = result.to_string();
        self.end("✓", &result);
    }

    fn end(&mut self, sign: &str, result: &str) {
        self.ended = true;
        self.bar.finish_and_clear();
        let separator = if result.is_empty() { "" } else { ": " };
        let seconds = self.started.elapsed().as_secs_f64();
        self.log(format_args!("{sign} {}{separator}{result} ({seconds:.1} s)", self.name));
    }
}

impl Drop for Step {
    fn drop(&mut self) {
        if !self.ended {
            self.end("✗", "");
        }
    }
}

/// Ignores errors: a closed terminal must not end the program with a panic.
fn print(line: impl Display) {
    let _ = writeln!(stderr(), "{line}");
}
