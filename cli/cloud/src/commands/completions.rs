//! `vitae completions`: prints the completion script of a shell.

use std::{io::stdout, process::ExitCode};

use clap::{Args, Command};
use clap_complete::{Shell, generate};
use vitae_setup::{COMMANDS, Program};

const EXAMPLES: &str = "\
Examples, for `vitae` as an alias of `cargo vitae`:
  alias vitae='cargo vitae'
  source <(cargo vitae completions bash)
  cargo vitae completions zsh > ~/.zfunc/_vitae
  cargo vitae completions fish > ~/.config/fish/completions/vitae.fish";

#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    /// Prints the completions of all commands: those of `cloud` with their arguments, the others by name.
    pub(crate) fn run(&self, cloud: Command) -> ExitCode {
        let others = COMMANDS.iter().filter(|command| command.program != Program::Cloud);
        let mut vitae = cloud.subcommands(others.map(|command| Command::new(command.name).about(command.about)));
        generate(self.shell, &mut vitae, "vitae", &mut stdout());
        ExitCode::SUCCESS
    }
}
