//! The commands of `cargo vitae` that call AWS, or the local cloud in its place.
//!
//! - [`deploy`]: what is built, uploaded and deployed, and how it is deleted.
//! - [`dev`]: the whole system on this machine: the local cloud, the stack in it, and the local edge before it.
//! - [`edge`]: a distribution from a file or a local cloud, for the local edge alone.
//! - [`operate`]: the doctor, visit statistics, signing keys, allowed origins, signing and explaining URLs.
//! - `commands`, in the binary: one file for each command.
//!
//! Dependencies point one way: commands use [`dev`] and [`operate`], both of these use [`deploy`], and all of them use
//! [`aws`] and [`table`].

pub mod aws;
pub mod deploy;
pub mod dev;
pub mod edge;
pub mod operate;
pub mod table;
