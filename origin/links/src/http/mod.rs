//! Requests and responses.

mod command;
mod request_body;
mod response;

pub use command::{Caller, Command, Rejection};
pub use request_body::Format;
pub use response::Responses;
