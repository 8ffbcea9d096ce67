use std::io;
use std::time::Duration;

/// Why a local service or function does not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// An environment variable of `cargo vitae setup` is missing.
    #[error("{variable} is not set: run this through `cargo vitae`, which installs the tool and sets it")]
    NotSet {
        /// The variable's name.
        variable: &'static str,
    },
    /// A program cannot be started.
    #[error("{program} cannot be started: {source}")]
    Start {
        /// Its path.
        program: String,
        /// The system's error.
        source: io::Error,
    },
    /// A server exited or did not listen in time.
    #[error("{program} does not listen on port {port} after {waited:?}; its last output: {output}")]
    NotListening {
        /// Its path.
        program: String,
        /// The port.
        port: u16,
        /// How long it was given.
        waited: Duration,
        /// The end of its output.
        output: String,
    },
    /// Another network is reachable.
    #[error(
        "network interface {interface} is not loopback: a server would listen on it; run this in a network namespace"
    )]
    NotIsolated {
        /// The interface's name.
        interface: String,
    },
    /// A network namespace cannot be created.
    #[error(
        "no network namespace: install `unshare` (util-linux) and `ip` (iproute2), and permit this user to create one: {source}"
    )]
    Namespace {
        /// The system's error.
        source: io::Error,
    },
    /// A file or connection failed.
    #[error("{what}: {source}")]
    Io {
        /// The file or connection.
        what: &'static str,
        /// The system's error.
        source: io::Error,
    },
    /// A server rejected a request.
    #[error("{server} responded to {request} with status {status}: {body}")]
    Rejected {
        /// The server.
        server: &'static str,
        /// The request.
        request: String,
        /// The status; 0 if there was no response.
        status: u16,
        /// The response's body.
        body: String,
    },
    /// A function failed to start, or returned an error.
    #[error("the function failed: {0}")]
    Function(String),
}

impl Error {
    pub(crate) fn io(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { what, source }
    }
}

/// The path in a variable of `cargo vitae setup`.
pub(crate) fn tool(variable: &'static str) -> Result<std::path::PathBuf, Error> {
    std::env::var_os(variable).map(Into::into).ok_or(Error::NotSet { variable })
}
