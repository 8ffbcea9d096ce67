//! The local edge: CloudFront's viewer side on a laptop.
//!
//! [`LocalEdge`] reads a distribution from the CloudFront API (the local cloud's) and serves it on loopback as CloudFront would:
//! cache behaviors by path pattern, CloudFront Functions, Lambda@Edge in a real Node, signed URLs, origin request
//! policies, origin access control, custom error responses.
//!
//! What it meets in a distribution and does not model it refuses when it loads, with "not modelled locally: ...". The
//! whole list is `SUPPORT.md` beside this crate; every limit, with its source, is in [`limits`].
//!
//! ```no_run
//! # async fn example() -> Result<(), vitae_local::Error> {
//! use vitae_local::{Clock, Credentials, LocalEdge, Options, RequestLog};
//!
//! let edge = LocalEdge::start(Options {
//!     endpoint_url: Some("http://127.0.0.1:4566".to_owned()),
//!     region: "us-east-1".to_owned(),
//!     credentials: Credentials::new("AKID", "secret", None, None, "local-edge"),
//!     distribution_id: "E1EXAMPLE".to_owned(),
//!     listen: 8787,
//!     https: false,
//!     live_reload: false,
//!     read_only: false,
//!     node: "/usr/bin/node".into(),
//!     clock: Clock::system(),
//!     requests: RequestLog::tracing(),
//!     scratch: "target/vitae/edge".into(),
//! })
//! .await?;
//! println!("http://localhost:{}", edge.port());
//! edge.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod cache;
mod clock;
mod cloud;
mod cloudfront_function;
mod custom_error;
mod distribution;
mod edge;
mod edge_headers;
mod edge_uri;
mod error;
mod glob;
mod hex;
mod journal;
mod key_value_store;
mod lambda_at_edge;
pub mod limits;
mod live_reload;
mod local_edge;
mod options;
mod origin;
mod path_pattern;
mod place;
mod request_id;
mod response;
mod signed_url;
mod trusted_keys;
mod viewer;
mod viewer_event;

pub use aws_credential_types::Credentials;
pub use clock::Clock;
pub use cloud::{in_one_line, with_causes};
pub use error::Error;
pub use journal::{RequestLine, RequestLog, Stage};
pub use local_edge::LocalEdge;
pub use options::{IAM_ACTIONS, IAM_ACTIONS_ON_STORES, Options};
