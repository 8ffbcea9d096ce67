//! Lambda@Edge on viewer request: the deployed zip of the associated version, run by Node.js.
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
mod runner;

use std::path::PathBuf;

use http::{HeaderMap, Response};
use serde_json::Value;

use super::FunctionError;
use crate::aws_clients::AwsClients;
use crate::error::Error;
use crate::request_log::StageTrace;
use crate::response::Body;
use crate::viewer_request::ViewerRequest;
use configuration::Configuration;
use pool::Pool;

/// How functions run.
#[derive(Clone, Debug)]
pub(crate) struct NodeRuntime {
    /// The Node.js that runs functions.
    pub(crate) node: PathBuf,
    /// The folder that they are unpacked to.
    pub(crate) scratch: PathBuf,
    /// Limits their credentials.
    pub(crate) session_policy: Option<String>,
}

/// A published version of a function, unpacked and ready to run.
#[derive(Debug)]
pub(crate) struct LambdaFunction {
    pool: Pool,
}

/// The event's fields that are not part of the request.
#[derive(Clone, Copy)]
pub(crate) struct EventConfig<'a> {
    pub(crate) distribution_domain_name: &'a str,
    pub(crate) distribution_id: &'a str,
    pub(crate) request_id: &'a str,
}

/// A function's result, which satisfies CloudFront's rules.
pub(crate) enum FunctionResult {
    /// The request, perhaps changed, continues. `body` is set only if the function replaced it.
    Request { path: String, query: String, headers: HeaderMap, body: Option<Vec<u8>> },
    /// The response to the viewer.
    Response(Box<Response<Body>>),
}

impl LambdaFunction {
    /// Reads the version's configuration and zip from the Lambda API and unpacks it. Does not start an
    /// environment: as in the real service, INIT runs with the first request.
    ///
    /// # Errors
    /// A configuration that CloudFront would reject, code of another version, or a program that is not Node.js.
    pub(crate) async fn load(aws: &AwsClients, runtime: &NodeRuntime, arn: &str) -> Result<Self, Error> {
        let (configuration, location) = Configuration::load(aws, arn).await?;
        configuration.check_node(&runtime.node).await?;
        let root = bundle::unpack(aws, runtime, &configuration, &location).await?;
        Ok(Self { pool: Pool::new(aws.clone(), runtime.clone(), configuration, root) })
    }

    pub(crate) fn name(&self) -> &str {
        &self.pool.configuration().name
    }

    /// Runs the handler for a request.
    ///
    /// # Errors
    /// The handler failed or its result is not valid. The caller should log it.
    pub(crate) async fn run(
        &self,
        request: &ViewerRequest,
        config: EventConfig<'_>,
        include_body: bool,
        stage: &mut StageTrace,
    ) -> Result<FunctionResult, FunctionError> {
        let event = event::viewer_request(request, config, include_body);
        stage.event(|| event.clone());
        let json = self.pool.invoke(&event, config.request_id).await.inspect_err(|error| {
            stage.result(|| Value::String(error.to_string()));
        })?;
        stage.result(|| json.clone());
        result::parse(&json, request, include_body)
    }
}
