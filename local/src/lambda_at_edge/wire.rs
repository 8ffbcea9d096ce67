//! Between the local edge and its runner in Node: one JSON value a line, both ways.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};

use crate::limits;

/// What an environment is asked.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation<'a> {
    pub(super) event: &'a Value,
    pub(super) aws_request_id: &'a str,
    /// Milliseconds since the epoch.
    pub(super) deadline_ms: u64,
}

/// What an environment says.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    #[serde(default)]
    pub(super) ready: bool,
    #[serde(default)]
    pub(super) result: Value,
    pub(super) error: Option<Thrown>,
}

/// What a handler, or the loading of its module, threw.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Thrown {
    error_type: String,
    error_message: String,
    stack: String,
}

impl Thrown {
    /// Type, message and place, in one line.
    pub(super) fn in_one_line(&self) -> String {
        let place = self.stack.lines().map(str::trim).find(|line| line.starts_with("at ")).unwrap_or_default();
        let line = format!("{}: {} {place}", self.error_type, self.error_message.replace('\n', " "));
        line.chars().take(1_000).collect()
    }
}

/// The local edge's end of the socket.
#[derive(Debug)]
pub(super) struct Wire {
    reader: BufReader<OwnedReadHalf>,
    writer: OwnedWriteHalf,
}

impl Wire {
    pub(super) fn new(socket: UnixStream) -> Self {
        let (reader, writer) = socket.into_split();
        Self { reader: BufReader::new(reader), writer }
    }

    pub(super) async fn send(&mut self, invocation: &Invocation<'_>) -> Result<(), String> {
        let mut line = serde_json::to_vec(invocation).map_err(|error| error.to_string())?;
        line.push(b'\n');
        self.writer.write_all(&line).await.map_err(|error| error.to_string())
    }

    /// The next report. An error if the process ended, or said too much or something else.
    pub(super) async fn receive(&mut self) -> Result<Report, String> {
        let mut line = Vec::new();
        let limit = limits::LAMBDA_RESULT_MAX_BYTES as u64 + 1;
        let read =
            (&mut self.reader).take(limit).read_until(b'\n', &mut line).await.map_err(|error| error.to_string())?;
        if read == 0 {
            return Err("the process ended".to_owned());
        }
        if line.last() != Some(&b'\n') {
            return Err("the result is larger than 6 MB, or the process ended in the middle of it".to_owned());
        }
        serde_json::from_slice(&line).map_err(|error| format!("the runner said something else: {error}"))
    }
}
