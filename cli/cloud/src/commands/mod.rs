//! One file for each command: what it takes, and how it says what came of it.

mod dev;
mod keys;
mod system;

use std::{fmt::Display, process::ExitCode};

use self::system::System;
pub(crate) use self::{dev::Dev, keys::Keys};

/// The exit code of a command that ended so; what failed is told first.
fn finish<E: Display>(command: &str, ended: Result<(), E>) -> ExitCode {
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("vitae {command}: {error}");
            ExitCode::FAILURE
        }
    }
}
