//! The regional Lambda that owns the signing keys and their key group.
//!
//! # Triggers
//! - CloudFormation, as the stack's custom resource: `Create` makes the first key, `Update` changes none, `Delete` removes
//!   what the stack created. The physical id is constant, so that CloudFormation never takes an update for a replacement and
//!   deletes keys in use.
//! - A schedule, every quarter of an hour.
//! - Parameter Store's event of a change at `signer/next`. If it is lost, the schedule finds the key.
//! - `cargo vitae keys`, with a [`command::Command`].
//!
//! # The life of a key
//! A run observes, decides, takes one step, and observes again ([`reconcile`]). The decision, [`decide::decide`], is a pure
//! function of the [`observed::Observed`] state. So a run that is interrupted, repeated or concurrent with another leads to
//! the same end. A private key exists only in memory until it is stored, so the order is:
//!
//! 1. *pending*: the key pair is stored at `signer/pending`, where nothing overwrites it;
//! 2. *registered*: CloudFront has its public key;
//! 3. *in group*: the key group contains it, and the old key;
//! 4. *soaked and deployed*: the group has not changed for [`timing::SOAK_S`], and every distribution that trusts it has the
//!    status `Deployed`;
//! 5. *proven*: a request for the small object [`probe::PATH`], with a URL signed by the key, succeeded;
//! 6. *active*: id and private key are written to `signer/active` in one `PutParameter`;
//! 7. *retiring*: its successor is active, and URLs that it signed may be valid for [`timing::RETIRE_S`];
//! 8. *deleted*: removed from the group, then from CloudFront.
//!
//! The first key of a new stack skips 4 and 5: no distribution uses its group yet. A revoked key skips 7, and its successor
//! skips 4 and 5, since CloudFront rejects what the edge signs meanwhile anyway.
//!
//! # Times
//! Times come from the services and not from a journal: a key group has the time of its last change, a parameter that of its
//! last write. A journal would be a second source of truth, written in a separate call, and wrong after a crash between the
//! two calls. An error of the services' times is always on the safe side: another change of the group or of `signer/active`
//! makes every key wait longer. One time serves all retiring keys: each was last active before `signer/active` was last
//! written. The function's clock, with which these times are compared, may differ by [`timing::CLOCK_MARGIN_S`].
//! `signer/state` stores the one fact that no service has: the keys that the owner revoked.
//!
//! # What "deployed" assumes
//! A key group has no status, and AWS documents no time for its propagation. So the three conditions of steps 4 and 5 are
//! combined. The assumption is that every edge is reached within the soak time, or before the distribution is deployed, or
//! before another edge accepts the probe. The probe reaches one edge: it finds a fault that all edges share, not one edge
//! that lags.
//!
//! # The owner's key
//! A value at `signer/next` is checked. A key that CloudFront accepts is copied to `signer/pending` when no other rotation is
//! in progress, and stays at `signer/next` until it is active. A rejected one is deleted, and `signer/status` has the
//! reason. Parameter Store has no conditional deletion, so three rules prevent the loss of a key that the owner stores
//! meanwhile:
//!
//! - The owner's command, `put-parameter` without `--overwrite`, fails while a key is stored.
//! - A value is read again just before its deletion, and deleted only if it is the one that was checked. The call is never
//!   retried. There remains the duration of one call, for an owner who overwrites one key with another at that moment.
//! - Only an active or rejected key is deleted. If `signer/next` were deleted as soon as its key is at `signer/pending`, a
//!   delayed run that deletes `signer/pending` would delete the only copy.
//!
//! The alternative, to keep `signer/next` and record the accepted version in `signer/state`, would close that gap. But a
//! second key would need `--overwrite`; an owner who deletes the first and stores a second would store version 1 again,
//! which counts as accepted; and a private key would stay there for ever.
//!
//! # The key of named links
//! `links/key` is 32 random bytes, with which the links function hashes addresses. The custom resource stores it once, and
//! nothing replaces it: the hashes in the table of links depend on it.
//!
//! # Secrets
//! A private key is stored in a `SecureString`, and while it is used in memory that is wiped. [`observed::Observed`], on which
//! decisions are based, holds public keys only. No error quotes a value of a signer's parameter. No subscriber of `tracing`
//! is installed, so the SDK's request traces go nowhere. What remains are the copies that the SDK makes of a request.

pub mod aws;
pub mod command;
pub mod decide;
pub mod error;
pub mod handler;
pub mod key_pair;
pub mod log;
pub mod observed;
pub mod probe;
pub mod public_key;
pub mod reconcile;
pub mod request;
pub mod response;
mod run;
pub mod sender;
pub mod settings;
pub mod stack;
pub mod status;
pub mod teardown;
pub mod timing;
pub mod trigger;

pub use run::run;
