//! One file for each command: what it takes, and how it says what came of it.

mod account;
mod bootstrap;
mod change;
mod completions;
mod consent;
mod deploy;
mod destroy;
mod dev;
mod doctor;
mod keys;
mod origins;
mod site;
mod stats;
mod system;

use std::{
    collections::BTreeMap,
    fmt::Display,
    io::{Write as _, stderr},
    process::ExitCode,
};

use clap::Subcommand;

use self::{account::Account, system::System};

/// The commands of this program. Their help texts are in [`vitae_setup::COMMANDS`].
#[derive(Subcommand)]
pub(crate) enum Command {
    Dev(dev::Dev),
    Bootstrap(bootstrap::Bootstrap),
    Deploy(deploy::Deploy),
    Destroy(destroy::Destroy),
    Keys(keys::Keys),
    Site(site::Site),
    Origins(origins::Origins),
    Stats(stats::Stats),
    Doctor(doctor::Doctor),
    Completions(completions::Completions),
}

impl Command {
    /// Runs the command. `cli` is the whole command line, for the completions.
    pub(crate) fn run(self, cli: clap::Command) -> ExitCode {
        match self {
            Self::Dev(dev) => dev.run(),
            Self::Bootstrap(bootstrap) => bootstrap.run(),
            Self::Deploy(deploy) => deploy.run(),
            Self::Destroy(destroy) => destroy.run(),
            Self::Keys(keys) => keys.run(),
            Self::Site(site) => site.run(),
            Self::Origins(origins) => origins.run(),
            Self::Stats(stats) => stats.run(),
            Self::Doctor(doctor) => doctor.run(),
            Self::Completions(completions) => completions.run(cli),
        }
    }
}

/// The exit code of a command that ended so; what failed is told first.
fn finish<E: Display>(command: &str, ended: Result<(), E>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tell(format_args!("vitae {command}: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// How a command ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// It did what was asked, or there was nothing to do.
    Well,
    /// It was told not to.
    Refused,
    /// It had to ask, and there was nobody: wrong usage.
    Unasked,
}

impl Ended {
    /// Without consent.
    const fn without(consent: consent::Consent) -> Self {
        match consent {
            consent::Consent::Given => Self::Well,
            consent::Consent::Refused => Self::Refused,
            consent::Consent::Unasked => Self::Unasked,
        }
    }
}

/// The exit code of a command that may have to ask.
fn end<E: Display>(command: &str, ended: Result<Ended, E>) -> ExitCode {
    match ended {
        Ok(Ended::Unasked) => {
            tell(format_args!("vitae {command}: there is no terminal to ask at: say --yes if that is what you want"));
            ExitCode::from(2)
        }
        Ok(Ended::Refused) => finish(command, Err("nothing was changed, as you said")),
        Ok(Ended::Well) => ExitCode::SUCCESS,
        Err(error) => finish(command, Err(error)),
    }
}

/// Prints a stack's outputs, a line each.
fn print_outputs(outputs: &BTreeMap<String, String>) {
    let width = outputs.keys().map(String::len).max().unwrap_or_default();
    for (name, value) in outputs {
        println!("{name:<width$}  {value}");
    }
}

/// Says something on standard error. A terminal that was closed hears nothing, and what it ran ends in order all the same.
fn tell(words: impl Display) {
    let _ = writeln!(stderr(), "{words}");
}
