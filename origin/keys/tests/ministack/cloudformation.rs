//! CloudFormation's side of a custom resource: an HTTP server on loopback that receives responses.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};

/// The path and query of the response URL, like a presigned URL of S3.
const PATH: &str = "/bucket/arn%3Aaws%3Astack?AWSAccessKeyId=A&Signature=s%2Bt%3D";

/// The server. It stops with the test's runtime.
pub(crate) struct CloudFormation {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    responses: Vec<Value>,
    refusals: VecDeque<u16>,
}

impl CloudFormation {
    /// Starts it on a free port.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let (address, state) = (listener.local_addr().unwrap(), Arc::<Mutex<State>>::default());
        let of_task = Arc::clone(&state);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&of_task)));
            }
        });
        Self { address, state }
    }

    /// The response URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}{PATH}", self.address)
    }

    /// Rejects the next responses with these statuses.
    pub(crate) fn reject_next(&self, statuses: &[u16]) {
        self.state.lock().unwrap().refusals.extend(statuses);
    }

    /// The responses received since the last call.
    pub(crate) fn take_responses(&self) -> Vec<Value> {
        std::mem::take(&mut self.state.lock().unwrap().responses)
    }
}

async fn serve(stream: TcpStream, state: Arc<Mutex<State>>) {
    let mut stream = BufStream::new(stream);
    loop {
        let mut head = Vec::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await.unwrap() == 0 {
                return;
            }
            if line == "\r\n" {
                break;
            }
            head.push(line.trim_end().to_ascii_lowercase());
        }
        assert_eq!(head[0], format!("put {PATH} http/1.1").to_ascii_lowercase());
        assert!(
            !head.iter().any(|line| line.starts_with("content-type")),
            "the URL's signature covers no content type: {head:?}"
        );
        let lengths: Vec<_> = head.iter().filter_map(|line| line.strip_prefix("content-length: ")).collect();
        assert_eq!(lengths.len(), 1, "S3 takes no chunks: {head:?}");
        let mut body = vec![0; lengths[0].parse().unwrap()];
        stream.read_exact(&mut body).await.unwrap();
        assert!(body.len() <= 4096);
        let status = {
            let mut state = state.lock().unwrap();
            let refusal = state.refusals.pop_front();
            if refusal.is_none() {
                state.responses.push(serde_json::from_slice(&body).unwrap());
            }
            refusal.unwrap_or(200)
        };
        let response = format!("HTTP/1.1 {status} Some\r\ncontent-length: 0\r\n\r\n");
        stream.write_all(response.as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
    }
}
