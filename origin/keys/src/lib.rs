//! The regional Lambda that owns the signing keys and their key group.
//!
//! # What runs it
//! CloudFormation, as the stack's custom resource: `Create` makes the first key, `Update` changes none, `Delete` removes what
//! the stack made; the physical id is constant, so that CloudFormation never takes an update for a replacement and deletes
//! keys that are in use. A schedule every quarter of an hour. Parameter Store's event of a change at `signer/next`, which may
//! be lost, and then the schedule sees it. And `vitae keys`, with a [`command::Command`].
//!
//! # How a key lives
//! Every run looks at the observed, decides, does one thing and looks again ([`reconcile`]). The decision, [`decide::decide`], is
//! a pure function of the [`observed::Observed`]; so a run that is cut off anywhere, or done twice, or by two at once, ends in the
//! same place. A private key exists only in memory until it is stored, so the order is:
//!
//! 1. *pending*: the pair is stored at `signer/pending`, where nothing overwrites it;
//! 2. *registered*: CloudFront has its public half;
//! 3. *in group*: the key group holds it, and the old key;
//! 4. *soaked and deployed*: the group has not changed for [`timing::SOAK_S`], and every distribution that trusts it says
//!    Deployed;
//! 5. *proven*: a URL that it signed, for the small object [`probe::PATH`], was answered;
//! 6. *active*: id and private key are written to `signer/active` in one `PutParameter`;
//! 7. *retiring*: its successor is active, and URLs that it signed may live for [`timing::RETIRE_S`];
//! 8. *gone*: out of the group, then deleted.
//!
//! The first key of a new stack skips 4 and 5: no distribution uses its group yet. A revoked key skips 7, and its successor
//! skips 4 and 5, since what the edge signs meanwhile is refused as it is.
//!
//! # Where the times come from
//! From the services, not from a journal: a key group says when it was last changed, a parameter when it was last written. A
//! journal of our own would be a second truth, written in another call than what it tells of, and a crash between the two
//! would make one of them lie. What the services say errs to the safe side alone: whoever else touches the group or
//! `signer/active` makes everything wait for longer. One moment serves all retiring keys: each was last active before
//! `signer/active` was last written. The function's own clock, which the ages are counted to, may be off by
//! [`timing::CLOCK_MARGIN_S`]. `signer/state` holds the one thing that nothing shows: which keys the owner revoked.
//!
//! # What "deployed" assumes
//! A key group has no status, and how long CloudFront takes to tell its edges of one is promised nowhere. So the three signs
//! of step 4 and 5 are taken together, and what is assumed is that an edge which was reached neither within the soak time,
//! nor before the distribution was Deployed, nor by the time another edge opened the door, does not exist. The probe asks one
//! edge: it finds the mistakes that all edges share, not a single edge that lags.
//!
//! # The owner's key
//! Whatever stands at `signer/next` is judged. A key that CloudFront takes is copied to `signer/pending` when no other is on its
//! way in, and stays at `signer/next` until it signs; a bad one is deleted, and `signer/status` says why. Parameter Store
//! deletes without a condition, so three things keep a key from getting lost that the owner puts there meanwhile:
//!
//! - the owner's own command, `put-parameter` without `--overwrite`, is refused by Parameter Store while a key is there;
//! - what is about to be deleted is read again just before, and only deleted if it is what was judged; and the deletion is never
//!   sent twice. Left is the time of one call, for an owner who overwrites one key with another in that very moment;
//! - nothing is deleted but what signs already or was refused with a reason. Were `signer/next` emptied as soon as its key is at
//!   `signer/pending`, then a run that lags, and deletes `signer/pending` a moment late, would delete the only copy.
//!
//! The other way, to leave `signer/next` and remember at `signer/state` which version was taken, would lose nothing in that
//! moment either. But a second key would need `--overwrite`, an owner who deletes the first and puts a second would put version 1
//! again, which counts as taken, and a private key would lie there for ever.
//!
//! # Secrets
//! A private key stands in a `SecureString` and, while it is handled, in memory that is wiped. [`observed::Observed`], which
//! decisions are made from, holds public halves only. No error quotes a value of a signer's parameter, and no subscriber
//! of `tracing` is installed, so that the SDK, which traces requests with their bodies, has nobody to tell. What remains
//! are the copies that the SDK makes of a request on its way out.

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
pub mod sender;
pub mod settings;
pub mod stack;
pub mod status;
pub mod teardown;
pub mod timing;
pub mod trigger;
