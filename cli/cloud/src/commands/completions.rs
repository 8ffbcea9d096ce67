//! `vitae completions`: what a shell asks for to complete a command line.

use std::{io::stdout, process::ExitCode};

use clap::{Args, Command};
use clap_complete::{Shell, generate};

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
    /// Prints them, for all commands: `cloud`'s own, and those that other parts of `vitae` have.
    pub(crate) fn run(&self, cloud: Command) -> ExitCode {
        let other = |name: &'static str, about: &'static str| Command::new(name).about(about);
        let mut vitae = cloud.subcommands([
            other("setup", "Install what the other commands need"),
            other("build", "Build what is deployed and print where it is"),
            other("test", "Run every check and every test"),
            other("bench", "Measure Vitae beside the usual way"),
        ]);
        generate(self.shell, &mut vitae, "vitae", &mut stdout());
        ExitCode::SUCCESS
    }
}
