//! What can keep the local edge from starting.

use thiserror::Error;

/// Why the local edge did not start, or not take a changed distribution.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The machine has no certificates to know AWS by.
    #[error("AWS's origins cannot be reached over TLS: {cause}: install the system's certificates (ca-certificates)")]
    Authorities {
        /// What is wrong with them.
        cause: String,
    },
    /// The distribution uses something that the local edge does not model. See `SUPPORT.md`.
    #[error("not modelled locally: {what}")]
    NotModelled {
        /// The feature, where it is set, and the value found.
        what: String,
    },

    /// The distribution asks for something that CloudFront itself would refuse.
    #[error("CloudFront would refuse this distribution: {what}")]
    Refused {
        /// The setting, the value found and the rule.
        what: String,
    },

    /// An API of the cloud did not answer as it should.
    #[error("{action} failed: {cause}")]
    Api {
        /// The API action and what it was asked for.
        action: String,
        /// The service's own words.
        cause: String,
    },

    /// No certificate for HTTPS.
    #[error("no development certificate can be made: {cause}; serve plain HTTP, or mend the distribution's aliases")]
    Certificate {
        /// What is wrong with which name.
        cause: String,
    },

    /// No listener could be had on loopback.
    #[error("cannot listen on {address}: {cause}; choose another port, or 0 for a free one")]
    Listen {
        /// Address and port asked for.
        address: String,
        /// The system's own words.
        cause: std::io::Error,
    },

    /// A file of the scratch directory could not be written.
    #[error("cannot write {path}: {cause}")]
    Scratch {
        /// The file or directory.
        path: String,
        /// The system's own words.
        cause: std::io::Error,
    },

    /// The Node given is not one that can run the function.
    #[error("Node at {path}: {cause}")]
    Node {
        /// The path given in the options.
        path: String,
        /// What is wrong with it.
        cause: String,
    },

    /// The code of a function cannot be used.
    #[error("function {function}: {cause}")]
    Function {
        /// The function's name or ARN.
        function: String,
        /// What is wrong with it, and what to do.
        cause: String,
    },
}
