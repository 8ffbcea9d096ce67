//! The policy that is signed, in JSON.

mod custom;
mod document;
mod read;
mod reader;
#[cfg(test)]
mod tests;

pub use custom::CustomPolicy;
pub(crate) use document::{canned, canned_json};
pub(crate) use read::ReadPolicy;
