//! `cargo vitae`: the command line of the project.
//!
//! This binary has few dependencies, so that a fresh machine shows progress within seconds. It [installs the tools that
//! a command needs](vitae_setup::set_up), builds the program that serves the command, and replaces itself with that
//! program: `vitae-cloud` (which links the AWS SDKs), `vitae-bundle` (which links wasm-bindgen) or `vitae-bench`.
//! [`COMMANDS`] is the table of commands.

mod error;
mod exec;
#[cfg(test)]
mod language;
mod test;
mod test_counts;

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Args, FromArgMatches as _, ValueEnum};
use vitae_setup::{COMMANDS, CommandSpec, Need, Progress, repository, set_up};

use crate::error::Error;

const EXIT_CODES: &str = "Exit codes: 0 done, or nothing to do; 1 failed; 2 wrong usage.\n\
    Results go to standard output; progress and logs go to standard error.";

/// The id of the argument that holds everything that another program parses.
const ARGUMENTS: &str = "arguments";

#[derive(Args)]
struct Setup {
    /// Install the tools for this purpose.
    #[arg(long = "for", value_enum, default_value_t = Purpose::Test)]
    purpose: Purpose,
}

#[derive(Clone, Copy, ValueEnum)]
enum Purpose {
    Site,
    Build,
    Dev,
    Test,
    Bench,
}

impl Purpose {
    const fn need(self) -> Need {
        match self {
            Self::Site => Need::Site,
            Self::Build => Need::Build,
            Self::Dev => Need::Dev,
            Self::Test => Need::Test,
            Self::Bench => Need::Bench,
        }
    }
}

#[derive(Args)]
struct Test {
    /// Run the property and fault tests with all their iterations.
    #[arg(long)]
    full: bool,
}

fn main() -> ExitCode {
    let matches = cli().get_matches();
    let (name, arguments) = matches.subcommand().expect("clap requires a subcommand");
    let command = CommandSpec::find(name).expect("clap accepts only names of the table");
    match run(command, arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("vitae: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The command line: one subcommand for each row of the table.
fn cli() -> clap::Command {
    clap::Command::new("vitae")
        .bin_name("cargo vitae")
        .about("Vitae: a personal resume site on CloudFront, which also runs on a laptop")
        .version(env!("CARGO_PKG_VERSION"))
        .after_help(EXIT_CODES)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(COMMANDS.iter().map(subcommand))
}

/// Only the arguments of `setup` and `test` are parsed here. The program of another command parses its own, `--help` included.
fn subcommand(command: &CommandSpec) -> clap::Command {
    let subcommand = clap::Command::new(command.name).about(command.about);
    match command.name {
        "setup" => Setup::augment_args(subcommand),
        "test" => Test::augment_args(subcommand),
        _ => {
            let arguments = Arg::new(ARGUMENTS).num_args(0..).trailing_var_arg(true).allow_hyphen_values(true);
            let help = format!("Passed on; see `cargo vitae {} --help`", command.name);
            subcommand.disable_help_flag(true).arg(arguments.help(help))
        }
    }
}

fn run(command: &CommandSpec, matches: &ArgMatches) -> Result<ExitCode, Error> {
    let progress = Progress::stderr();
    let repository = repository();
    match command.name {
        "setup" => {
            let Setup { purpose } = Setup::from_arg_matches(matches).unwrap_or_else(|error| error.exit());
            let machine = set_up(purpose.need(), &repository, &progress)?;
            for (name, value) in machine.environment() {
                println!("{name}={}", value.display());
            }
            Ok(ExitCode::SUCCESS)
        }
        "test" => {
            let Test { full } = Test::from_arg_matches(matches).unwrap_or_else(|error| error.exit());
            let machine = set_up(command.need, &repository, &progress)?;
            test::run(&repository, &machine, full)
        }
        _ => {
            let arguments = matches.get_many::<String>(ARGUMENTS).unwrap_or_default();
            let machine = set_up(command.need, &repository, &progress)?;
            exec::build_and_exec(command, arguments, &repository, &machine, &progress)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed_and_has_every_command() {
        let cli = cli();
        cli.clone().debug_assert();
        let names: Vec<_> = cli.get_subcommands().map(clap::Command::get_name).collect();
        assert_eq!(names, COMMANDS.map(|command| command.name));
    }

    #[test]
    fn arguments_of_another_program_are_passed_on_unchanged() {
        let matches = cli().get_matches_from(["vitae", "dev", "--help", "--port", "8000", "-v", "x"]);
        let (name, dev) = matches.subcommand().unwrap();
        let arguments: Vec<_> = dev.get_many::<String>(ARGUMENTS).unwrap().map(String::as_str).collect();
        assert_eq!((name, arguments), ("dev", vec!["--help", "--port", "8000", "-v", "x"]));
    }
}
