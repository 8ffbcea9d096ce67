//! The local edge as its caller sees it: started, asked for its port, reloaded, shut down.

use std::sync::Arc;

use crate::cloud::Cloud;
use crate::distribution;
use crate::edge::Edge;
use crate::lambda_at_edge::Host;
use crate::viewer::{Server, bind};
use crate::{Error, Options};

/// A distribution being served on loopback. Dropping it ends it at once, with every process it started.
#[derive(Debug)]
pub struct LocalEdge {
    edge: Arc<Edge>,
    server: Server,
    host: Host,
    distribution_id: String,
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
        let edge = Arc::new(Edge::new(cloud, options.clock, port, distribution));
        let server = Server::start(listeners, &edge);
        tracing::info!(target: "vitae::edge", "serving {} on http://localhost:{port}", options.distribution_id);
        Ok(Self { edge, server, host, distribution_id: options.distribution_id })
    }

    /// The port it listens on: the one asked for, or the free one it found.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.edge.port
    }

    /// Reads the distribution anew, after a deployment. Requests under way end with the one they began with; on an error the
    /// old one stays.
    ///
    /// # Errors
    /// As [`LocalEdge::start`].
    pub async fn reload(&self) -> Result<(), Error> {
        let distribution = distribution::load(&self.edge.cloud, &self.host, &self.distribution_id).await?;
        self.edge.replace(distribution);
        Ok(())
    }

    /// Takes no more requests, lets those under way end, ends every process it started.
    pub async fn shutdown(self) {
        self.server.shutdown().await;
    }
}
