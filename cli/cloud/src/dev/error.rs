//! Errors of `vitae dev`: the step that failed, the cause, and what to do.

use std::io;

use vitae_bundle::BundleError;
use vitae_setup::SetupError;

use crate::{
    aws::CallError,
    deploy::{self, site},
    dev::ministack,
};

/// An error of `vitae dev`. `Display` names the step that failed and the cause; [`Error::advice`] is what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the checkout cannot be read.
    #[error("{path} cannot be read: {source}")]
    Checkout {
        /// The file.
        path: String,
        /// The cause.
        source: io::Error,
    },
    /// The name of the stack is invalid.
    #[error(transparent)]
    Name(#[from] vitae_parameters::Error),
    /// The local cloud did not start, or did not stop cleanly.
    #[error("the local cloud: {0}")]
    Ministack(#[from] ministack::Error),
    /// The local cloud exited while it was needed.
    #[error("the local cloud exited unexpectedly ({0})")]
    MinistackExited(String),
    /// A build failed.
    #[error("the build: {}", compiler_errors(.0))]
    Build(#[from] BundleError),
    /// A user, a policy or the artifact bucket could not be created.
    #[error("the local cloud's users: {0}")]
    Users(#[source] CallError),
    /// The zip of a function could not be uploaded.
    #[error("the upload of the functions: {0}")]
    Artifacts(#[source] CallError),
    /// The deployment of the stack failed.
    #[error("the deployment: {0}")]
    Deploy(#[from] deploy::Error),
    /// The session file, by which other commands find the running system, could not be written.
    #[error("the folder of the state: {source}")]
    State {
        /// The cause.
        source: io::Error,
    },
    /// The site or the CV could not be uploaded.
    #[error("the upload of the site: {0}")]
    Site(#[from] site::Error),
    /// There are no credentials for the cloud to serve.
    #[error("{0}")]
    Credentials(#[source] CallError),
    /// The address of the local edge could not be added to the origins.
    #[error("the development origin: {0}")]
    Origin(#[source] CallError),
    /// The async runtime or the signal handlers of this process could not be set up.
    #[error("this process: {0}")]
    Runtime(#[source] io::Error),
    /// The checkout cannot be watched.
    #[error("the checkout cannot be watched: {0}")]
    Watch(#[from] notify::Error),
    /// The deployment replaced the distribution that the local edge serves.
    #[error("the deployment replaced the distribution")]
    DistributionReplaced,
    /// The local edge failed.
    #[error("the local edge: {0}")]
    Edge(#[from] vitae_local::Error),
    /// The port of the local edge is in use, or no port is free.
    #[error("port {port} of 127.0.0.1: {source}")]
    Port {
        /// The port; 0 for any.
        port: u16,
        /// The cause.
        source: io::Error,
    },
}

impl Error {
    /// What to do next.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Checkout { .. } => "run this in a checkout of Vitae",
            Self::Name(_) => "choose another name with --stack",
            Self::Ministack(_) | Self::MinistackExited(_) => {
                "see its log, target/vitae/dev/ministack.log; if its state is damaged, start with --fresh"
            }
            Self::Build(_) => "fix the errors of the compiler, and try again",
            Self::Users(_) | Self::Artifacts(_) | Self::Origin(_) => {
                "start with --fresh, which deletes the local cloud's state"
            }
            Self::Deploy(_) => "fix the cause; if the local stack is stuck, start with --fresh",
            Self::State { .. } => "make target/vitae writable, and try again",
            Self::Site(_) => "fix the file that it names, and try again",
            Self::Credentials(_) => "give --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            Self::Runtime(_) => "check the limits of threads and file descriptors, and try again",
            Self::Watch(_) => "raise fs.inotify.max_user_watches, or stop another program that watches files",
            Self::DistributionReplaced => "stop `cargo vitae dev` and start it again",
            Self::Edge(_) => "fix the cause, and try again",
            Self::Port { .. } => "stop the program that listens there, or choose another port with --port",
        }
    }
}

/// The errors of the compiler, without its command line and the progress before them.
fn compiler_errors(error: &BundleError) -> String {
    let BundleError::Command(SetupError::Failed { tail, .. }) = error else { return error.to_string() };
    let lines: Vec<&str> = tail.lines().collect();
    match lines.iter().position(|line| line.starts_with("error")) {
        Some(first) => lines[first..].join("\n"),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn build_error(tail: &str) -> String {
        let failed = SetupError::Failed {
            command: "cargo build --target wasm32-unknown-unknown".to_owned(),
            status: "exit status: 101".to_owned(),
            tail: tail.to_owned(),
        };
        Error::Build(BundleError::Command(failed)).to_string()
    }

    #[test]
    fn a_failed_build_is_reported_with_the_compilers_errors() {
        let error =
            build_error("   Compiling vitae-edge\nerror[E0425]: cannot find value `x`\n --> edge/src/lib.rs:1:1");
        assert_eq!(error, "the build: error[E0425]: cannot find value `x`\n --> edge/src/lib.rs:1:1");
        assert!(
            build_error("killed").contains("cargo build"),
            "without an error of the compiler, its command is named"
        );
    }
}
