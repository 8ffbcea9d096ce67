//! The viewer's side of the edge: listeners, TLS, connections and malformed requests.

mod connection;
mod malformed_request;
mod server;
mod tls;

use std::pin::Pin;
use std::sync::Arc;

use http::{Request, Response};
use hyper::body::Incoming;

use crate::response::Body;
pub(crate) use server::{Server, bind};
pub(crate) use tls::Certificate;

/// Responds to a request. The flag is whether the request came over TLS.
pub(crate) type Service =
    Arc<dyn Fn(Request<Incoming>, bool) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>> + Send + Sync>;
