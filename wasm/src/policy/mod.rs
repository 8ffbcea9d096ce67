//! What is signed: a policy, in JSON.

mod canned;
mod custom;
mod document;
mod reader;
#[cfg(test)]
mod tests;

pub(crate) use canned::canned;
pub use custom::CustomPolicy;
