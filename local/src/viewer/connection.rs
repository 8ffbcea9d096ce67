//! One viewer's connection: plain or TLS, HTTP/1.1 or HTTP/2.

use std::convert::Infallible;
use std::io;

use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::Service;
use super::malformed_request::ErrorRewriter;
use crate::limits;

/// The size of hyper's buffer for a request's head. It is larger than CloudFront's limit, so that the edge itself
/// rejects a head that is over the limit.
const HEAD_BUFFER_BYTES: usize = 2 * limits::REQUEST_HEAD_MAX_BYTES;
/// The same for HTTP/2, where each field counts 32 bytes more: RFC 9113, section 10.5.1. It is much larger,
/// because h2 itself responds with 431 to a head above it, and closes the connection if the head is far above
/// it.
const HTTP2_HEADER_LIST_BYTES: u32 = 1_048_576;
/// The first byte of a TLS connection, RFC 8446, section 5.1. No HTTP method begins with it.
const TLS_HANDSHAKE: u8 = 0x16;

/// How a connection is served. Clone it for each connection.
#[derive(Clone)]
pub(super) struct Connection {
    service: Service,
    tls: Option<TlsAcceptor>,
    closing: watch::Receiver<bool>,
}

/// The start of a connection to a port that serves both protocols.
enum Stream {
    Tls(Box<TlsStream<TcpStream>>),
    Plain(TcpStream),
}

impl Connection {
    pub(super) const fn new(service: Service, tls: Option<TlsAcceptor>, closing: watch::Receiver<bool>) -> Self {
        Self { service, tls, closing }
    }

    pub(super) async fn serve(mut self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let Some(tls) = self.tls.take() else { return self.serve_http_1(stream, false).await };
        let mut first = [0];
        let stream = async {
            if stream.peek(&mut first).await? == 1 && first[0] == TLS_HANDSHAKE {
                return tls.accept(stream).await.map(Box::new).map(Stream::Tls);
            }
            Ok::<_, io::Error>(Stream::Plain(stream))
        };
        let stream = tokio::select! {
            stream = timeout(limits::REQUEST_HEAD_TIMEOUT, stream) => stream,
            _ = self.closing.changed() => return,
        };
        match stream {
            Ok(Ok(Stream::Tls(stream))) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => {
                self.serve_http_2(*stream).await;
            }
            Ok(Ok(Stream::Tls(stream))) => self.serve_http_1(*stream, true).await,
            Ok(Ok(Stream::Plain(stream))) => self.serve_http_1(stream, false).await,
            // The viewer sent nothing, or does not trust the certificate.
            _ => {}
        }
    }

    async fn serve_http_1(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, over_tls: bool) {
        let Self { service, mut closing, .. } = self;
        let service = service_fn(move |request: Request<Incoming>| {
            let response = service(request, over_tls);
            async { Ok::<_, Infallible>(response.await) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits::REQUEST_HEAD_TIMEOUT)
            .max_buf_size(HEAD_BUFFER_BYTES)
            .max_headers(limits::REQUEST_HEADERS_MAX)
            // A viewer that closes its sending side still gets its response.
            .half_close(true)
            .serve_connection(ErrorRewriter::new(TokioIo::new(stream)), service);
        tokio::pin!(connection);
        tokio::select! {
            // Errors of a connection have already been answered, or the viewer has gone.
            _ = connection.as_mut() => return,
            _ = closing.changed() => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.as_mut().await;
    }

    async fn serve_http_2(self, stream: TlsStream<TcpStream>) {
        let Self { service, mut closing, .. } = self;
        let service = service_fn(move |request: Request<Incoming>| {
            let response = service(request, true);
            async { Ok::<_, Infallible>(response.await) }
        });
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            // Frees the connection of a viewer that disappeared.
            .keep_alive_interval(limits::REQUEST_HEAD_TIMEOUT)
            .max_concurrent_streams(limits::HTTP2_STREAMS_MAX)
            .max_header_list_size(HTTP2_HEADER_LIST_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = closing.changed() => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.as_mut().await;
    }
}
