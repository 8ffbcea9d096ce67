//! An HTTP client that requests pages and listens for reloads.

use std::{
    io::{BufRead as _, BufReader, Lines, Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use super::Error;

/// Longer than a Rust edit takes on a slow machine.
const TIMEOUT: Duration = Duration::from_mins(10);

/// The whole response to a GET, with its head.
pub(super) fn get(address: &str, path: &str) -> Result<String, Error> {
    let mut response = String::new();
    send(address, path)?.read_to_string(&mut response).map_err(Error::io(path))?;
    Ok(response)
}

/// A stream of reload events.
pub(super) struct ReloadEvents(Lines<BufReader<TcpStream>>);

/// Connects to the stream of reload events.
pub(super) fn listen(address: &str) -> Result<ReloadEvents, Error> {
    let mut lines = BufReader::new(send(address, "/.vitae/reload")?).lines();
    // After the head and the first field of the stream, no event can be missed.
    lines.find(|line| line.as_ref().is_ok_and(|line| line.starts_with("retry:")));
    Ok(ReloadEvents(lines))
}

impl ReloadEvents {
    /// Waits for a reload event.
    pub(super) fn wait(mut self) -> Result<(), Error> {
        let event = self.0.find(|line| !line.as_ref().is_ok_and(|line| line != "event: reload"));
        let closed = || std::io::Error::other("the stream ended");
        event.unwrap_or_else(|| Err(closed())).map(drop).map_err(Error::io("wait for a reload"))
    }
}

fn send(address: &str, path: &str) -> Result<TcpStream, Error> {
    let host = address.trim_start_matches("http://");
    let send = || {
        let mut stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(TIMEOUT))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
        Ok(stream)
    };
    send().map_err(Error::io(format!("{address}{path}")))
}
