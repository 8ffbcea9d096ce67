//! The local edge as its caller sees it: started, asked for its port, reloaded, shut down.

use std::sync::Arc;

use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::cache::{Invalidations, Pattern};
use crate::cloud::Cloud;
use crate::distribution;
use crate::edge::Edge;
use crate::lambda_at_edge::Host;
use crate::viewer::{Certificate, Server, bind};
use crate::{Error, Options, limits};

/// A distribution being served on loopback. Dropping it ends it at once, with every process it started.
#[derive(Debug)]
pub struct LocalEdge {
    edge: Arc<Edge>,
    server: Server,
    host: Host,
    distribution_id: String,
    certificate: Option<Certificate>,
    invalidations: Arc<Mutex<Invalidations>>,
    /// Looks for new invalidations, until it is dropped.
    _watching: JoinSet<()>,
}

impl LocalEdge {
    /// Reads the distribution and begins to serve it.
    ///
    /// # Errors
    /// See [`Error`]: above all what the distribution uses and the local edge does not model.
    pub async fn start(options: Options) -> Result<Self, Error> {
        // Paths are given to another process, which runs in another folder.
        let scratch = std::path::absolute(&options.scratch)
            .and_then(|scratch| std::fs::create_dir_all(&scratch).map(|()| scratch))
            .map_err(|cause| Error::Scratch { path: options.scratch.display().to_string(), cause })?;
        let host = Host { node: options.node.clone(), scratch };
        let cloud = Cloud::new(&options)?;
        let distribution = distribution::load(&cloud, &host, &options.distribution_id).await?;
        let (port, listeners) = bind(options.listen).await?;
        let names = distribution.aliases.iter().chain([&distribution.domain_name]).cloned();
        let certificate = options.https.then(|| Certificate::develop(names, distribution.http2)).transpose()?;
        let edge = Arc::new(Edge::new(cloud, port, &options, distribution));
        let begun = Invalidations::begin(&edge.cloud, &options.distribution_id).await;
        let begun = begun.map_err(|cause| Error::Api { action: "reading the invalidations".to_owned(), cause })?;
        let invalidations = Arc::new(Mutex::new(begun));
        let mut watching = JoinSet::new();
        watching.spawn(watch(Arc::clone(&edge), options.distribution_id.clone(), Arc::clone(&invalidations)));
        let server = Server::start(listeners, &edge, certificate.as_ref().map(|certificate| &certificate.acceptor));
        tracing::info!(target: "vitae::edge", "serving {} on {}://localhost:{port}", options.distribution_id, edge.scheme());
        Ok(Self {
            edge,
            server,
            host,
            distribution_id: options.distribution_id,
            certificate,
            invalidations,
            _watching: watching,
        })
    }

    /// The port it listens on: the one asked for, or the free one it found.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.edge.port
    }

    /// The certificate that viewers are shown, in PEM, for those who want to trust it: `curl --cacert`. `None` without HTTPS.
    #[must_use]
    pub fn certificate_pem(&self) -> Option<&str> {
        self.certificate.as_ref().map(|certificate| certificate.pem.as_str())
    }

    /// Reads the distribution and its invalidations anew, after a deployment. The cache stays. Requests under way end with the one they began with; on an error the
    /// old one stays.
    ///
    /// # Errors
    /// As [`LocalEdge::start`].
    pub async fn reload(&self) -> Result<(), Error> {
        let distribution = distribution::load(&self.edge.cloud, &self.host, &self.distribution_id).await?;
        self.edge.replace(distribution);
        let mut invalidations = self.invalidations.lock().await;
        let carried_out = invalidations.carry_out(&self.edge.cloud, &self.distribution_id, &self.edge.cache).await;
        carried_out.map_err(|cause| Error::Api { action: "reading the invalidations".to_owned(), cause })
    }

    /// Takes objects out of the cache at once. A path is written as in an invalidation: `/index.html`, `/images/*`, `/*`. Invalidations
    /// made in the control plane are carried out within [`INVALIDATION_INTERVAL`](crate::limits::INVALIDATION_INTERVAL) of themselves.
    pub fn invalidate<'a>(&self, paths: impl IntoIterator<Item = &'a str>) {
        self.edge.cache.invalidate(&paths.into_iter().map(Pattern::new).collect::<Vec<_>>());
    }

    /// Tells pages that are open in a browser to reload: after what they are made of was uploaded and invalidated. Without
    /// [`Options::live_reload`] nobody listens.
    pub fn reload_pages(&self) {
        if let Some(live) = &self.edge.live_reload {
            live.tell();
        }
    }

    /// Takes no more requests, lets those under way end, ends every process it started.
    pub async fn shutdown(self) {
        // Pages that listen would keep it waiting.
        if let Some(live) = &self.edge.live_reload {
            live.end();
        }
        self.server.shutdown().await;
    }
}

/// Carries out invalidations as they are made. An API that fails is said once, and asked on.
async fn watch(edge: Arc<Edge>, distribution_id: String, invalidations: Arc<Mutex<Invalidations>>) {
    let mut ticks = tokio::time::interval(limits::INVALIDATION_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_failing = false;
    loop {
        ticks.tick().await;
        let carried_out = invalidations.lock().await.carry_out(&edge.cloud, &distribution_id, &edge.cache).await;
        if let (Err(cause), false) = (&carried_out, is_failing) {
            tracing::warn!(target: "vitae::edge", "invalidations cannot be read: {cause}");
        }
        is_failing = carried_out.is_err();
    }
}
