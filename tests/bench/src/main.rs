//! `cargo vitae bench`: benchmarks of Vitae and of conventional implementations, the peers in `tests/peers/`.
//!
//! Vitae and its peer run interleaved on one machine. A figure is a median unless its name says otherwise. The exit
//! code is 0 whether or not the figures meet their goals.

mod counter;
mod dev;
mod edge;
mod figure;
mod links;
mod report;
mod samples;
mod signer;
mod summary;

use std::{
    io,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use clap::{Parser, ValueEnum};

/// Benchmark Vitae against conventional implementations
#[derive(Parser)]
#[command(name = "bench", bin_name = "cargo vitae bench")]
struct Arguments {
    /// Benchmark to run
    name: Benchmark,
    /// Print the figures as a JSON array
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Benchmark {
    /// The counter, compared with Python and boto3 on the same Runtime API and DynamoDB Local
    Counter,
    /// The links function: the time to open a link, its start compared with the counter's, and the price of an open
    Links,
    /// The signer: both backends compared with the AWS SDK for JavaScript and @noble/curves, native compared with aws-lc-rs
    Signer,
    /// The edge function, compared with JavaScript and the AWS SDK: cold, warm, with Lambda@Edge's share of a CPU, size
    Edge,
    /// `cargo vitae dev` on this machine: start, reload, load, memory (no peer)
    Dev,
}

/// Why a benchmark could not run.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Counter(#[from] counter::Error),
    #[error(transparent)]
    Links(#[from] links::Error),
    #[error(transparent)]
    Dev(#[from] dev::Error),
    #[error(transparent)]
    Edge(#[from] edge::EdgeFailure),
    #[error("{variable} is not set: run `cargo vitae bench`")]
    NoTool { variable: &'static str },
    #[error("cannot start `{command}`: {source}")]
    Start { command: String, source: io::Error },
    #[error("`{command}` failed: {stderr}")]
    Failed { command: String, stderr: String },
    #[error("{}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("malformed figures: {0}")]
    Json(#[from] serde_json::Error),
}

fn main() -> ExitCode {
    let Arguments { name, json } = Arguments::parse();
    match run(name, json) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("vitae bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(name: Benchmark, json: bool) -> Result<(), Error> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let repository = here.ancestors().nth(2).unwrap_or(here);
    let report = match name {
        Benchmark::Counter => counter::measure()?,
        Benchmark::Links => links::measure()?,
        Benchmark::Signer => signer::measure(repository)?,
        Benchmark::Edge => edge::measure()?,
        Benchmark::Dev => dev::measure()?,
    };
    println!("{}", if json { report.json()? } else { report.table() });
    Ok(())
}

/// The path of a tool, from the variable that `cargo vitae bench` sets.
fn tool(variable: &'static str) -> Result<PathBuf, Error> {
    std::env::var_os(variable).map(PathBuf::from).ok_or(Error::NoTool { variable })
}

/// Builds an artifact as `cargo vitae build` does, with the `vitae-bundle` next to this program.
fn build(artifact: &str) -> Result<(), Error> {
    let command = format!("vitae-bundle {artifact}");
    let start = |source| Error::Start { command: command.clone(), source };
    let program = std::env::current_exe().map_err(start)?.with_file_name("vitae-bundle");
    let output = Command::new(program).arg(artifact).output().map_err(start)?;
    if output.status.success() {
        return Ok(());
    }
    Err(Error::Failed { stderr: String::from_utf8_lossy(&output.stderr).trim().to_owned(), command })
}
