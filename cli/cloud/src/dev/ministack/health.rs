//! The health check of ministack.

use std::net::Ipv4Addr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// Whether a ministack on this port of 127.0.0.1 responds to the health check.
pub(super) async fn is_healthy(port: u16) -> bool {
    send_request(port).await.is_some_and(|start| start == *b"HTTP/1.1 200")
}

/// Returns the start of the status line.
async fn send_request(port: u16) -> Option<[u8; 12]> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok()?;
    // A path of ministack that no AWS service has.
    let request = format!("GET /_ministack/health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.ok()?;
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.ok()?;
    Some(start)
}
