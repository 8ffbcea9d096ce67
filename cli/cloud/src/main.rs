//! `vitae-cloud`: the commands that call AWS or the local cloud. `cargo vitae` installs the tools and then runs this.

mod commands;
mod signals;

use std::{io::IsTerminal as _, process::ExitCode};

use clap::{CommandFactory as _, FromArgMatches as _, Parser};
use tracing_subscriber::EnvFilter;
use vitae_setup::{COMMANDS, Program};

use crate::commands::Command;

#[derive(Parser)]
#[command(name = "vitae-cloud", bin_name = "cargo vitae", version, about = "Deploys the stack and runs it locally")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// The command line, with the help texts of the table of commands.
fn cli() -> clap::Command {
    let commands = COMMANDS.iter().filter(|command| command.program == Program::Cloud);
    commands.fold(Cli::command(), |cli, command| cli.mut_subcommand(command.name, |one| one.about(command.about)))
}

fn main() -> ExitCode {
    let Cli { command } = Cli::from_arg_matches(&cli().get_matches()).unwrap_or_else(|error| error.exit());
    let filter = EnvFilter::try_from_env("VITAE_LOG").unwrap_or_else(|_| EnvFilter::new("warn,vitae=info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        // A closed terminal must not stop the program.
        .log_internal_errors(false)
        .init();
    command.run(cli())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_program_has_exactly_its_commands_of_the_table() {
        cli().debug_assert();
        let cli = Cli::command();
        let mut here: Vec<_> = cli.get_subcommands().map(clap::Command::get_name).collect();
        let table = COMMANDS.iter().filter(|command| command.program == Program::Cloud);
        let mut table: Vec<_> = table.map(|command| command.name).collect();
        here.sort_unstable();
        table.sort_unstable();
        assert_eq!(here, table);
    }
}
