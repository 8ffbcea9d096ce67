//! Lambda@Edge at the viewer request: the real bundle of the version that a behavior names, in a real Node.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html>

mod bundle;
mod configuration;
mod credentials;
mod environment;
mod event;
mod memory;
mod pool;
mod result;
mod wire;

use std::path::PathBuf;

use http::{HeaderMap, Response};
use serde_json::Value;
use thiserror::Error as ThisError;

use crate::Error;
use crate::cloud::Cloud;
use crate::journal::Exchange;
use crate::response::Body;
use crate::viewer::ViewerRequest;
use configuration::Configuration;
use pool::Pool;

/// What the machine gives a function: a Node and a folder.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    pub(crate) node: PathBuf,
    pub(crate) scratch: PathBuf,
}

/// One published version of a function, unpacked and ready to run.
#[derive(Debug)]
pub(crate) struct LambdaFunction {
    pool: Pool,
}

/// Facts of the event that are not the request's.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) distribution_domain_name: &'a str,
    pub(crate) distribution_id: &'a str,
    pub(crate) request_id: &'a str,
}

/// What a function made of a request.
pub(crate) enum Outcome {
    /// The request goes on, perhaps changed; `body` only if the function replaced it.
    Request { path: String, query: String, headers: HeaderMap, body: Option<Vec<u8>> },
    /// The viewer gets this.
    Response(Box<Response<Body>>),
}

/// Why a function's run is an error for the viewer.
#[derive(Debug, ThisError, PartialEq, Eq)]
pub(crate) enum Failure {
    /// 503 `LambdaExecutionError`: it threw, hung, ended its process or never started.
    #[error("{0}")]
    Execution(String),
    /// 502 `LambdaValidationError`: what it returned is neither a request nor a response that CloudFront takes.
    #[error("{0}")]
    Validation(String),
    /// 503 `LambdaLimitExceeded`: too many requests wait for an environment.
    #[error("{0}")]
    LimitExceeded(String),
}

impl LambdaFunction {
    /// Reads the version's configuration and zip from the Lambda API and unpacks it. No environment is started: as in the real
    /// service, the first request pays for the first INIT, and INIT sees the configuration of that moment.
    ///
    /// # Errors
    /// A configuration that CloudFront refuses, code that is not the version's, or a Node that does not fit the runtime.
    pub(crate) async fn load(cloud: &Cloud, host: &Host, arn: &str) -> Result<Self, Error> {
        let (configuration, location) = Configuration::load(cloud, arn).await?;
        configuration.check_node(&host.node).await?;
        let root = bundle::unpack(cloud, host, &configuration, &location).await?;
        Ok(Self { pool: Pool::new(cloud.clone(), host.node.clone(), configuration, root) })
    }

    pub(crate) fn name(&self) -> &str {
        &self.pool.configuration().name
    }

    /// Runs the handler for a request.
    ///
    /// # Errors
    /// The [`Failure`] that the viewer sees; a line about it belongs in the log.
    pub(crate) async fn run(
        &self,
        request: &ViewerRequest,
        context: Context<'_>,
        include_body: bool,
        exchange: &mut Exchange,
    ) -> Result<Outcome, Failure> {
        let event = event::viewer_request(request, context, include_body);
        exchange.event(|| event.clone());
        let json = self.pool.invoke(&event, context.request_id).await.inspect_err(|failure| {
            exchange.result(|| Value::String(failure.to_string()));
        })?;
        exchange.result(|| json.clone());
        result::read(&json, request, include_body)
    }
}
