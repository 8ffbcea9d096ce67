//! The session file, by which other commands find the running system. It is in the folder of the state, readable by its owner only.

use std::{
    fmt,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use aws_credential_types::Credentials;
use serde::{Deserialize, Serialize};

use crate::aws::{AwsClients, REGION};

const FILE: &str = "session.json";

/// How other commands reach the running system.
#[derive(Debug, Serialize, Deserialize)]
pub struct Session {
    endpoint_url: String,
    stack: String,
    /// The user `deploy`.
    deployer: AccessKey,
    /// The user `owner`.
    owner: AccessKey,
    /// The root user of the local cloud.
    root: AccessKey,
}

/// An access key, which the next start replaces.
#[derive(Serialize, Deserialize)]
struct AccessKey {
    access_key_id: String,
    secret_access_key: String,
}

/// A session file that was written, deleted on drop.
#[derive(Debug)]
pub struct SessionFile(PathBuf);

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
    pub fn new(
        endpoint_url: &str,
        stack: &str,
        deployer: &Credentials,
        owner: &Credentials,
        root: &Credentials,
    ) -> Self {
        Self {
            endpoint_url: endpoint_url.to_owned(),
            stack: stack.to_owned(),
            deployer: AccessKey::new(deployer),
            owner: AccessKey::new(owner),
            root: AccessKey::new(root),
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

    /// Writes the session file with mode 0600. It replaces one of a process that was killed.
    ///
    /// # Errors
    /// The error of the file system.
    pub fn write(&self, state: &Path) -> io::Result<SessionFile> {
        let path = state.join(FILE);
        // Not overwritten, so that the mode is that of a new file.
        let _ = fs::remove_file(&path);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        file.write_all(&serde_json::to_vec(self).map_err(io::Error::other)?)?;
        Ok(SessionFile(path))
    }

    /// The stack's name.
    #[must_use]
    pub fn stack(&self) -> &str {
        &self.stack
    }

    /// Clients with the permissions of the user `deploy`.
    #[must_use]
    pub fn aws(&self) -> AwsClients {
        AwsClients::local(&self.endpoint_url, self.deployer.credentials())
    }

    /// Clients with the permissions of the user `owner`.
    #[must_use]
    pub fn owner(&self) -> AwsClients {
        AwsClients::local(&self.endpoint_url, self.owner.credentials())
    }

    /// Clients of the root user of the local cloud.
    #[must_use]
    pub fn root(&self) -> AwsClients {
        AwsClients::local(&self.endpoint_url, self.root.credentials())
    }

    /// Commands of a POSIX shell that set the environment of the AWS SDKs to the root user of the local cloud.
    #[must_use]
    pub fn shell_exports(&self) -> String {
        let AccessKey { access_key_id, secret_access_key } = &self.root;
        let variables = [
            ("AWS_ENDPOINT_URL", self.endpoint_url.as_str()),
            ("AWS_REGION", REGION),
            ("AWS_ACCESS_KEY_ID", access_key_id),
            ("AWS_SECRET_ACCESS_KEY", secret_access_key),
        ];
        let exports = variables.map(|(name, value)| format!("export {name}={value}\n"));
        // Both would take precedence over these, or be sent with them.
        format!("unset AWS_PROFILE AWS_SESSION_TOKEN\n{}", exports.concat())
    }
}

impl AccessKey {
    fn new(credentials: &Credentials) -> Self {
        Self {
            access_key_id: credentials.access_key_id().to_owned(),
            secret_access_key: credentials.secret_access_key().to_owned(),
        }
    }

    fn credentials(&self) -> Credentials {
        Credentials::new(&self.access_key_id, &self.secret_access_key, None, None, "the running system")
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey").field("access_key_id", &self.access_key_id).finish_non_exhaustive()
    }
}

impl Drop for SessionFile {
    fn drop(&mut self) {
        // A file that remains has access keys that are no longer valid.
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn session() -> Session {
        let key = |id, secret| Credentials::new(id, secret, None, None, "");
        Session::new(
            "http://127.0.0.1:1",
            "resume",
            &key("DEPLOY", "s3cret"),
            &key("OWNER", "0wn"),
            &key("ROOT", "r00t"),
        )
    }

    #[test]
    fn a_running_system_is_found_by_its_owner_until_it_stops() {
        let state = tempfile::tempdir().unwrap();
        assert!(Session::read(state.path()).unwrap_err().to_string().contains("cargo vitae dev"));
        std::mem::forget(session().write(state.path()).unwrap());
        let file = session().write(state.path()).unwrap();
        let mode = fs::metadata(state.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let read = Session::read(state.path()).unwrap();
        assert_eq!((read.stack(), &*read.deployer.secret_access_key), ("resume", "s3cret"));
        assert!(!format!("{read:?}").contains("s3cret") && !format!("{read:?}").contains("r00t"));
        drop(file);
        assert!(Session::read(state.path()).is_err());
    }

    #[test]
    fn a_shell_gets_the_endpoint_and_the_access_key_of_root() {
        assert_eq!(
            session().shell_exports(),
            "unset AWS_PROFILE AWS_SESSION_TOKEN\nexport AWS_ENDPOINT_URL=http://127.0.0.1:1\nexport AWS_REGION=us-east-1\n\
             export AWS_ACCESS_KEY_ID=ROOT\nexport AWS_SECRET_ACCESS_KEY=r00t\n"
        );
    }
}
