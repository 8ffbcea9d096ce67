//! The viewer's side of the edge: listeners, TLS, connections and malformed requests.

mod connection;
mod malformed_request;
mod server;
mod tls;

pub(crate) use server::{Server, bind};
pub(crate) use tls::Certificate;
