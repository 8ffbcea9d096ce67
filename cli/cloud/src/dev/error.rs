//! Why there is no system: which step failed, why, and what to do.

use std::io;

use vitae_bundle::BundleError;
use vitae_setup::SetupError;

use crate::{
    aws::CallError,
    deploy::{self, site},
    dev::ministack,
};

/// Why there is no system. `Display` says which step failed and why, [`Error::advice`] what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file of the checkout.
    #[error("{path} cannot be read: {source}")]
    Checkout {
        /// The file.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// The stack's name.
    #[error(transparent)]
    Name(#[from] vitae_parameters::Error),
    /// The local cloud did not start, or did not end well.
    #[error("the local cloud: {0}")]
    Ministack(#[from] ministack::Error),
    /// The local cloud ended while it was needed.
    #[error("the local cloud ended by itself ({0})")]
    Ended(String),
    /// Something did not build.
    #[error("the build: {}", in_the_compilers_words(.0))]
    Build(#[from] BundleError),
    /// Users, policies or the artifact bucket.
    #[error("the local cloud's users: {0}")]
    Users(#[source] CallError),
    /// A function's zip.
    #[error("the upload of the functions: {0}")]
    Artifacts(#[source] CallError),
    /// The stack.
    #[error("the deployment: {0}")]
    Deploy(#[from] deploy::Error),
    /// The file by which other commands find the running system.
    #[error("the state's folder: {source}")]
    State {
        /// What the system says.
        source: io::Error,
    },
    /// Site or CV.
    #[error("the upload of the site: {0}")]
    Site(#[from] site::Error),
    /// Credentials for another's cloud.
    #[error("{0}")]
    Credentials(#[source] CallError),
    /// The developer's origin.
    #[error("the developer's origin: {0}")]
    Origin(#[source] CallError),
    /// The runtime or the signals of this process.
    #[error("this process: {0}")]
    Runtime(#[source] io::Error),
    /// The checkout cannot be watched.
    #[error("the checkout cannot be watched: {0}")]
    Watch(#[from] notify::Error),
    /// The local edge serves one distribution, and the template now makes another.
    #[error("the stack has another distribution now")]
    Replaced,
    /// The local edge.
    #[error("the local edge: {0}")]
    Edge(#[from] vitae_local::Error),
    /// The port of the local edge is taken, or none is free.
    #[error("port {port} of 127.0.0.1: {source}")]
    Port {
        /// The port; 0 if any would have done.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
}

impl Error {
    /// What to do about it.
    #[must_use]
    pub const fn advice(&self) -> &'static str {
        match self {
            Self::Checkout { .. } => "run this in a checkout of Vitae",
            Self::Name(_) => "choose another name with --stack",
            Self::Ministack(_) | Self::Ended(_) => {
                "see its log, target/vitae/dev/ministack.log; if its state is broken, start with --fresh"
            }
            Self::Build(_) => "put right what the compiler names, and try again",
            Self::Users(_) | Self::Artifacts(_) | Self::Origin(_) => {
                "start with --fresh, which forgets the local cloud's state"
            }
            Self::Deploy(_) => "put right what it names; if the local stack is stuck, start with --fresh",
            Self::State { .. } => "see that target/vitae is yours to write, and try again",
            Self::Site(_) => "put right the file it names, and try again",
            Self::Credentials(_) => "give --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            Self::Runtime(_) => "see that the machine has threads and file descriptors left, and try again",
            Self::Watch(_) => "raise fs.inotify.max_user_watches, or end another program that watches files",
            Self::Replaced => "end this and start it again",
            Self::Edge(_) => "put right what it names, and try again",
            Self::Port { .. } => "end what listens there, or choose another with --port",
        }
    }
}

/// Of a build that a compiler refused, what the compiler says of it. How it was called, and what it built before, helps nobody.
fn in_the_compilers_words(error: &BundleError) -> String {
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

    fn shown(tail: &str) -> String {
        let failed = SetupError::Failed {
            command: "cargo build --target wasm32-unknown-unknown".to_owned(),
            status: "exit status: 101".to_owned(),
            tail: tail.to_owned(),
        };
        Error::Build(BundleError::Command(failed)).to_string()
    }

    #[test]
    fn a_build_that_failed_is_told_in_the_compilers_words() {
        let error = shown("   Compiling vitae-edge\nerror[E0425]: cannot find value `x`\n --> edge/src/lib.rs:1:1");
        assert_eq!(error, "the build: error[E0425]: cannot find value `x`\n --> edge/src/lib.rs:1:1");
        assert!(shown("killed").contains("cargo build"), "who said nothing of an error is named");
    }
}
