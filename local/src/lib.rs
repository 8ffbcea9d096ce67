//! The local edge: CloudFront's viewer side on a laptop.
//!
//! [`LocalEdge`] reads a distribution from the CloudFront API and serves it on loopback as CloudFront would: cache
//! behaviors by path pattern, CloudFront Functions, Lambda@Edge in Node.js, signed URLs, a cache, origin request
//! policies, origin access control and custom error responses.
//!
//! If a distribution uses a feature that is not modelled, loading it fails with "not modelled locally: ...". The
//! complete list is `SUPPORT.md` in this crate's folder. Every limit, with its source, is in [`limits`].
//!
//! ```no_run
//! # async fn example() -> Result<(), vitae_local::Error> {
//! use vitae_local::{Clock, Credentials, LocalEdge, Options, RequestLog, ViewerProperties};
//!
//! let edge = LocalEdge::start(Options {
//!     endpoint_url: Some("http://127.0.0.1:4566".to_owned()),
//!     region: "us-east-1".to_owned(),
//!     credentials: Credentials::new("AKID", "secret", None, None, "local-edge"),
//!     distribution_id: "E1EXAMPLE".to_owned(),
//!     snapshot: None,
//!     origins: Vec::new(),
//!     viewer: ViewerProperties::default(),
//!     listen: 8787,
//!     https: false,
//!     live_reload: false,
//!     pages: None,
//!     uploads: None,
//!     function_session_policy: None,
//!     read_only: false,
//!     node: "/usr/bin/node".into(),
//!     clock: Clock::system(),
//!     request_log: RequestLog::tracing(),
//!     scratch: "target/vitae/edge".into(),
//! })
//! .await?;
//! println!("http://localhost:{}", edge.port());
//! edge.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # Layers
//!
//! The modules are the path of a request, in this order. A module imports only from later layers, which a
//! test checks.
//!
//! | layer | what it does |
//! |---|---|
//! | `local_edge`, `options`, `checks` | the public API: starts, reloads and stops the rest; checks of its responses |
//! | `viewer` | listens, TLS, HTTP/1.1 and HTTP/2 connections, malformed requests |
//! | `pipeline` | runs one request: host, behavior, restricted access, functions, cache, origin, error page |
//! | `live_reload`, `pages`, `uploads` | pages that reload themselves, pages of the program itself, and forms to a bucket, in development |
//! | `functions` | CloudFront Functions and Lambda@Edge |
//! | `cache` | stored responses, lifetimes, request collapsing, invalidations |
//! | `origin` | the origin request: S3 buckets, Function URLs and other servers, their policies, SigV4 |
//! | `response` | CloudFront's own responses, compression, headers |
//! | `distribution` | the configuration model, read from the CloudFront API |
//! | `signed_url` | verification of signed URLs and signed cookies |
//! | `request_log` | one line for every request, and its trace |
//! | every other module | support that any layer may use: AWS clients, distributions from files, errors, limits |

mod aws_clients;
mod byte_range;
mod cache;
mod checks;
mod clock;
mod distribution;
mod endpoint;
mod error;
mod functions;
#[cfg(test)]
mod layers;
pub mod limits;
mod live_reload;
mod local_edge;
mod options;
mod origin;
mod pages;
mod path_pattern;
mod pipeline;
mod request_id;
mod request_log;
mod response;
mod result_type;
mod signed_url;
mod snapshot;
mod uploads;
mod viewer;
mod viewer_headers;
mod viewer_request;
mod wildcard;

pub use aws_credential_types::Credentials;
pub use checks::{CheckResult, Checks, ChecksError, Difference};
pub use clock::Clock;
pub use distribution::OriginReplacement;
pub use error::{Error, error_chain, service_error};
pub use local_edge::LocalEdge;
pub use options::{IAM_ACTIONS, IAM_ACTIONS_ON_IDENTITIES, IAM_ACTIONS_ON_SESSIONS, IAM_ACTIONS_ON_STORES, Options};
pub use pages::{Page, Pages};
pub use request_log::{RequestLine, RequestLog, Stage};
pub use snapshot::{Snapshot, SnapshotError, TemplateSettings};
pub use uploads::UPLOADS_PATH;
pub use viewer_headers::ViewerProperties;
