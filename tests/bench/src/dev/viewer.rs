//! A browser's part: asking for a page, and listening for its reload.

use std::{
    io::{BufRead as _, BufReader, Lines, Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use super::DevFailure;

/// Longer than a Rust edit takes on a slow machine.
const PATIENCE: Duration = Duration::from_mins(10);

/// The whole answer to a GET, head and body.
pub(super) fn get(address: &str, path: &str) -> Result<String, DevFailure> {
    let mut answer = String::new();
    ask(address, path)?.read_to_string(&mut answer).map_err(DevFailure::io(path))?;
    Ok(answer)
}

/// A page that waits to be told to reload.
pub(super) struct Listening(Lines<BufReader<TcpStream>>);

/// Begins to listen.
pub(super) fn listen(address: &str) -> Result<Listening, DevFailure> {
    let mut lines = BufReader::new(ask(address, "/.vitae/reload")?).lines();
    // The head, and the first words of the stream: from here on it hears everything.
    lines.find(|line| line.as_ref().is_ok_and(|line| line.starts_with("retry:")));
    Ok(Listening(lines))
}

impl Listening {
    /// Waits for it.
    pub(super) fn wait(mut self) -> Result<(), DevFailure> {
        let told = self.0.find(|line| !line.as_ref().is_ok_and(|line| line != "event: reload"));
        let ended = || std::io::Error::other("the stream ended");
        told.unwrap_or_else(|| Err(ended())).map(drop).map_err(DevFailure::io("the wait for a reload"))
    }
}

fn ask(address: &str, path: &str) -> Result<TcpStream, DevFailure> {
    let host = address.trim_start_matches("http://");
    let asked = || {
        let mut stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
        Ok(stream)
    };
    asked().map_err(DevFailure::io(format!("{address}{path}")))
}
