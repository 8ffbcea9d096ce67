//! An HTTP client that sends requests exactly as the test writes them, byte for byte.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::{Response, RunningSystem};

/// Longer than any response takes, so that a hanging edge fails the test and does not block it.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A request builder.
pub struct Request<'a> {
    running: &'a RunningSystem,
    address: String,
    head: hyper::http::request::Builder,
    body: Bytes,
}

impl<'a> Request<'a> {
    pub(crate) fn new(running: &'a RunningSystem, address: &str, host: &str, method: &str, target: &str) -> Self {
        let head = hyper::Request::builder().method(method).uri(target).header("host", host);
        Self { running, address: address.to_owned(), head, body: Bytes::new() }
    }

    /// Adds a header; a name may be added twice.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.head = self.head.header(name, value.as_ref());
        self
    }

    /// Adds the `Origin` of the site itself.
    #[must_use]
    pub fn from_the_site(self) -> Self {
        let origin = self.running.address().to_owned();
        self.header("origin", origin)
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends the request.
    ///
    /// # Panics
    /// If there is no response.
    #[must_use]
    pub fn send(self) -> Response {
        let request = self.head.body(Full::new(self.body)).expect("a request");
        let address = self.address;
        self.running.block_on(async move {
            let response = timeout(TIMEOUT, async move {
                let stream = TcpStream::connect(&address).await.expect("a connection");
                let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("a handshake");
                tokio::spawn(connection);
                let (head, body) = sender.send_request(request).await.expect("a response").into_parts();
                let body = body.collect().await.expect("a whole body").to_bytes();
                Response { status: head.status, headers: head.headers, body }
            });
            response.await.expect("a response in time")
        })
    }
}

/// Sends bytes that are not a well-formed request, and returns the first line of the response.
pub(crate) async fn send_raw(address: &str, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    // The edge may respond and close before it has read everything.
    let _ = stream.write_all(bytes).await;
    // Without this, an edge that expects the rest of a request would wait for it.
    let _ = stream.shutdown().await;
    let mut response = Vec::new();
    let _ = timeout(TIMEOUT, stream.read_to_end(&mut response)).await.expect("an end in time");
    String::from_utf8_lossy(&response).lines().next().unwrap_or_default().to_owned()
}
