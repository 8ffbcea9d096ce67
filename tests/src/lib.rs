//! What the tests that cross crates share: one running system for each test program, and a viewer that asks it.

mod answer;
mod node_tests;
mod system;
mod viewer;

pub use answer::Answer;
pub use node_tests::{NodeTests, tool};
pub use system::{Running, Time, running};
pub use viewer::{Request, raw, viewer};
