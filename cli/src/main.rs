//! `cargo vitae`: the owner's command.
//!
//! This binary is light, so that a fresh machine shows progress within seconds: it [sets the machine up](vitae_setup), builds
//! the part that a command needs, and hands over to it. What speaks to a cloud lives in `vitae-cloud` (the AWS SDKs), `build` in
//! `vitae-bundle` (wasm-bindgen).

mod checks;
mod error;
mod hand_over;
mod tally;

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use vitae_setup::{Need, Progress, set_up};

use crate::error::Failure;

/// Vitae: a resume at the edge, on a laptop first.
#[derive(Parser)]
#[command(name = "vitae", bin_name = "cargo vitae", version, after_help = EXIT_CODES)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done or nothing to do; 1 it failed; 2 wrong usage.\n\
    Results go to standard output, progress and logs to standard error.";

#[derive(Subcommand)]
enum Command {
    /// Install what the other commands need. They call it themselves.
    Setup {
        /// What the machine is wanted for.
        #[arg(long = "for", value_enum, default_value_t = Purpose::Test)]
        purpose: Purpose,
    },
    /// Run the whole system here, edge included, and print the address to open.
    #[command(disable_help_flag = true)]
    Dev {
        /// Passed on; `cargo vitae dev --help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Make what an account needs once: the roles of CI, their bounds, the artifact bucket.
    #[command(disable_help_flag = true)]
    Bootstrap {
        /// Passed on; `cargo vitae bootstrap --help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Bring a system in an account up to this checkout.
    #[command(disable_help_flag = true)]
    Deploy {
        /// Passed on; `cargo vitae deploy --help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// End a system in an account; what holds data stays.
    #[command(disable_help_flag = true)]
    Destroy {
        /// Passed on; `cargo vitae destroy --help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Show, rotate and revoke the keys that sign the CV's links.
    #[command(disable_help_flag = true)]
    Keys {
        /// Passed on; `cargo vitae keys --help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Show what an upload of the site and the CV would change, and upload.
    #[command(disable_help_flag = true)]
    Site {
        /// Passed on; `cargo vitae site --help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Set, list and remove the origins that may ask beside the stack's own names.
    #[command(disable_help_flag = true)]
    Origins {
        /// Passed on; `cargo vitae origins --help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Draw the visits of the last days.
    #[command(disable_help_flag = true)]
    Stats {
        /// Passed on; `cargo vitae stats --help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Check what breaks in practice, and say what to do.
    #[command(disable_help_flag = true)]
    Doctor {
        /// Passed on; `cargo vitae doctor --help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Print the completions of a shell: bash, zsh, fish, elvish or powershell.
    #[command(disable_help_flag = true)]
    Completions {
        /// Passed on; `cargo vitae completions --help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Build what is deployed and print where it is.
    #[command(disable_help_flag = true)]
    Build {
        /// Passed on; `cargo vitae build --help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Run every check and every test.
    Test {
        /// Make the tests that are run in part, for time, run with all their counts.
        #[arg(long)]
        full: bool,
    },
    /// Measure Vitae beside the usual way.
    #[command(disable_help_flag = true)]
    Bench {
        /// Passed on; `cargo vitae bench --help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Purpose {
    Build,
    Dev,
    Test,
    Bench,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("vitae: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode, Failure> {
    let progress = Progress::stderr();
    let repository = hand_over::repository();
    let cloud = |word: &str, need: Need, arguments: &[String]| {
        let machine = set_up(need, &repository, &progress)?;
        hand_over::to("vitae-cloud", &[word], arguments, &repository, &machine, &progress)
    };
    match command {
        Command::Setup { purpose } => {
            let need = match purpose {
                Purpose::Build => Need::Build,
                Purpose::Dev => Need::Dev,
                Purpose::Test => Need::Test,
                Purpose::Bench => Need::Bench,
            };
            let machine = set_up(need, &repository, &progress)?;
            for (name, value) in machine.environment() {
                println!("{name}={}", value.display());
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Dev { arguments } => cloud("dev", Need::Dev, &arguments),
        Command::Bootstrap { arguments } => cloud("bootstrap", Need::Build, &arguments),
        Command::Deploy { arguments } => cloud("deploy", Need::Build, &arguments),
        Command::Destroy { arguments } => cloud("destroy", Need::Build, &arguments),
        Command::Keys { arguments } => cloud("keys", Need::Build, &arguments),
        Command::Site { arguments } => cloud("site", Need::Build, &arguments),
        Command::Origins { arguments } => cloud("origins", Need::Build, &arguments),
        Command::Stats { arguments } => cloud("stats", Need::Build, &arguments),
        Command::Doctor { arguments } => cloud("doctor", Need::Build, &arguments),
        Command::Completions { arguments } => cloud("completions", Need::Build, &arguments),
        Command::Build { arguments } => {
            let machine = set_up(Need::Build, &repository, &progress)?;
            hand_over::to("vitae-bundle", &[], &arguments, &repository, &machine, &progress)
        }
        Command::Test { full } => {
            let machine = set_up(Need::Test, &repository, &progress)?;
            checks::run(&repository, &machine, full)
        }
        Command::Bench { arguments } => {
            let machine = set_up(Need::Bench, &repository, &progress)?;
            hand_over::to("vitae-bench", &[], &arguments, &repository, &machine, &progress)
        }
    }
}
