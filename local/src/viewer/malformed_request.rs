//! The response to a malformed request, which is not valid HTTP.
//!
//! hyper itself responds to such a request, with a bare status line (400, 414 or 431) that CloudFront would not send.
//! [`ErrorRewriter`] replaces it with CloudFront's 400 or 414. The local edge's own responses always have `via`, so a
//! response head without it is hyper's.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::rt::{Read, ReadBufCursor, Write};

const PAGE: &str = concat!(
    "<!DOCTYPE html>\n<html lang=\"en\"><head><title>ERROR: The request could not be satisfied</title></head>",
    "<body><h1>Bad request</h1></body></html>\n",
);

/// A viewer's connection whose malformed-request responses are rewritten.
pub(super) struct ErrorRewriter<S> {
    stream: S,
    /// The unwritten rest of a replacement response.
    replacement: Vec<u8>,
    replaced: bool,
}

impl<S> ErrorRewriter<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, replacement: Vec::new(), replaced: false }
    }
}

/// CloudFront's response, if `head` is one of hyper's own errors.
fn replacement(head: &[u8]) -> Option<Vec<u8>> {
    let status = match head.get(..13)? {
        b"HTTP/1.1 400 " | b"HTTP/1.1 431 " => "400 Bad Request",
        b"HTTP/1.1 414 " => "414 URI Too Long",
        _ => return None,
    };
    if String::from_utf8_lossy(head).to_ascii_lowercase().contains("\r\nvia: ") {
        return None;
    }
    let response = format!(
        "HTTP/1.1 {status}\r\nserver: CloudFront\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\n\
         connection: close\r\nx-cache: Error from cloudfront\r\nvia: 1.1 localhost.cloudfront.net (CloudFront)\r\n\r\n{PAGE}",
        PAGE.len()
    );
    Some(response.into_bytes())
}

impl<S: Write + Unpin> ErrorRewriter<S> {
    /// Writes the rest of a replacement response.
    fn poll_replacement(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.replacement.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.replacement))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.replacement.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: Read + Unpin> Read for ErrorRewriter<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl<S: Write + Unpin> Write for ErrorRewriter<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.replaced {
            ready!(self.poll_replacement(cx))?;
            // Discard hyper's own response.
            return Poll::Ready(Ok(buf.len()));
        }
        if let Some(replacement) = replacement(buf) {
            tracing::info!(target: "vitae::edge", "rejected a request that is not valid HTTP");
            self.replacement = replacement;
            self.replaced = true;
            return Poll::Ready(Ok(buf.len()));
        }
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_replacement(cx))?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_replacement(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::replacement;

    #[test]
    fn only_hypers_own_responses_are_replaced() {
        assert!(
            replacement(b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\n\r\n")
                .unwrap()
                .starts_with(b"HTTP/1.1 400 ")
        );
        assert!(
            replacement(b"HTTP/1.1 414 URI Too Long\r\ncontent-length: 0\r\n\r\n")
                .unwrap()
                .starts_with(b"HTTP/1.1 414 ")
        );
        assert!(replacement(b"HTTP/1.1 400 Bad Request\r\nvia: 1.1 e1.cloudfront.net\r\n\r\n").is_none());
        assert!(replacement(b"HTTP/1.1 200 OK\r\n\r\n").is_none());
        assert!(replacement(b"").is_none());
    }
}
