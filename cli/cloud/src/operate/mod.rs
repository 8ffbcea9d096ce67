//! Looking after a deployed system.

pub mod doctor;
pub mod http;
pub mod keys;
pub mod origins;
pub mod stats;
