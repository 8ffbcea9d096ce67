//! The programs that set-up installed and told us of.

use std::{env, path::PathBuf};

/// The programs that set-up installed.
#[derive(Clone, Debug)]
pub struct Tools {
    /// ministack's executable.
    pub ministack: PathBuf,
    /// Node 22's executable.
    pub node: PathBuf,
}

/// A program that set-up did not tell us of.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Missing {
    /// The variable is not set.
    #[error("{0} is not set: run this through `cargo vitae`, which installs what is needed and says where it is")]
    NotSet(&'static str),
    /// The variable names no file.
    #[error("{0} names {path}, which is no file: run `cargo vitae setup`", path = .1.display())]
    NoFile(&'static str, PathBuf),
}

impl Tools {
    /// As `VITAE_MINISTACK` and `VITAE_NODE` say.
    ///
    /// # Errors
    /// See [`Missing`].
    pub fn from_env() -> Result<Self, Missing> {
        Ok(Self { ministack: find("VITAE_MINISTACK")?, node: find("VITAE_NODE")? })
    }
}

fn find(variable: &'static str) -> Result<PathBuf, Missing> {
    let path = PathBuf::from(env::var_os(variable).ok_or(Missing::NotSet(variable))?);
    if path.is_file() { Ok(path) } else { Err(Missing::NoFile(variable, path)) }
}
