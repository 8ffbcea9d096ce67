//! A viewer without opinions: it sends what it is told to, byte for byte.

use std::time::Duration;

use http_body_util::{BodyExt as _, Full};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

use crate::{Answer, Running};

/// Longer than any answer takes: a hanging edge fails the test instead of stopping it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request that is being put together.
pub struct Request<'a> {
    running: &'a Running,
    address: String,
    head: hyper::http::request::Builder,
    body: Bytes,
}

/// Asks the local edge for `target`: a path with its query, sent as it is.
#[must_use]
pub fn viewer<'a>(running: &'a Running, method: &str, target: &str) -> Request<'a> {
    Request::at(running, running.host(), running.host(), method, target)
}

impl<'a> Request<'a> {
    /// Asks the loopback server at `address` by the name of `host`.
    #[must_use]
    pub fn at(running: &'a Running, address: &str, host: &str, method: &str, target: &str) -> Self {
        let head = hyper::Request::builder().method(method).uri(target).header("host", host);
        Self { running, address: address.to_owned(), head, body: Bytes::new() }
    }

    /// Adds a header; a name may be given twice.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.head = self.head.header(name, value.as_ref());
        self
    }

    /// Comes from a page of the site itself.
    #[must_use]
    pub fn from_the_site(self) -> Self {
        let origin = self.running.address().to_owned();
        self.header("origin", origin)
    }

    /// Sends a body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends the request.
    ///
    /// # Panics
    /// If there is no answer.
    #[must_use]
    pub fn send(self) -> Answer {
        let request = self.head.body(Full::new(self.body)).expect("a request");
        let address = self.address;
        self.running.block_on(async move {
            let answer = timeout(PATIENCE, async move {
                let stream = TcpStream::connect(&address).await.expect("a connection");
                let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("a handshake");
                tokio::spawn(connection);
                let (head, body) = sender.send_request(request).await.expect("an answer").into_parts();
                let body = body.collect().await.expect("a whole body").to_bytes();
                Answer { status: head.status, headers: head.headers, body }
            });
            answer.await.expect("an answer in time")
        })
    }
}

/// Sends bytes that no well-behaved client would, and gives the first line of the answer.
///
/// # Panics
/// If the edge neither answers nor closes the connection.
#[must_use]
pub fn raw(running: &Running, bytes: &[u8]) -> String {
    let address = running.host().to_owned();
    let bytes = bytes.to_vec();
    running.block_on(async move {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        // The edge may answer and close before it has read everything.
        let _ = stream.write_all(&bytes).await;
        // Nothing more will come: an edge that waits for the rest of a request must not wait long.
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = timeout(PATIENCE, stream.read_to_end(&mut answer)).await.expect("an end in time");
        String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
    })
}
