//! The protocol with `runner.mjs`, which runs in Node.js: one JSON value per line in each direction.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

use crate::limits;

/// A request to the runner.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation<'a> {
    pub(super) event: &'a Value,
    pub(super) aws_request_id: &'a str,
    /// Milliseconds since the epoch.
    pub(super) deadline_ms: u64,
}

/// A message from the runner: it is ready, or the result or error of an invocation.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    #[serde(default)]
    pub(super) ready: bool,
    #[serde(default)]
    pub(super) result: Value,
    pub(super) error: Option<HandlerError>,
}

/// An error thrown by a handler or while its module was loaded.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HandlerError {
    error_type: String,
    error_message: String,
    stack: String,
}

impl HandlerError {
    /// Type, message and location, on one line.
    pub(super) fn one_line(&self) -> String {
        let place = self.stack.lines().map(str::trim).find(|line| line.starts_with("at ")).unwrap_or_default();
        let line = format!("{}: {} {place}", self.error_type, self.error_message.replace('\n', " "));
        line.chars().take(1_000).collect()
    }
}

/// The local edge's end of the socket.
#[derive(Debug)]
pub(super) struct Runner {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
}

impl Runner {
    pub(super) fn new(socket: UnixStream) -> Self {
        let (reader, writer) = socket.into_split();
        Self { reader: BufReader::new(reader), writer }
    }

    pub(super) async fn send(&mut self, invocation: &Invocation<'_>) -> Result<(), String> {
        let mut line = serde_json::to_vec(invocation).map_err(|error| error.to_string())?;
        line.push(b'\n');
        self.writer.write_all(&line).await.map_err(|error| error.to_string())
    }

    /// Reads the next report.
    ///
    /// # Errors
    /// The process ended, or its message is too large or not valid.
    pub(super) async fn receive(&mut self) -> Result<Report, String> {
        let mut line = Vec::new();
        let limit = limits::LAMBDA_RESULT_MAX_BYTES as u64 + 1;
        let read =
            (&mut self.reader).take(limit).read_until(b'\n', &mut line).await.map_err(|error| error.to_string())?;
        if read == 0 {
            return Err("the process ended".to_owned());
        }
        if line.last() != Some(&b'\n') {
            return Err("the result is larger than 6 MB, or the process ended while it was writing it".to_owned());
        }
        serde_json::from_slice(&line).map_err(|error| format!("the runner sent an invalid message: {error}"))
    }
}
