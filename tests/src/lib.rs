//! Shared by the tests that cross crates: one running system for each test program, an HTTP client for it, and a runner
//! for tests that are written for Node.

mod node_tests;
mod request;
mod response;
mod system;

pub use node_tests::{NodeTests, tool};
pub use request::Request;
pub use response::Response;
pub use system::{EdgeClock, RunningSystem, running_system};
