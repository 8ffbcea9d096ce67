//! The summarizer alone, for the tests.

use std::process::ExitCode;

use vitae_inbox::summary::process::{is_child, run_child};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if is_child(&arguments) { run_child(&arguments).into() } else { ExitCode::from(2) }
}
