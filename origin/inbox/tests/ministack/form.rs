//! Posts a form to S3 as a browser does.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::Value;

const BOUNDARY: &str = "----a-boundary-that-no-file-of-these-tests-contains";

/// S3's status and body.
pub(crate) fn post(url: &str, fields: &Value, content: &[u8]) -> (u16, String) {
    let mut body = Vec::new();
    for (name, value) in fields.as_object().unwrap() {
        let value = value.as_str().unwrap();
        let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(part.into_bytes());
    }
    let file =
        "Content-Disposition: form-data; name=\"file\"; filename=\"brief\"\r\nContent-Type: application/octet-stream";
    body.extend(format!("--{BOUNDARY}\r\n{file}\r\n\r\n").into_bytes());
    body.extend(content);
    body.extend(format!("\r\n--{BOUNDARY}--\r\n").into_bytes());
    let (authority, path) = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).unwrap();
    let head = format!(
        "POST /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\nContent-Length: {}\r\n\
         Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(authority).unwrap();
    stream.write_all(&[head.into_bytes(), body].concat()).unwrap();
    let mut response = Vec::new();
    _ = stream.read_to_end(&mut response);
    let response = String::from_utf8_lossy(&response).into_owned();
    let status = response.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status line");
    (status, response)
}
