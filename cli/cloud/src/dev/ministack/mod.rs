//! The local cloud: ministack, as a process of our own on loopback.
//!
//! Its state (tables, parameters, objects, functions) lies in one folder and survives a restart, because ministack
//! writes it when it is told to end by SIGTERM. It does not survive kill -9 of ministack itself.
//!
//! It is started with the corrections of `corrections.py`: what it gets wrong and the stack, unweakened, needs right.

mod guardian;
mod health;
mod port;

use std::{
    fs::{self, DirBuilder, File, TryLockError},
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf, absolute},
    process::Command,
    time::Duration,
};

use aws_credential_types::Credentials;
use tokio::time::{Instant, sleep};

use self::guardian::Guardian;
pub use self::port::free_port;
use crate::aws::AwsClients;

/// How long it may take until it answers. It takes a quarter of a second where nothing else runs.
const START: Duration = Duration::from_mins(1);
/// How long it may take to write its state and end.
const STOP: Duration = Duration::from_secs(30);
/// How often it is asked whether it answers.
const POLL: Duration = Duration::from_millis(20);

/// What Python runs before ministack.
const CORRECTIONS: &str = include_str!("corrections.py");

/// How to start it.
#[derive(Clone, Debug)]
pub struct Options {
    /// ministack's executable.
    pub executable: PathBuf,
    /// The Node that runs `nodejs22.x` functions: ministack takes whatever `node` is first in its PATH.
    pub node: PathBuf,
    /// The folder of its state and its log, made if it is missing. One process at a time may use it.
    pub state: PathBuf,
    /// Whether to forget the state that is there.
    pub fresh: bool,
}

/// Why it does not run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A folder or a file of its state.
    #[error("{path}: {source}", path = path.display())]
    State {
        /// The folder or file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Another process has the state.
    #[error("{path} is in use: another `cargo vitae dev` runs there; end it, or wait a moment if it is ending", path = path.display())]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// It could not be started at all.
    #[error(
        "{program} could not be started: {source}; it starts through setpriv of util-linux, so that it ends with this process"
    )]
    Spawn {
        /// The program.
        program: String,
        /// What the system says.
        source: io::Error,
    },
    /// It ended before it answered.
    #[error("ministack ended at once ({status}); the end of its log, {log}:\n{tail}", log = log.display())]
    Ended {
        /// How it ended.
        status: String,
        /// Its log.
        log: PathBuf,
        /// The last lines of it.
        tail: String,
    },
    /// It did not answer in time.
    #[error("ministack does not answer on {endpoint} after {} s; see {log}", START.as_secs(), log = log.display())]
    Silent {
        /// Where.
        endpoint: String,
        /// Its log.
        log: PathBuf,
    },
    /// It did not end in time and was killed.
    #[error("ministack did not end within {} s and was killed: what changed since its start is lost", STOP.as_secs())]
    Killed,
}

/// A running ministack. Dropped without [`Ministack::shutdown`] it is told to end, and not waited for.
#[derive(Debug)]
pub struct Ministack {
    endpoint: String,
    guardian: Guardian,
}

impl Ministack {
    /// Starts it on a free port of 127.0.0.1 and waits until it answers.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn start(options: &Options) -> Result<Self, Error> {
        // It works in that folder itself, and so would take a relative path for another.
        let state = absolute(&options.state).map_err(|source| Error::State { path: options.state.clone(), source })?;
        let state = &state;
        let folder = |name: &str| state.join(name);
        make_folder(state)?;
        let lock = lock(state).await?;
        for path in [folder("services"), folder("objects"), folder("tmp")] {
            // What functions were unpacked into is nobody's state.
            if (options.fresh || path.ends_with("tmp")) && path.exists() {
                fs::remove_dir_all(&path).map_err(|source| Error::State { path: path.clone(), source })?;
            }
            make_folder(&path)?;
        }
        let log_path = folder("ministack.log");
        let log = File::create(&log_path).map_err(|source| Error::State { path: log_path.clone(), source })?;
        let port = free_port().map_err(|source| Error::State { path: state.clone(), source })?;
        let endpoint = format!("http://127.0.0.1:{port}");

        let corrections = folder("tmp").join("sitecustomize.py");
        fs::write(&corrections, CORRECTIONS).map_err(|source| Error::State { path: corrections, source })?;

        // Ends with us, however we end: the kernel sends it SIGTERM when the thread that started it is gone.
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "TERM", "--"]).arg(&options.executable);
        command.env_clear().envs(std::env::vars_os().filter(|(name, _)| name == "HOME" || name == "LANG"));
        command
            .env("PATH", path_with_first(&options.node))
            .env("BIND_HOST", "127.0.0.1")
            .env("GATEWAY_PORT", port.to_string())
            // Else it opens an MQTT port on every interface.
            .env("IOT_MTLS_ENABLED", "0")
            // Signatures, IAM and bucket policies are checked, as they are in an account.
            .env("AUTH", "true")
            .env("PERSIST_STATE", "1")
            .env("STATE_DIR", folder("services"))
            .env("S3_PERSIST", "1")
            .env("S3_DATA_DIR", folder("objects"))
            .env("TMPDIR", folder("tmp"))
            .env("PYTHONPATH", folder("tmp"))
            // Functions inherit it, and so find this cloud and no other.
            .env("AWS_ENDPOINT_URL", &endpoint)
            .current_dir(state);
        // The lock is its standard input: it stays locked until ministack has written its state, even if we are gone.
        let mut guardian = Guardian::spawn(command, lock, log)
            .await
            .map_err(|source| Error::Spawn { program: options.executable.display().to_string(), source })?;

        let deadline = Instant::now() + START;
        while !health::answers(port).await {
            if let Some(status) = guardian.ended() {
                return Err(Error::Ended { status, tail: tail(&log_path), log: log_path });
            }
            if Instant::now() > deadline {
                return Err(Error::Silent { endpoint, log: log_path });
            }
            sleep(POLL).await;
        }
        Ok(Self { endpoint, guardian })
    }

    /// Its address, `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The cloud as ministack's own root, which nothing is checked for: to make users with, and for nothing else.
    #[must_use]
    pub fn root(&self) -> AwsClients {
        AwsClients::local(&self.endpoint, Credentials::new("test", "test", None, None, "local cloud"))
    }

    /// Resolves with how it ended, when it ends by itself.
    pub async fn ended(&mut self) -> String {
        self.guardian.wait().await
    }

    /// Ends it, having it write its state, and waits for that.
    ///
    /// # Errors
    /// [`Error::Killed`] if it takes too long.
    pub async fn shutdown(mut self) -> Result<(), Error> {
        if self.guardian.end(STOP).await { Ok(()) } else { Err(Error::Killed) }
    }
}

/// Waits until no ministack uses the state any more: one that was dropped is still writing it.
///
/// # Errors
/// [`Error::InUse`] if that takes too long.
pub async fn settled(state: &Path) -> Result<(), Error> {
    if state.exists() { lock(state).await.map(drop) } else { Ok(()) }
}

/// A folder for the owner alone: the state holds the local signing keys.
fn make_folder(path: &Path) -> Result<(), Error> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|source| Error::State { path: path.to_owned(), source })
}

/// Takes the state's lock, waiting for a predecessor that is still writing.
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

/// The machine's PATH with the folder of this program before it.
fn path_with_first(program: &Path) -> std::ffi::OsString {
    let mut path = program.parent().unwrap_or(Path::new("")).as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap_or_else(|| "/usr/local/bin:/usr/bin:/bin".into()));
    path
}

/// The last lines of a log, or nothing if it cannot be read.
fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(8).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
