//! The session file, by which other commands find the running system. It is in the folder of the state, readable by its owner only.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use aws_credential_types::Credentials;
use serde::{Deserialize, Serialize};

use crate::aws::AwsClients;

const FILE: &str = "session.json";

/// How other commands reach the running system.
#[derive(Serialize, Deserialize)]
pub struct Session {
    endpoint_url: String,
    stack: String,
    /// The access key of the user `deploy`. The next start replaces it.
    access_key_id: String,
    secret_access_key: String,
}

/// There is no running system.
#[derive(Debug, thiserror::Error)]
#[error("no system is running ({path}: {source}): start one with `cargo vitae dev`, or give --stack", path = path.display())]
pub struct SessionError {
    path: PathBuf,
    source: io::Error,
}

impl Session {
    /// The session of the system at this endpoint.
    #[must_use]
    pub fn new(endpoint_url: &str, stack: &str, credentials: &Credentials) -> Self {
        Self {
            endpoint_url: endpoint_url.to_owned(),
            stack: stack.to_owned(),
            access_key_id: credentials.access_key_id().to_owned(),
            secret_access_key: credentials.secret_access_key().to_owned(),
        }
    }

    /// Reads the session file in this folder.
    ///
    /// # Errors
    /// [`SessionError`] if there is no valid one.
    pub fn read(state: &Path) -> Result<Self, SessionError> {
        let path = state.join(FILE);
        let read = fs::read(&path).and_then(|json| serde_json::from_slice(&json).map_err(io::Error::other));
        read.map_err(|source| SessionError { path, source })
    }

    /// Writes the session file with mode 0600.
    ///
    /// # Errors
    /// The error of the file system.
    pub fn write(&self, state: &Path) -> io::Result<()> {
        Self::remove(state);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(state.join(FILE))?;
        file.write_all(&serde_json::to_vec(self).map_err(io::Error::other)?)
    }

    /// Deletes the session file.
    pub fn remove(state: &Path) {
        // The file may be missing. One that remains names an endpoint that no longer responds.
        let _ = fs::remove_file(state.join(FILE));
    }

    /// The stack's name.
    #[must_use]
    pub fn stack(&self) -> &str {
        &self.stack
    }

    /// Clients with the permissions of the user `deploy`.
    #[must_use]
    pub fn aws(&self) -> AwsClients {
        let credentials =
            Credentials::new(&self.access_key_id, &self.secret_access_key, None, None, "the running system");
        AwsClients::local(&self.endpoint_url, credentials)
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
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
    fn a_running_system_is_found_by_its_owner_until_it_stops() {
        let state = tempfile::tempdir().unwrap();
        assert!(Session::read(state.path()).unwrap_err().to_string().contains("cargo vitae dev"));
        let session = Session::new("http://127.0.0.1:1", "resume", &Credentials::new("A", "s3cret", None, None, ""));
        for _ in 0..2 {
            session.write(state.path()).unwrap();
        }
        let mode = fs::metadata(state.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let read = Session::read(state.path()).unwrap();
        assert_eq!((read.stack(), &*read.secret_access_key), ("resume", "s3cret"));
        assert!(!format!("{read:?}").contains("s3cret"));
        Session::remove(state.path());
        assert!(Session::read(state.path()).is_err());
    }
}
