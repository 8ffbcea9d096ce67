use std::io;
use std::time::Duration;

/// Why something that is tested or measured with does not run.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A variable of set-up is missing.
    #[error("{variable} is not set: start this through `cargo vitae`, which installs what it names")]
    NotSet {
        /// Its name.
        variable: &'static str,
    },
    /// A program cannot be started.
    #[error("{program} cannot be started: {source}")]
    Start {
        /// Its path.
        program: String,
        /// What the system said.
        source: io::Error,
    },
    /// A server ended or did not listen.
    #[error("{program} does not listen on port {port} after {waited:?}; it said: {said}")]
    NotListening {
        /// Its path.
        program: String,
        /// Where it should listen.
        port: u16,
        /// How long it had.
        waited: Duration,
        /// The end of what it wrote.
        said: String,
    },
    /// Other networks can be reached from here.
    #[error("the network interface {interface} is here too: a server would listen on it, so run this in a namespace")]
    NotAlone {
        /// Its name.
        interface: String,
    },
    /// There is no network namespace to be had.
    #[error(
        "no network namespace: `unshare` (util-linux) and `ip` (iproute2) are needed, and permission to make one: {source}"
    )]
    Namespace {
        /// What the system said.
        source: io::Error,
    },
    /// A file or a connection.
    #[error("{what}: {source}")]
    Io {
        /// What was done.
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A server said what it should not.
    #[error("{server} answered {status} to {request}: {body}")]
    Refused {
        /// Which.
        server: &'static str,
        /// What it was asked.
        request: String,
        /// The status, 0 if it gave no answer.
        status: u16,
        /// What it said.
        body: String,
    },
    /// A function did not come up, or gave an error instead of an answer.
    #[error("the function failed: {0}")]
    Function(String),
}

impl Failure {
    pub(crate) fn io(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { what, source }
    }
}

/// The path that set-up put into a variable.
pub(crate) fn tool(variable: &'static str) -> Result<std::path::PathBuf, Failure> {
    std::env::var_os(variable).map(Into::into).ok_or(Failure::NotSet { variable })
}
