//! Lambda@Edge on its four events: the deployed zip of the associated version, run by Node.js.
//!
//! Sources: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html>,
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html>

mod bundle;
mod configuration;
mod credentials;
mod environment;
mod event;
mod local_code;
mod memory;
mod origin;
mod pool;
mod result;
mod runner;
mod trigger;

use std::path::PathBuf;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use serde_json::Value;

use super::FunctionError;
use crate::aws_clients::AwsClients;
use crate::distribution::OriginConfig;
use crate::error::Error;
use crate::request_log::StageTrace;
use crate::response::Body;
use crate::viewer_request::ViewerRequest;
use configuration::Configuration;
use pool::Pool;
pub(crate) use trigger::Trigger;

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
    /// `origin` likewise, on origin request.
    Request {
        path: String,
        query: String,
        headers: HeaderMap,
        body: Option<Vec<u8>>,
        origin: Option<Box<OriginConfig>>,
    },
    /// The response to the viewer.
    Response(Box<Response<Body>>),
}

/// What a function on a response event returned.
#[derive(Debug)]
pub(crate) struct ChangedResponse {
    pub(crate) status: StatusCode,
    pub(crate) reason: Option<String>,
    /// Including those that are hidden from functions.
    pub(crate) headers: HeaderMap,
    /// Set only if the function replaced it.
    pub(crate) body: Option<Bytes>,
}

impl LambdaFunction {
    /// Reads the version's configuration and zip from the Lambda API and unpacks it. Does not start an
    /// environment: as in the real service, INIT runs with the first request.
    ///
    /// # Errors
    /// A configuration that CloudFront would reject, code of another version, or a program that is not Node.js.
    pub(crate) async fn load(
        aws: &AwsClients,
        runtime: &NodeRuntime,
        arn: &str,
        is_on_viewer_event: bool,
    ) -> Result<Self, Error> {
        let (configuration, location) = Configuration::load(aws, arn, is_on_viewer_event).await?;
        configuration.check_node(&runtime.node).await?;
        let local = aws.snapshot.as_ref().and_then(|snapshot| snapshot.lambda_code(arn));
        let root = match local {
            Some(code) => local_code::root(runtime, &configuration, code)?,
            None => bundle::unpack(aws, runtime, &configuration, &location).await?,
        };
        Ok(Self { pool: Pool::new(aws.clone(), runtime.clone(), configuration, root) })
    }

    pub(crate) fn name(&self) -> &str {
        &self.pool.configuration().name
    }

    /// Runs the handler for a request. On origin request, it is the one to the origin.
    ///
    /// # Errors
    /// The handler failed or its result is not valid. The caller should log it.
    pub(crate) async fn run(
        &self,
        request: &ViewerRequest,
        origin: Option<&OriginConfig>,
        config: EventConfig<'_>,
        include_body: bool,
        stage: &mut StageTrace,
    ) -> Result<FunctionResult, FunctionError> {
        let trigger = if origin.is_some() { Trigger::OriginRequest } else { Trigger::ViewerRequest };
        let event = event::request(request, origin, trigger, config, include_body);
        let json = self.invoke(&event, config.request_id, stage).await?;
        result::parse(&json, request, origin, trigger, include_body)
    }

    /// Runs the handler for a response: the origin's, if there is an `origin`, and otherwise the viewer's.
    ///
    /// # Errors
    /// The handler failed or its result is not valid. The caller should log it.
    pub(crate) async fn run_on_response(
        &self,
        request: &ViewerRequest,
        origin: Option<&OriginConfig>,
        (status, headers): (StatusCode, &HeaderMap),
        config: EventConfig<'_>,
        stage: &mut StageTrace,
    ) -> Result<ChangedResponse, FunctionError> {
        let trigger = if origin.is_some() { Trigger::OriginResponse } else { Trigger::ViewerResponse };
        let event = event::response(request, origin, status, headers, trigger, config);
        let json = self.invoke(&event, config.request_id, stage).await?;
        result::parse_response(&json, headers, trigger)
    }

    async fn invoke(&self, event: &Value, request_id: &str, stage: &mut StageTrace) -> Result<Value, FunctionError> {
        stage.event(|| event.clone());
        let json = self.pool.invoke(event, request_id).await.inspect_err(|error| {
            stage.result(|| Value::String(error.to_string()));
        })?;
        stage.result(|| json.clone());
        Ok(json)
    }
}
