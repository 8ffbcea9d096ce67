//! Whether ministack answers.

use std::net::Ipv4Addr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// ministack's own path for this question, which no service of AWS's has.
const REQUEST: &[u8] = b"GET /_ministack/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// Whether its health page is served on this port of 127.0.0.1.
pub(super) async fn answers(port: u16) -> bool {
    ask(port).await.is_some_and(|start| start == *b"HTTP/1.1 200")
}

async fn ask(port: u16) -> Option<[u8; 12]> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await.ok()?;
    stream.write_all(REQUEST).await.ok()?;
    let mut start = [0; 12];
    stream.read_exact(&mut start).await.ok()?;
    Some(start)
}
