//! What the tests that cross crates share: one running system for each test program, and a viewer that asks it.

mod answer;
mod system;
mod viewer;

pub use answer::Answer;
pub use system::{Running, Time, running};
pub use viewer::{Request, raw, viewer};
