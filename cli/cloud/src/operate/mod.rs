//! Looking after a deployed system.

pub mod doctor;
pub mod http;
pub mod inbox;
pub mod keys;
pub mod links;
pub mod origins;
pub mod sign;
pub(crate) mod signed_request;
pub mod stats;
