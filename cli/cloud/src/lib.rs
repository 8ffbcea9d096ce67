//! Deploys the stack: into the local cloud for `vitae dev` and the end-to-end tests, with the code that deploys into an
//! account.
//!
//! - [`ministack`]: the local cloud, a process on loopback that ends with ours.
//! - [`users`], [`policies`]: as whom it is asked, and what they may do.
//! - [`build`], [`artifacts`]: what is deployed, and where CloudFormation finds it.
//! - [`deploy`]: change sets.
//! - [`release`], [`destroy`]: a whole system in an account, and its end.
//! - [`site`]: the objects of the site and the CV.
//! - [`origins`], [`stats`], [`doctor`]: who may ask, who asked, and whether all is well.
//! - [`visitor`]: asking over the stack's own name.
//! - [`keys`]: the signing keys' status, rotation, revocation.
//! - [`dev`]: all of it, with the local edge before it.

pub mod artifacts;
pub mod build;
pub mod cloud;
pub mod deploy;
pub mod destroy;
pub mod dev;
pub mod doctor;
pub mod keys;
pub mod ministack;
pub mod origins;
pub mod policies;
pub mod progress;
pub mod release;
pub mod site;
pub mod stats;
pub mod tools;
pub mod users;
pub mod visitor;
