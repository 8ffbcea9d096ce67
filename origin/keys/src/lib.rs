//! The regional Lambda that owns the signing keys and their key group.
//!
//! It runs as the stack's custom resource. `Create` makes the first key, `Update` changes none, `Delete` removes what the
//! stack made. Its physical id is constant, so that CloudFormation never takes an update for a replacement and deletes
//! keys that are in use.
//!
//! # How a key is made
//! A private key exists only in memory until it is stored, so the order is: store the pair at `signer/pending`, register
//! its public half with CloudFront, put that into the key group, write `signer/active` (id and private key in one
//! `PutParameter`), delete `signer/pending`. Each step is decided from what is there by [`create::decide`], a pure
//! function, and done by [`cloud`]; then everything is looked at again. So a run that is cut off anywhere, or done twice,
//! or done by two at once, ends in the same place: what is there is never made again, and a stored private key is never
//! overwritten by another one.
//!
//! The first key is active without having been proven at the edge: no distribution uses its group yet.
//!
//! # Secrets
//! A private key stands in a `SecureString` and, while it is handled, in memory that is wiped. [`world::World`], which
//! decisions are made from, holds public halves only. No error quotes a value of a signer's parameter, and no subscriber
//! of `tracing` is installed, so that the SDK, which traces requests with their bodies, has nobody to tell. What remains
//! are the copies that the SDK makes of a request on its way out.

pub mod cloud;
pub mod create;
pub mod delete;
pub mod error;
pub mod handler;
pub mod log;
pub mod pair;
pub mod public_key;
pub mod reconcile;
pub mod request;
pub mod response;
pub mod sender;
pub mod stack;
pub mod world;
