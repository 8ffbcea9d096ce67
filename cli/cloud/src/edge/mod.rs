//! What the command `edge` serves: a distribution from a file or from a local cloud.

mod error;
mod parameters;
mod source;

pub use error::SourceError;
pub use source::Source;
