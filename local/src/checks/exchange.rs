//! Sends one request to the local edge.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http::header::{HOST, HeaderMap};
use http::{Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than any timeout of an origin or a function that is likely in a test.
const TIMEOUT: Duration = Duration::from_mins(1);

/// A complete response.
pub(super) struct Response {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// # Errors
/// The request is not valid, or there was no response, as a message.
pub(super) async fn exchange(
    port: u16,
    method: Method,
    path: &str,
    headers: &BTreeMap<String, String>,
    body: &str,
) -> Result<Response, String> {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    if !headers.keys().any(|name| name.eq_ignore_ascii_case(HOST.as_str())) {
        request = request.header(HOST, format!("localhost:{port}"));
    }
    let request = request.body(Full::from(body.to_owned())).map_err(|error| error.to_string())?;
    match timeout(TIMEOUT, send(port, request)).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err(format!("no response within {} s", TIMEOUT.as_secs())),
    }
}

async fn send(port: u16, request: Request<Full<Bytes>>) -> Result<Response, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    // Ends when the sender is dropped.
    tokio::spawn(connection);
    let (parts, body) = sender.send_request(request).await?.into_parts();
    Ok(Response { status: parts.status, headers: parts.headers, body: body.collect().await?.to_bytes() })
}
