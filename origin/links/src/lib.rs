//! Named links: the owner makes one for each recipient, sees who opened it, and can revoke it.
//!
//! A link is `https://<site>/l/<code>`. `GET` returns a small page and records nothing: mail scanners and link previews fetch
//! it too. Its button sends `POST`, which records an open and redirects to a signed URL of about a minute. A visitor can also
//! request a link by e-mail, with `POST /l/request`.
//!
//! # Codes
//! A code has 128 random bits and is shown once. The table has only its SHA-256, so a copy of the table opens nothing, and a
//! lookup compares hashes: its time says nothing about how much of a code is right. The code of a requested link is derived
//! from the key in `links/key` and the request's token, so that a mail whose sending was interrupted before it began can be
//! sent later although the code is not stored.
//!
//! # Opens
//! An open is a transaction on the link's row. Its condition is that of an active link, so an expiry or a revocation is in
//! force at once; its token follows from CloudFront's request id, so a retry counts once. The first open also writes that its
//! notice is pending. See [`store`].
//!
//! # Requests
//! Accepting a request is one transaction, which writes the row of the address, that of the day, the message and its link. The
//! limits are its conditions ([`request`], [`limits`]). Every well-formed address gets the same response, after about the same
//! time. The table has a keyed hash of an address, and the address itself until its request is no longer outstanding.
//!
//! # Messages
//! A notice is sent at least once, an e-mail at most once. See [`outbox`].
//!
//! # Where the rules are
//! Rows and their encoding ([`row`]), codes, labels and documents are free of effects, and the command line uses them too.
//! Requests, responses, pages and messages are pure functions. Only [`store`], [`sender`] and [`parameters`] call AWS.

pub mod address;
pub mod code;
pub mod document;
pub mod error;
mod event;
pub mod feedback;
pub mod handler;
pub mod http;
pub mod label;
pub mod limits;
pub mod log;
pub mod mail;
pub mod notice;
pub mod outbox;
pub mod outcome;
pub mod page;
pub mod parameters;
pub mod request;
pub mod row;
mod run;
mod run_id;
pub mod sender;
pub mod settings;
pub mod site;
pub mod store;
mod time_text;
pub mod token;

pub use run::run;
pub use run_id::RunId;
