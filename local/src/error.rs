//! Errors of starting or reloading the local edge, and messages of failed AWS calls.

use std::error::Error as StdError;

use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use thiserror::Error;

/// Why the local edge could not start or could not load a changed distribution.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The system has no usable root certificates, so AWS cannot be verified.
    #[error("cannot reach AWS over TLS: {cause}; install the system's root certificates (package ca-certificates)")]
    RootCertificates {
        /// Why they cannot be used.
        cause: String,
    },
    /// The distribution uses a feature that the local edge does not model. See `SUPPORT.md`.
    #[error("not modelled locally: {what}")]
    NotModelled {
        /// The feature, where it is set, and the value found.
        what: String,
    },

    /// The distribution has a setting that CloudFront itself would reject.
    #[error("CloudFront would refuse this distribution: {what}")]
    Refused {
        /// The setting, the value found and the rule.
        what: String,
    },

    /// What takes the place of an origin cannot be used.
    #[error("origin {id:?}: {cause}")]
    Origin {
        /// The origin's id.
        id: String,
        /// Why it cannot be used, and what to do.
        cause: String,
    },

    /// An AWS API call failed or returned an incomplete response.
    #[error("{action} failed: {cause}")]
    Api {
        /// The API action and its resource.
        action: String,
        /// The service's message.
        cause: String,
    },

    /// The certificate for HTTPS could not be created.
    #[error("cannot create a development certificate: {cause}; use plain HTTP or correct the distribution's aliases")]
    Certificate {
        /// Which name is invalid and why.
        cause: String,
    },

    /// A loopback address could not be bound.
    #[error("cannot listen on {address}: {cause}; choose another port, or 0 for a free one")]
    Listen {
        /// The requested address and port.
        address: String,
        /// The system's error.
        cause: std::io::Error,
    },

    /// A file of the scratch directory could not be written.
    #[error("cannot write {path}: {cause}")]
    Scratch {
        /// The file or directory.
        path: String,
        /// The system's error.
        cause: std::io::Error,
    },

    /// The configured Node.js cannot run the function.
    #[error("Node.js at {path}: {cause}")]
    Node {
        /// The path given in the options.
        path: String,
        /// Why it cannot be used.
        cause: String,
    },

    /// The code of a function cannot be used.
    #[error("function {function}: {cause}")]
    Function {
        /// The function's name or ARN.
        function: String,
        /// Why it cannot be used, and what to do.
        cause: String,
    },
}

impl Error {
    /// A failed API call, with the service's message.
    pub(crate) fn api<E: StdError + ProvideErrorMetadata + 'static>(action: impl Into<String>, error: &E) -> Self {
        Self::Api { action: action.into(), cause: service_error(error) }
    }

    /// A response without the configuration that the action returns.
    pub(crate) fn no_configuration(action: impl Into<String>) -> Self {
        Self::Api { action: action.into(), cause: "the response has no configuration".to_owned() }
    }
}

/// The message of a failed AWS call on one line: the service's code and message, or [`error_chain`] if the service
/// returned none. The SDKs' own `Display` is only "service error", with the details in its sources.
pub fn service_error<E: StdError + ProvideErrorMetadata + 'static>(error: &E) -> String {
    match (error.code(), error.message()) {
        (Some(code), Some(message)) => on_one_line(&format!("{code}: {message}")),
        (Some(code), None) => code.to_owned(),
        _ => error_chain(error),
    }
}

/// The messages of an error and of its sources on one line, without repetitions.
pub fn error_chain(error: &(dyn StdError + 'static)) -> String {
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let message = cause.to_string();
        if !chain.contains(&message) {
            chain.push_str(": ");
            chain.push_str(&message);
        }
        source = cause.source();
    }
    on_one_line(&chain)
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
