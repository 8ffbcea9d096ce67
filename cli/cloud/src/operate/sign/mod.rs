//! Signing a URL on this machine, and explaining a signed one.

mod duration;
mod explanation;

pub use duration::parse_duration;
pub use explanation::{Explanation, Verification};
