//! A viewer that sends requests byte for byte.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Duration, timeout};

/// A response.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// The header's values, joined; empty if the header is missing.
    pub(crate) fn header(&self, name: &str) -> String {
        let values: Vec<&str> =
            self.headers.iter().filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str()).collect();
        values.join(", ")
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn x_cache(&self) -> String {
        self.header("x-cache")
    }
}

/// Sends bytes to a port and reads one response, until the connection closes.
pub(crate) async fn raw(port: u16, request: &[u8]) -> Response {
    parse(&raw_bytes(port, request).await)
}

/// Sends bytes to a port and reads until the connection closes.
pub(crate) async fn raw_bytes(port: u16, request: &[u8]) -> Vec<u8> {
    let exchange = async {
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        // The edge may respond and close the connection before it has read all of a request that it rejects.
        let _ = stream.write_all(request).await;
        let mut response = Vec::new();
        let _ = stream.read_to_end(&mut response).await;
        response
    };
    timeout(Duration::from_secs(30), exchange).await.expect("the connection did not end")
}

fn parse(response: &[u8]) -> Response {
    let text = String::from_utf8_lossy(response);
    let end =
        response.windows(4).position(|window| window == b"\r\n\r\n").unwrap_or_else(|| panic!("no head in {text:?}"));
    let head = String::from_utf8_lossy(&response[..end]).into_owned();
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|status| status.parse().ok());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let chunked = headers.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked");
    let body = &response[end + 4..];
    Response {
        status: status.unwrap_or_else(|| panic!("{text:?}")),
        headers,
        body: if chunked { unchunk(body) } else { body.to_vec() },
    }
}

fn unchunk(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let line = body.windows(2).position(|window| window == b"\r\n").expect("a chunk has a size");
        let size = usize::from_str_radix(std::str::from_utf8(&body[..line]).unwrap(), 16).unwrap();
        if size == 0 {
            return whole;
        }
        whole.extend_from_slice(&body[line + 2..line + 2 + size]);
        body = &body[line + 2 + size + 2..];
    }
}

/// A request.
#[derive(Clone)]
pub(crate) struct Request {
    method: String,
    target: String,
    host: Option<String>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    pub(crate) fn get(target: &str) -> Self {
        Self::method("GET", target)
    }

    pub(crate) fn method(method: &str, target: &str) -> Self {
        Self { method: method.to_owned(), target: target.to_owned(), host: None, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn post(target: &str, body: &[u8]) -> Self {
        Self { body: body.to_vec(), ..Self::method("POST", target) }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Replaces the default host, `localhost` with the port.
    pub(crate) fn host(mut self, host: &str) -> Self {
        self.host = Some(host.to_owned());
        self
    }

    pub(crate) async fn send(self, port: u16) -> Response {
        let host = self.host.unwrap_or_else(|| format!("localhost:{port}"));
        let mut head = format!("{} {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n", self.method, self.target);
        let mut headers = self.headers;
        if !self.body.is_empty() || self.method == "POST" {
            headers.push(("Content-Length".to_owned(), self.body.len().to_string()));
        }
        for (name, value) in &headers {
            head.extend([name, ": ", value, "\r\n"]);
        }
        head.push_str("\r\n");
        raw(port, &[head.as_bytes(), &self.body].concat()).await
    }
}
