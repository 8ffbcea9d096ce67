//! The local edge for a distribution that is already deployed, read-only.
//!
//! Nothing is uploaded, watched or written, no origin is added, and only GET, HEAD and OPTIONS are forwarded.

use std::path::PathBuf;

use vitae_local::{Clock, LocalEdge, RequestLog};

use super::Error;
use crate::{
    aws::{AwsClients, REGION},
    deploy,
};

/// How to serve a deployed distribution.
#[derive(Clone, Debug)]
pub struct RemoteOptions {
    /// The endpoint of a local cloud, such as `http://127.0.0.1:4566`; `None` for AWS.
    pub endpoint_url: Option<String>,
    /// Clients with the credentials of the caller.
    pub aws: AwsClients,
    /// The stack whose distribution is served, unless `distribution` is set.
    pub stack: String,
    /// The distribution's id.
    pub distribution: Option<String>,
    /// The port of the local edge; 0 for a free one.
    pub port: u16,
    /// The executable of Node 22, which runs the edge function.
    pub node: PathBuf,
    /// The folder into which functions are unpacked.
    pub scratch: PathBuf,
    /// The log of requests.
    pub requests: RequestLog,
}

/// A deployed distribution that is served read-only.
#[derive(Debug)]
pub struct Remote {
    edge: LocalEdge,
    distribution: String,
}

impl Remote {
    /// Reads the distribution and starts to serve it.
    ///
    /// # Errors
    /// Missing credentials, an unknown stack, or a configuration that the local edge does not model.
    pub async fn start(options: &RemoteOptions) -> Result<Self, Error> {
        let credentials = options.aws.credentials().await.map_err(Error::Credentials)?;
        let distribution = match &options.distribution {
            Some(id) => id.clone(),
            None => deploy::outputs(&options.aws, &options.stack).await?.distribution_id,
        };
        let edge = LocalEdge::start(vitae_local::Options {
            endpoint_url: options.endpoint_url.clone(),
            region: REGION.to_owned(),
            credentials,
            distribution_id: distribution.clone(),
            listen: options.port,
            https: false,
            live_reload: false,
            read_only: true,
            node: options.node.clone(),
            clock: Clock::system(),
            request_log: options.requests.clone(),
            scratch: options.scratch.clone(),
        })
        .await?;
        Ok(Self { edge, distribution })
    }

    /// The address to open.
    #[must_use]
    pub fn address(&self) -> String {
        format!("http://localhost:{}", self.edge.port())
    }

    /// The distribution's id.
    #[must_use]
    pub fn distribution(&self) -> &str {
        &self.distribution
    }

    /// Stops the local edge and every process that it started.
    pub async fn shutdown(self) {
        self.edge.shutdown().await;
    }
}
