//! Listening on loopback, and taking viewers' connections.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::door::Door;
use crate::edge::Edge;
use crate::response::Body;
use crate::{Error, limits};

/// Tries for a port that is free on both addresses, if any port will do.
const FREE_PORT_TRIES: usize = 20;
/// What hyper keeps of a request's head before it gives up. Larger than CloudFront's limit, so that the edge sees what is over it.
const HEAD_BUFFER_BYTES: usize = 2 * limits::REQUEST_HEAD_MAX_BYTES;
/// The same of an HTTP/2 request, whose fields count 32 bytes more each: RFC 9113, section 10.5.1. Much more, since what is above it gets
/// an answer of h2's own, 431, and what is far above it none at all.
const HTTP2_HEADER_LIST_BYTES: u32 = 1_048_576;
/// The first byte of a TLS connection, RFC 8446, section 5.1. No HTTP method begins with it.
const TLS_HANDSHAKE: u8 = 0x16;
/// How long requests under way may take to end when the edge does.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);

/// Listens on 127.0.0.1 and, if the machine has it, on ::1, both with the same port.
///
/// # Errors
/// The port is taken on one of the two: `localhost` would sometimes reach someone else.
pub(crate) async fn bind(port: u16) -> Result<(u16, Vec<TcpListener>), Error> {
    for _ in 0..FREE_PORT_TRIES {
        let v4 = listen((Ipv4Addr::LOCALHOST, port).into()).await?;
        let bound =
            v4.local_addr().map_err(|cause| Error::Listen { address: format!("127.0.0.1:{port}"), cause })?.port();
        match TcpListener::bind(SocketAddr::from((Ipv6Addr::LOCALHOST, bound))).await {
            Ok(v6) => return Ok((bound, vec![v4, v6])),
            Err(cause) if cause.kind() == io::ErrorKind::AddrInUse && port == 0 => {}
            Err(cause) if cause.kind() == io::ErrorKind::AddrInUse => {
                return Err(Error::Listen { address: format!("[::1]:{port}"), cause });
            }
            Err(cause) => {
                tracing::info!(target: "vitae::edge", "not listening on [::1]: {cause}");
                return Ok((bound, vec![v4]));
            }
        }
    }
    Err(Error::Listen { address: "127.0.0.1:0 and [::1]:0".to_owned(), cause: io::ErrorKind::AddrInUse.into() })
}

async fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    TcpListener::bind(address).await.map_err(|cause| Error::Listen { address: address.to_string(), cause })
}

/// The listeners and their connections; all end with it.
#[derive(Debug)]
pub(crate) struct Server {
    accepting: JoinSet<()>,
    ending: watch::Sender<bool>,
}

impl Server {
    pub(crate) fn start(listeners: Vec<TcpListener>, edge: &Arc<Edge>, tls: Option<&TlsAcceptor>) -> Self {
        let (ending, ended) = watch::channel(false);
        let places = Arc::new(Semaphore::new(limits::VIEWER_CONNECTIONS_MAX));
        let mut accepting = JoinSet::new();
        for listener in listeners {
            let viewers = Viewers { edge: Arc::clone(edge), tls: tls.cloned(), ended: ended.clone() };
            accepting.spawn(accept(listener, viewers, Arc::clone(&places)));
        }
        Self { accepting, ending }
    }

    /// Takes no more connections, lets requests under way end, and cuts off what is left.
    pub(crate) async fn shutdown(mut self) {
        let _ = self.ending.send(true);
        let done = timeout(SHUTDOWN_GRACE, async { while self.accepting.join_next().await.is_some() {} }).await;
        if done.is_err() {
            self.accepting.shutdown().await;
        }
    }
}

/// What every connection is served with.
#[derive(Clone)]
struct Viewers {
    edge: Arc<Edge>,
    tls: Option<TlsAcceptor>,
    ended: watch::Receiver<bool>,
}

async fn accept(listener: TcpListener, mut viewers: Viewers, places: Arc<Semaphore>) {
    let mut connections = JoinSet::new();
    loop {
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            _ = viewers.ended.changed() => break,
        };
        let Ok(place) = place else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = viewers.ended.changed() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                let viewers = viewers.clone();
                connections.spawn(async move {
                    viewers.serve(stream).await;
                    drop(place);
                });
            }
            // Out of file descriptors, or the peer has gone: the next may do better.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

impl Viewers {
    async fn serve(mut self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let Some(tls) = self.tls.take() else { return self.speak_http_1(stream, false).await };
        let mut first = [0];
        let hello = async {
            if stream.peek(&mut first).await? == 1 && first[0] == TLS_HANDSHAKE {
                return tls.accept(stream).await.map(Box::new).map(Hello::Tls);
            }
            Ok::<_, io::Error>(Hello::Plain(stream))
        };
        let hello = tokio::select! {
            hello = timeout(limits::REQUEST_HEAD_TIMEOUT, hello) => hello,
            _ = self.ended.changed() => return,
        };
        // A viewer that says nothing, or does not trust the certificate, gets nothing.
        match hello {
            Ok(Ok(Hello::Tls(stream))) if stream.get_ref().1.alpn_protocol() == Some(b"h2") => {
                self.speak_http_2(*stream).await;
            }
            Ok(Ok(Hello::Tls(stream))) => self.speak_http_1(*stream, true).await,
            Ok(Ok(Hello::Plain(stream))) => self.speak_http_1(stream, false).await,
            _ => {}
        }
    }

    async fn speak_http_1(self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, over_tls: bool) {
        let Self { edge, mut ended, .. } = self;
        let service = service_fn(move |request: Request<Incoming>| answer(Arc::clone(&edge), request, over_tls));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(limits::REQUEST_HEAD_TIMEOUT)
            .max_buf_size(HEAD_BUFFER_BYTES)
            .max_headers(limits::REQUEST_HEADERS_MAX)
            // A viewer that has said all it had to say still gets its answer.
            .half_close(true)
            .serve_connection(Door::new(TokioIo::new(stream)), service);
        tokio::pin!(connection);
        tokio::select! {
            // A viewer that hangs up or talks nonsense has been answered as far as it could be.
            _ = connection.as_mut() => return,
            _ = ended.changed() => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.as_mut().await;
    }

    async fn speak_http_2(self, stream: TlsStream<TcpStream>) {
        let Self { edge, mut ended, .. } = self;
        let service = service_fn(move |request: Request<Incoming>| answer(Arc::clone(&edge), request, true));
        let connection = http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            // A viewer that has gone without a word does not keep its place.
            .keep_alive_interval(limits::REQUEST_HEAD_TIMEOUT)
            .max_concurrent_streams(limits::HTTP2_STREAMS_MAX)
            .max_header_list_size(HTTP2_HEADER_LIST_BYTES)
            .serve_connection(TokioIo::new(stream), service);
        tokio::pin!(connection);
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = ended.changed() => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.as_mut().await;
    }
}

/// How a viewer's connection begins.
enum Hello {
    Tls(Box<TlsStream<TcpStream>>),
    Plain(TcpStream),
}

async fn answer(edge: Arc<Edge>, request: Request<Incoming>, over_tls: bool) -> Result<Response<Body>, Infallible> {
    Ok(edge.serve(request, over_tls).await)
}
