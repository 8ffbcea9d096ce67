//! The commands of `cargo vitae`, each one row of [`COMMANDS`].
//!
//! `vitae` builds its help from the rows and delegates by them; `vitae-cloud` takes its help texts and the shell
//! completions from them. To add a command to `vitae-cloud`: a row here, a file in `cli/cloud/src/commands/`, and
//! its line in `cli/cloud/src/commands/mod.rs`.

use crate::Need;

/// One command of `cargo vitae`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CommandSpec {
    /// The name to type.
    pub name: &'static str,
    /// One line of help, in the imperative.
    pub about: &'static str,
    /// The program that runs it.
    pub program: Program,
    /// What must be installed before it runs.
    pub need: Need,
}

/// A program that runs commands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// `vitae`, which delegates the others.
    Vitae,
    /// `vitae-bundle`, which runs one command and is passed its arguments only.
    Bundle,
    /// `vitae-cloud`, which is passed the command's name first.
    Cloud,
    /// `vitae-bench`, which runs one command and is passed its arguments only.
    Bench,
}

/// All commands, in the order of `--help`.
pub const COMMANDS: [CommandSpec; 19] = [
    row("setup", "Install the tools of the other commands, which also do so themselves", Program::Vitae, Need::Build),
    row("dev", "Run the whole system on this machine and print its address", Program::Cloud, Need::Dev),
    row(
        "edge",
        "Serve a distribution from a template or a file, or check its responses",
        Program::Cloud,
        Need::Operation,
    ),
    row("test", "Run all checks and tests", Program::Vitae, Need::Test),
    row("build", "Build the artifacts to deploy and print their paths", Program::Bundle, Need::Build),
    row("bench", "Measure Vitae against conventional implementations", Program::Bench, Need::Bench),
    row(
        "bootstrap",
        "Prepare an AWS account: CI roles, permissions boundary, artifact bucket",
        Program::Cloud,
        Need::Operation,
    ),
    row("deploy", "Deploy this checkout to an AWS account", Program::Cloud, Need::Build),
    row("destroy", "Delete a stack and keep its stateful resources", Program::Cloud, Need::Operation),
    row("resume", "Check, build and import the resume that the site is built from", Program::Cloud, Need::Site),
    row("site", "Plan and apply uploads of the site and the CV", Program::Cloud, Need::Site),
    row("keys", "Show, rotate and revoke the keys that sign CV links", Program::Cloud, Need::Operation),
    row("links", "Create, list and revoke links for one reader each", Program::Cloud, Need::Operation),
    row("inbox", "List, get and delete the files that visitors sent", Program::Cloud, Need::Operation),
    row("origins", "List, set and remove additional allowed origins", Program::Cloud, Need::Operation),
    row("stats", "Chart the visits of recent days", Program::Cloud, Need::Operation),
    row("doctor", "Diagnose a deployed stack and suggest fixes", Program::Cloud, Need::Operation),
    row("sign", "Sign a URL or cookies with a key file, or explain a signed URL", Program::Cloud, Need::Operation),
    row("completions", "Print shell completions", Program::Cloud, Need::Operation),
];

const fn row(name: &'static str, about: &'static str, program: Program, need: Need) -> CommandSpec {
    CommandSpec { name, about, program, need }
}

impl CommandSpec {
    /// The command of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|command| command.name == name)
    }
}

impl Program {
    /// The name of its crate and of its executable.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vitae => "vitae",
            Self::Bundle => "vitae-bundle",
            Self::Cloud => "vitae-cloud",
            Self::Bench => "vitae-bench",
        }
    }

    /// Whether the command's name is the first argument of its program.
    #[must_use]
    pub const fn takes_name(self) -> bool {
        matches!(self, Self::Cloud)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_its_own_name_and_one_line_of_help() {
        for (at, command) in COMMANDS.iter().enumerate() {
            assert!(COMMANDS[..at].iter().all(|other| other.name != command.name), "{} is there twice", command.name);
            assert!(command.about.starts_with(char::is_uppercase), "{}: {}", command.name, command.about);
            assert!(!command.about.ends_with('.') && command.about.len() < 80, "{}: {}", command.name, command.about);
            assert_eq!(CommandSpec::find(command.name), Some(command));
        }
    }
}
