//! How another command finds the running system: a file in the state's folder, which is the owner's alone.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use aws_credential_types::Credentials;
use serde::{Deserialize, Serialize};

use crate::aws::AwsClients;

const NAME: &str = "running.json";

/// The running system, as other commands of the owner's reach it.
#[derive(Serialize, Deserialize)]
pub struct Running {
    endpoint_url: String,
    stack: String,
    /// The user `deploy`, whose keys end with the next start.
    access_key_id: String,
    secret_access_key: String,
}

/// Nothing runs that could be asked.
#[derive(Debug, thiserror::Error)]
#[error("no system runs here ({path}: {source}): start one with `cargo vitae dev`, or give --stack", path = path.display())]
pub struct NotRunning {
    path: PathBuf,
    source: io::Error,
}

impl Running {
    /// The system at this endpoint.
    #[must_use]
    pub fn new(endpoint_url: &str, stack: &str, credentials: &Credentials) -> Self {
        Self {
            endpoint_url: endpoint_url.to_owned(),
            stack: stack.to_owned(),
            access_key_id: credentials.access_key_id().to_owned(),
            secret_access_key: credentials.secret_access_key().to_owned(),
        }
    }

    /// Reads what a running system left in its state's folder.
    ///
    /// # Errors
    /// [`NotRunning`] if there is none.
    pub fn read(state: &Path) -> Result<Self, NotRunning> {
        let path = state.join(NAME);
        let read = fs::read(&path).and_then(|json| serde_json::from_slice(&json).map_err(io::Error::other));
        read.map_err(|source| NotRunning { path, source })
    }

    /// Leaves it in the state's folder, for its owner alone.
    ///
    /// # Errors
    /// What the file system says.
    pub fn write(&self, state: &Path) -> io::Result<()> {
        Self::forget(state);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(state.join(NAME))?;
        file.write_all(&serde_json::to_vec(self).map_err(io::Error::other)?)
    }

    /// Takes it away.
    pub fn forget(state: &Path) {
        // It may not be there; and one that stays leads to a system that does not answer.
        let _ = fs::remove_file(state.join(NAME));
    }

    /// The stack's name.
    #[must_use]
    pub fn stack(&self) -> &str {
        &self.stack
    }

    /// The cloud, as the user `deploy`.
    #[must_use]
    pub fn aws(&self) -> AwsClients {
        let credentials =
            Credentials::new(&self.access_key_id, &self.secret_access_key, None, None, "the running system");
        AwsClients::local(&self.endpoint_url, credentials)
    }
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running")
            .field("endpoint_url", &self.endpoint_url)
            .field("stack", &self.stack)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_running_system_is_found_until_it_ends_and_by_its_owner_alone() {
        let state = tempfile::tempdir().unwrap();
        assert!(Running::read(state.path()).unwrap_err().to_string().contains("cargo vitae dev"));
        let running = Running::new("http://127.0.0.1:1", "resume", &Credentials::new("A", "s3cret", None, None, ""));
        for _ in 0..2 {
            running.write(state.path()).unwrap();
        }
        let mode = fs::metadata(state.path().join(NAME)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let read = Running::read(state.path()).unwrap();
        assert_eq!((read.stack(), &*read.secret_access_key), ("resume", "s3cret"));
        assert!(!format!("{read:?}").contains("s3cret"));
        Running::forget(state.path());
        assert!(Running::read(state.path()).is_err());
    }
}
