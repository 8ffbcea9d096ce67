//! The origin's side: the request that is sent there, whether the origin would take it, and its answer.

mod access;
mod bucket_policy;
mod function_policy;
mod object_key;
mod policy_document;
mod request;
mod send;
mod sign;

pub(crate) use send::{Asked, fetch};
