//! The local cloud: a ministack process on loopback.
//!
//! Its state (tables, parameters, objects, functions) is stored in one folder. ministack writes it on SIGTERM, so it survives a
//! restart, but not SIGKILL of ministack.
//!
//! `corrections.py` corrects the behavior of ministack where it differs from AWS and the stack depends on it. `access.py`
//! rejects requests of web pages and requests that are not signed. The root user has a random access key for each start.

mod health;
mod port;
mod server_process;

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _},
    path::{Path, PathBuf, absolute},
    process::Command,
    time::Duration,
};

use aws_credential_types::Credentials;
use serde_json::json;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

pub use self::port::free_port;
use self::server_process::ServerProcess;
use crate::aws::AwsClients;

/// The timeout of the start, which takes a quarter of a second on an idle machine.
const START: Duration = Duration::from_mins(1);
/// The timeout of the shutdown, in which ministack writes its state.
const STOP: Duration = Duration::from_secs(30);
/// The interval of health checks and of attempts to take the lock.
const POLL: Duration = Duration::from_millis(20);

/// The modules that Python runs before ministack.
const MODULES: [(&str, &str); 3] = [
    ("sitecustomize.py", include_str!("sitecustomize.py")),
    ("vitae_corrections.py", include_str!("corrections.py")),
    ("vitae_access.py", include_str!("access.py")),
];
/// The file with the access key of the root user. `access.py` reads and deletes it.
const ROOT_KEY: &str = "root.json";
/// The folder in the state with the messages that were sent. `corrections.py` writes them, as SES received them.
pub(super) const MAIL: &str = "mail";

/// How to start ministack.
#[derive(Clone, Debug)]
pub struct Options {
    /// ministack's executable.
    pub executable: PathBuf,
    /// The executable of Node 24. ministack runs functions with the first `node` in its PATH.
    pub node: PathBuf,
    /// The folder of its state and its log, created if it is missing. Only one process may use it at a time.
    pub state: PathBuf,
    /// Whether to delete existing state first.
    pub fresh: bool,
}

/// Why ministack did not start or stop.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder of the state cannot be used.
    #[error("{path}: {source}", path = path.display())]
    State {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Another process uses the state.
    #[error("{path} is in use by another `cargo vitae dev`: stop that one, or wait if it is stopping", path = path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// The process could not be started.
    #[error(
        "{program} could not be started: {source}; it needs setpriv of util-linux, which stops it together with this process"
    )]
    Spawn {
        /// The program.
        program: String,
        /// The cause.
        source: io::Error,
    },
    /// The process exited during the start.
    #[error("ministack exited during its start ({status}); the end of its log, {log}:\n{tail}", log = log.display())]
    Exited {
        /// The exit status.
        status: String,
        /// Its log.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },
    /// The health check did not succeed in time.
    #[error("ministack did not respond at {endpoint} within {} s; see {log}", START.as_secs(), log = log.display())]
    Timeout {
        /// Its endpoint.
        endpoint: String,
        /// Its log.
        log: PathBuf,
    },
    /// The process did not exit in time and was killed.
    #[error("ministack did not exit within {} s and was killed: changes since its start are lost", STOP.as_secs())]
    Killed,
}

/// A running ministack. If it is dropped without [`Ministack::shutdown`], it is sent SIGTERM and not awaited.
#[derive(Debug)]
pub struct Ministack {
    endpoint: String,
    root: Credentials,
    process: ServerProcess,
}

impl Ministack {
    /// Starts ministack on a free port of 127.0.0.1 and waits until it responds.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn start(options: &Options) -> Result<Self, Error> {
        // It runs in that folder, where a relative path would be another one.
        let state = absolute(&options.state).map_err(|source| Error::State { path: options.state.clone(), source })?;
        let state = &state;
        let folder = |name: &str| state.join(name);
        make_folder(state)?;
        let lock = lock(state).await?;
        for path in [folder("services"), folder("objects"), folder(MAIL), folder("tmp")] {
            // Unpacked functions are not state.
            if (options.fresh || path.ends_with("tmp")) && path.exists() {
                fs::remove_dir_all(&path).map_err(|source| Error::State { path: path.clone(), source })?;
            }
            make_folder(&path)?;
        }
        let log_path = folder("ministack.log");
        let log = File::create(&log_path).map_err(|source| Error::State { path: log_path.clone(), source })?;
        let port = free_port().map_err(|source| Error::State { path: state.clone(), source })?;
        let endpoint = format!("http://127.0.0.1:{port}");

        let root = root_credentials();
        let key = json!({"access_key_id": root.access_key_id(), "secret_access_key": root.secret_access_key()});
        let key = key.to_string();
        for (name, content) in MODULES.into_iter().chain([(ROOT_KEY, key.as_str())]) {
            let path = folder("tmp").join(name);
            write_private(&path, content).map_err(|source| Error::State { path, source })?;
        }

        // The kernel sends it SIGTERM when the thread that started it exits, for whatever reason.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "--"]).arg(&options.executable);
        command.env_clear().envs(std::env::vars_os().filter(|(name, _)| name == "HOME" || name == "LANG"));
        command
            .env("PATH", path_with_first(&options.node))
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            // Without this it opens an MQTT port on every interface.
            .env("IOT_MTLS_ENABLED", "0")
            // Enables the checks of signatures, IAM policies and bucket policies.
            .env("AUTH", "true")
            .env("PERSIST_STATE", "1")
            .env("STATE_DIR", folder("services"))
            .env("S3_PERSIST", "1")
            .env("S3_DATA_DIR", folder("objects"))
            .env("TMPDIR", folder("tmp"))
            .env("PYTHONPATH", folder("tmp"))
            // Inherited by functions, which so use this cloud.
            .env("AWS_ENDPOINT_URL", &endpoint)
            .current_dir(state);
        // The lock is its standard input, so it is held until ministack has written its state, even after this process exits.
        let mut process = ServerProcess::spawn(command, lock, log)
            .await
            .map_err(|source| Error::Spawn { program: options.executable.display().to_string(), source })?;

        let deadline = Instant::now() + START;
        while !health::is_healthy(port).await {
            if let Some(status) = process.status() {
                return Err(Error::Exited { status, tail: tail(&log_path), log: log_path });
            }
            if Instant::now() > deadline {
                return Err(Error::Timeout { endpoint, log: log_path });
            }
            sleep(POLL).await;
        }
        Ok(Self { endpoint, root, process })
    }

    /// The endpoint, `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Clients of the root user, which has all permissions: only to create users.
    #[must_use]
    pub fn root(&self) -> AwsClients {
        AwsClients::local(&self.endpoint, self.root.clone())
    }

    /// The access key of the root user, which is valid until ministack exits.
    #[must_use]
    pub const fn root_credentials(&self) -> &Credentials {
        &self.root
    }

    /// Waits for its exit and returns the status.
    pub async fn wait(&mut self) -> String {
        self.process.wait().await
    }

    /// Stops ministack and waits until it has written its state.
    ///
    /// # Errors
    /// [`Error::Killed`] after a timeout.
    pub async fn shutdown(mut self) -> Result<(), Error> {
        if self.process.stop(STOP).await { Ok(()) } else { Err(Error::Killed) }
    }
}

/// Waits until no ministack uses the state. One that was dropped may still be writing it.
///
/// # Errors
/// [`Error::InUse`] after a timeout.
pub async fn wait_until_released(state: &Path) -> Result<(), Error> {
    if state.exists() { lock(state).await.map(drop) } else { Ok(()) }
}

/// Creates a folder with mode 0700, because the state contains the local signing keys.
fn make_folder(path: &Path) -> Result<(), Error> {
    let created = DirBuilder::new().recursive(true).mode(0o700).create(path);
    created.map_err(|source| Error::State { path: path.to_owned(), source })
}

/// A random access key.
fn root_credentials() -> Credentials {
    let random = || Uuid::new_v4().simple().to_string();
    let id = format!("AKIA{}", random().split_at(16).0.to_ascii_uppercase());
    Credentials::new(id, random() + &random(), None, None, "root of the local cloud")
}

/// Writes a new file with mode 0600.
fn write_private(path: &Path, content: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content.as_bytes())
}

/// Locks the state. Waits for a previous process that is still writing it.
async fn lock(state: &Path) -> Result<File, Error> {
    let path = state.join("lock");
    let file = File::create(&path).map_err(|source| Error::State { path: path.clone(), source })?;
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => sleep(POLL).await,
            Err(TryLockError::WouldBlock) => return Err(Error::InUse { path: state.to_owned() }),
            Err(TryLockError::Error(source)) => return Err(Error::State { path, source }),
        }
    }
}

/// The PATH with the folder of this program first.
fn path_with_first(program: &Path) -> std::ffi::OsString {
    let mut path = program.parent().unwrap_or(Path::new("")).as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into()));
    path
}

/// The last lines of a log; empty if it cannot be read.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(8).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
