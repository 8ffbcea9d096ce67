//! Listens on loopback and accepts viewers' connections.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::Service;
use super::connection::Connection;
use crate::error::Error;
use crate::limits;

/// Attempts to find a port that is free on both addresses, if any port will do.
const FREE_PORT_ATTEMPTS: usize = 20;
/// How long requests in progress may take to complete at shutdown.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);

/// Listens on the same port of 127.0.0.1 and, if the machine has it, of ::1.
///
/// # Errors
/// The port is in use on one of the two. `localhost` would sometimes reach another process.
pub(crate) async fn bind(port: u16) -> Result<(u16, Vec<TcpListener>), Error> {
    for _ in 0..FREE_PORT_ATTEMPTS {
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

/// The listeners and their connections. Dropping it closes them all.
#[derive(Debug)]
pub(crate) struct Server {
    accepting: JoinSet<()>,
    shutdown: watch::Sender<bool>,
}

impl Server {
    pub(crate) fn start(listeners: Vec<TcpListener>, service: &Service, tls: Option<&TlsAcceptor>) -> Self {
        let (shutdown, closing) = watch::channel(false);
        let permits = Arc::new(Semaphore::new(limits::VIEWER_CONNECTIONS_MAX));
        let mut accepting = JoinSet::new();
        for listener in listeners {
            let connection = Connection::new(Arc::clone(service), tls.cloned(), closing.clone());
            accepting.spawn(accept(listener, connection, closing.clone(), Arc::clone(&permits)));
        }
        Self { accepting, shutdown }
    }

    /// Stops accepting connections, waits for requests in progress, and closes what remains.
    pub(crate) async fn shutdown(mut self) {
        let _ = self.shutdown.send(true);
        let done = timeout(SHUTDOWN_GRACE, async { while self.accepting.join_next().await.is_some() {} }).await;
        if done.is_err() {
            self.accepting.shutdown().await;
        }
    }
}

async fn accept(
    listener: TcpListener,
    connection: Connection,
    mut closing: watch::Receiver<bool>,
    permits: Arc<Semaphore>,
) {
    let mut connections = JoinSet::new();
    loop {
        let permit = tokio::select! {
            permit = Arc::clone(&permits).acquire_owned() => permit,
            _ = closing.changed() => break,
        };
        let Ok(permit) = permit else { break };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = closing.changed() => break,
        };
        match accepted {
            Ok((stream, _)) => {
                let connection = connection.clone();
                connections.spawn(async move {
                    connection.serve(stream).await;
                    drop(permit);
                });
            }
            // The process has no file descriptors left, or the peer has gone. The next attempt may succeed.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}
