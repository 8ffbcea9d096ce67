//! The local edge before a distribution that was deployed by someone else: looked at, and not changed.
//!
//! Nothing is uploaded, watched or written, no origin is allowed, no request goes on that is not GET, HEAD or OPTIONS.

use std::path::PathBuf;

use vitae_local::{Clock, LocalEdge, RequestLog};

use super::Error;
use crate::{
    aws::{AwsClients, REGION},
    deploy,
};

/// What to serve, and how.
#[derive(Clone, Debug)]
pub struct RemoteOptions {
    /// Where a local cloud is, `http://127.0.0.1:4566`; without it, AWS.
    pub endpoint_url: Option<String>,
    /// The cloud as whoever looks.
    pub aws: AwsClients,
    /// The stack whose distribution is served, unless one is named.
    pub stack: String,
    /// The distribution's id.
    pub distribution: Option<String>,
    /// The port of the local edge; 0 for a free one.
    pub port: u16,
    /// Node 22, for the edge function.
    pub node: PathBuf,
    /// Where functions are unpacked.
    pub scratch: PathBuf,
    /// Who gets a line for every request.
    pub requests: RequestLog,
}

/// A distribution that is being looked at.
#[derive(Debug)]
pub struct Remote {
    edge: LocalEdge,
    distribution: String,
}

impl Remote {
    /// Reads the distribution and begins to serve it.
    ///
    /// # Errors
    /// No credentials, no such stack, or what the local edge does not model.
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

    /// Ends it, with every process that it started.
    pub async fn shutdown(self) {
        self.edge.shutdown().await;
    }
}
