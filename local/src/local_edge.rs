//! The public API: start, reload and shut down a local edge.

use std::sync::{Arc, RwLock};

use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::aws_clients::AwsClients;
use crate::cache::{Cache, Invalidations, Pattern};
use crate::distribution::{self, OriginReplacements};
use crate::error::Error;
use crate::functions::Functions;
use crate::functions::lambda_at_edge::NodeRuntime;
use crate::limits;
use crate::live_reload::LiveReload;
use crate::options::Options;
use crate::pipeline::{Deployment, Pipeline};
use crate::viewer::{Certificate, Server, Service, bind};

/// A distribution that is served on loopback. Dropping it stops it at once, with every process that it started.
#[derive(Debug)]
pub struct LocalEdge {
    pipeline: Arc<Pipeline>,
    server: Server,
    runtime: NodeRuntime,
    distribution_id: String,
    origins: OriginReplacements,
    certificate: Option<Certificate>,
    invalidations: Arc<Mutex<Invalidations>>,
    /// Polls for invalidations until it is dropped.
    _polling: JoinSet<()>,
}

impl LocalEdge {
    /// Reads the distribution and starts to serve it.
    ///
    /// # Errors
    /// See [`Error`], in particular [`Error::NotModelled`].
    pub async fn start(options: Options) -> Result<Self, Error> {
        // Functions run in another folder, so the path must be absolute.
        let scratch = std::path::absolute(&options.scratch)
            .and_then(|scratch| std::fs::create_dir_all(&scratch).map(|()| scratch))
            .map_err(|cause| Error::Scratch { path: options.scratch.display().to_string(), cause })?;
        let runtime = NodeRuntime { node: options.node, scratch, session_policy: options.function_session_policy };
        let origins = OriginReplacements::new(options.origins, options.snapshot.is_some())?;
        let (aws, distribution_id) = if let Some(snapshot) = options.snapshot {
            let id = snapshot.distribution_id().to_owned();
            (AwsClients::from_snapshot(snapshot.into_documents(), options.region)?, id)
        } else {
            let endpoint_url = options.endpoint_url.as_deref();
            (AwsClients::new(endpoint_url, options.region, options.credentials)?, options.distribution_id)
        };
        let deployment = load(&aws, &runtime, &distribution_id, &origins).await?;
        let (port, listeners) = bind(options.listen).await?;
        let distribution = &deployment.distribution;
        let names = distribution.aliases.iter().chain([&distribution.domain_name]).cloned();
        let certificate = options.https.then(|| Certificate::for_development(names, distribution.http2)).transpose()?;
        let pipeline = Arc::new(Pipeline {
            aws,
            clock: options.clock,
            port,
            https: options.https,
            read_only: options.read_only,
            request_log: options.request_log,
            viewer: options.viewer,
            cache: Cache::new(),
            live_reload: options.live_reload.then(LiveReload::new),
            pages: options.pages,
            uploads: options.uploads,
            deployment: RwLock::new(Arc::new(deployment)),
        });
        let invalidations = Invalidations::load(&pipeline.aws, &distribution_id).await?;
        let invalidations = Arc::new(Mutex::new(invalidations));
        let mut polling = JoinSet::new();
        if pipeline.aws.snapshot.is_none() {
            polling.spawn(poll(Arc::clone(&pipeline), distribution_id.clone(), Arc::clone(&invalidations)));
        }
        let shared = Arc::clone(&pipeline);
        let service: Service = Arc::new(move |request, over_tls| {
            let pipeline = Arc::clone(&shared);
            Box::pin(async move { pipeline.serve(request, over_tls).await })
        });
        let server = Server::start(listeners, &service, certificate.as_ref().map(|certificate| &certificate.acceptor));
        tracing::info!(
            target: "vitae::edge",
            "serving {distribution_id} on {}://localhost:{port}",
            pipeline.scheme()
        );
        Ok(Self { pipeline, server, runtime, distribution_id, origins, certificate, invalidations, _polling: polling })
    }

    /// The port it listens on: the requested one, or the free one that was chosen.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.pipeline.port
    }

    /// The certificate for viewers, in PEM, so that a client can trust it (`curl --cacert`). `None` without HTTPS.
    #[must_use]
    pub fn certificate_pem(&self) -> Option<&str> {
        self.certificate.as_ref().map(|certificate| certificate.pem.as_str())
    }

    /// Reads the distribution and its invalidations again, after a deployment. The cache is kept. Requests in
    /// progress complete with the old distribution. After an error the old one stays.
    ///
    /// # Errors
    /// As for [`LocalEdge::start`].
    pub async fn reload(&self) -> Result<(), Error> {
        let Self { pipeline, distribution_id, .. } = self;
        pipeline.replace(load(&pipeline.aws, &self.runtime, distribution_id, &self.origins).await?);
        self.invalidations.lock().await.apply_new(&pipeline.aws, distribution_id, &pipeline.cache).await
    }

    /// Removes objects from the cache. Paths have the syntax of an invalidation: `/index.html`, `/images/*`, `/*`.
    /// Invalidations that are created in CloudFront's API are applied within
    /// [`INVALIDATION_INTERVAL`](crate::limits::INVALIDATION_INTERVAL).
    pub fn invalidate<'a>(&self, paths: impl IntoIterator<Item = &'a str>) {
        self.pipeline.cache.invalidate(&paths.into_iter().map(Pattern::new).collect::<Vec<_>>());
    }

    /// Reloads the pages that are open in browsers. Call it after changed files have been uploaded and
    /// invalidated. Has no effect without [`Options::live_reload`].
    pub fn reload_pages(&self) {
        if let Some(live_reload) = &self.pipeline.live_reload {
            live_reload.reload();
        }
    }

    /// Stops accepting requests, waits for those in progress, and ends every process that it started.
    pub async fn shutdown(self) {
        // Open event streams would delay the shutdown.
        if let Some(live_reload) = &self.pipeline.live_reload {
            live_reload.shutdown();
        }
        self.server.shutdown().await;
    }
}

async fn load(
    aws: &AwsClients,
    runtime: &NodeRuntime,
    distribution_id: &str,
    origins: &OriginReplacements,
) -> Result<Deployment, Error> {
    let distribution = distribution::load(aws, distribution_id, origins).await?;
    let functions = Functions::load(aws, runtime, &distribution).await?;
    Ok(Deployment { distribution, functions })
}

/// Applies new invalidations. A repeated API error is logged once, and polling continues.
async fn poll(pipeline: Arc<Pipeline>, distribution_id: String, invalidations: Arc<Mutex<Invalidations>>) {
    let mut ticks = tokio::time::interval(limits::INVALIDATION_INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_failing = false;
    loop {
        ticks.tick().await;
        let applied = invalidations.lock().await.apply_new(&pipeline.aws, &distribution_id, &pipeline.cache).await;
        if let (Err(error), false) = (&applied, is_failing) {
            tracing::warn!(target: "vitae::edge", "cannot read invalidations: {error}");
        }
        is_failing = applied.is_err();
    }
}
