//! The viewer's side of HTTP: what reaches a cache behavior, and what is refused at the door.

mod body;
mod door;
mod host;
mod protocol;
mod request;
mod server;
mod tls;

use std::net::Ipv4Addr;

use http::header::COOKIE;

pub(crate) use body::collect;
pub(crate) use host::{HostMeaning, meaning};
pub(crate) use protocol::ViewerProtocolPolicy;
pub(crate) use request::{Rejection, ViewerRequest, as_http_1_1, target};
pub(crate) use server::{Server, bind};
pub(crate) use tls::Certificate;

/// Every viewer is on this machine. What functions and policies see; the real peer is never logged.
pub(crate) const VIEWER_ADDRESS: Ipv4Addr = Ipv4Addr::LOCALHOST;

impl ViewerRequest {
    /// The cookies as they are written, in order.
    pub(crate) fn cookies(&self) -> Vec<(String, String)> {
        let headers = self.headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let pairs = headers.flat_map(|header| header.split(';')).map(str::trim).filter(|pair| !pair.is_empty());
        pairs
            .map(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                (name.to_owned(), value.to_owned())
            })
            .collect()
    }
}
