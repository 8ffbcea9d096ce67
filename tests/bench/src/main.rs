//! `cargo vitae bench`: measures Vitae beside the way in which such a thing is usually written.
//!
//! Ours and the peer run interleaved, in one go, on one machine; a figure is a median unless its name says otherwise. A
//! benchmark reports and does not judge: it exits 0 whatever it finds. The peers are in `tests/peers/`.

mod counter;
mod dev;
mod edge;
mod figure;
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

/// Measure Vitae beside the usual way.
#[derive(Parser)]
#[command(name = "bench", bin_name = "cargo vitae bench")]
struct Arguments {
    /// What to measure.
    name: Name,
    /// Print one array of figures.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Name {
    /// Counting: beside Python with boto3, on one Runtime API and one DynamoDB Local.
    Counter,
    /// Signing: in WASM beside the AWS SDK for JavaScript and Node's own crypto, natively beside aws-lc-rs.
    Signer,
    /// The edge function, beside one in JavaScript with the AWS SDK: cold, warm, in a fourteenth of a processor, its size.
    Edge,
    /// The whole system here: start, reload, load, memory.
    Dev,
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Counter(#[from] counter::Failure),
    #[error(transparent)]
    Dev(#[from] dev::DevFailure),
    #[error(transparent)]
    Edge(#[from] edge::EdgeFailure),
    #[error("{variable} is not set: run `cargo vitae bench`")]
    NoTool { variable: &'static str },
    #[error("{words} cannot be started: {source}")]
    Start { words: String, source: io::Error },
    #[error("{words} failed: {said}")]
    Measure { words: String, said: String },
    #[error("{}: {source}", path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("the figures are not what they should be: {0}")]
    Json(#[from] serde_json::Error),
}

fn main() -> ExitCode {
    let Arguments { name, json } = Arguments::parse();
    match run(name, json) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("vitae bench: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(name: Name, json: bool) -> Result<(), Failure> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let repository = here.ancestors().nth(2).unwrap_or(here);
    let report = match name {
        Name::Counter => counter::measure()?,
        Name::Signer => signer::measure(repository)?,
        Name::Edge => edge::measure()?,
        Name::Dev => dev::measure()?,
    };
    println!("{}", if json { report.json()? } else { report.table() });
    Ok(())
}

/// A tool that the set-up names.
fn tool(variable: &'static str) -> Result<PathBuf, Failure> {
    std::env::var_os(variable).map(PathBuf::from).ok_or(Failure::NoTool { variable })
}

/// Builds what is measured, by the program beside this one that `cargo vitae build` runs.
fn build(what: &str) -> Result<(), Failure> {
    let words = format!("vitae-bundle {what}");
    let start = |source| Failure::Start { words: words.clone(), source };
    let program = std::env::current_exe().map_err(start)?.with_file_name("vitae-bundle");
    let built = Command::new(program).arg(what).output().map_err(start)?;
    if built.status.success() {
        return Ok(());
    }
    Err(Failure::Measure { said: String::from_utf8_lossy(&built.stderr).trim().to_owned(), words })
}
