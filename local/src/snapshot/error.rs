//! Why a template or a file does not give a distribution.

use thiserror::Error as ThisError;

use super::document::{DEPTH_MAX, FILE_MAX_BYTES, VALUES_MAX};

/// Why a [`Snapshot`](super::Snapshot) could not be read.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum SnapshotError {
    /// The file is larger than CloudFormation accepts.
    #[error("the file has {bytes} bytes, more than CloudFormation's limit of {FILE_MAX_BYTES}; shorten it")]
    TooLarge {
        /// The file's size.
        bytes: usize,
    },
    /// The file is neither valid YAML nor valid JSON.
    #[error("line {line}: {cause}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        cause: String,
    },
    /// The file has more levels than any template needs.
    #[error("line {line}: nested more than {DEPTH_MAX} levels deep")]
    TooDeep {
        /// Where the limit is exceeded, counted from 1.
        line: usize,
    },
    /// The aliases of a YAML file repeat too much.
    #[error("line {line}: more than {VALUES_MAX} values, with each alias counted as what it repeats; remove aliases")]
    TooManyValues {
        /// Where the limit is exceeded, counted from 1.
        line: usize,
    },
    /// The intrinsic functions of a template take too long to resolve.
    #[error("{path}: the template's functions take too many steps to resolve; simplify its conditions and references")]
    TooMuchWork {
        /// Where the limit is exceeded.
        path: String,
    },
    /// A field or a function that is not modelled.
    #[error("not modelled locally: {what}, at {path}")]
    NotModelled {
        /// The field, with its value, or the function.
        what: String,
        /// Where it is in the file.
        path: String,
    },
    /// A value that CloudFormation or CloudFront would reject.
    #[error("{path}: {what}")]
    Invalid {
        /// Where it is in the file.
        path: String,
        /// What is wrong, and what to do.
        what: String,
    },
    /// A value that only an account has.
    #[error("{path}: {what} has a value only in an account; pass --set {name}=VALUE")]
    NoValue {
        /// Where it is used.
        path: String,
        /// The export, parameter or attribute.
        what: String,
        /// The name to set.
        name: String,
    },
    /// A template parameter without a value.
    #[error("the parameter {name} has no default; pass --parameters {name}=VALUE")]
    NoParameter {
        /// The parameter.
        name: String,
    },
    /// The file describes no distribution.
    #[error("{what}")]
    NoDistribution {
        /// What was expected.
        what: String,
    },
    /// The template has several distributions, or none with the requested id.
    #[error("choose a distribution with --resource: {}", ids.join(", "))]
    SeveralDistributions {
        /// The logical ids of the distributions.
        ids: Vec<String>,
    },
    /// A file that the template names cannot be read.
    #[error("{path}: cannot read {file}: {cause}")]
    File {
        /// Where the template names it.
        path: String,
        /// The file or folder.
        file: String,
        /// The system's error.
        cause: std::io::Error,
    },
}
