//! The programs that `cargo vitae setup` installed, from the environment.

use std::{env, path::PathBuf};

/// The programs that `cargo vitae setup` installed.
#[derive(Clone, Debug)]
pub struct Tools {
    /// ministack's executable.
    pub ministack: PathBuf,
    /// Node 24's executable.
    pub node: PathBuf,
}

/// A program is missing.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MissingTool {
    /// The variable is not set.
    #[error("{0} is not set: run this through `cargo vitae`, which installs the program and sets the variable")]
    NotSet(&'static str),
    /// The variable is not the path of a file.
    #[error("{0} is {path}, which is not a file: run `cargo vitae setup`", path = .1.display())]
    NotAFile(&'static str, PathBuf),
}

impl Tools {
    /// Reads `VITAE_MINISTACK` and `VITAE_NODE24`.
    ///
    /// # Errors
    /// See [`MissingTool`].
    pub fn from_env() -> Result<Self, MissingTool> {
        Ok(Self { ministack: find("VITAE_MINISTACK")?, node: find("VITAE_NODE24")? })
    }
}

fn find(variable: &'static str) -> Result<PathBuf, MissingTool> {
    let path = PathBuf::from(env::var_os(variable).ok_or(MissingTool::NotSet(variable))?);
    if path.is_file() { Ok(path) } else { Err(MissingTool::NotAFile(variable, path)) }
}
