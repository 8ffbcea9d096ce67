//! `cargo vitae bench`: measures Vitae beside the way in which such a thing is usually written.
//!
//! Ours and the peer run interleaved, in one go, on one machine; a figure is a median unless its name says otherwise. A
//! benchmark reports and does not judge: it exits 0 whatever it finds. The peers are in `tests/peers/`.

mod figure;
mod report;
mod summary;

use std::process::ExitCode;

use clap::{Parser, ValueEnum};

use crate::report::Report;

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
    /// Signing: in WASM beside the AWS SDK for JavaScript and Node's own crypto, natively beside aws-lc-rs.
    Signer,
}

/// Why there are no figures.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("the figures cannot be written: {0}")]
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
    let report = match name {
        Name::Signer => Report { measured_on: vec![Report::processor()], figures: Vec::new() },
    };
    println!("{}", if json { report.json()? } else { report.table() });
    Ok(())
}
