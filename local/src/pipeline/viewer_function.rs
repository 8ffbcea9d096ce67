//! Runs the functions of a behavior: on viewer request, applied to the request, and on viewer response, applied to the
//! response.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use super::{Pipeline, RequestContext};
use crate::distribution::{Distribution, FunctionAssociation, LambdaAssociation, OriginConfig};
use crate::functions::cloudfront::{CloudFrontFunction, ViewerRequestEvent, ViewerResponse, ViewerResponseEvent};
use crate::functions::lambda_at_edge::{ChangedResponse, EventConfig, LambdaFunction};
use crate::functions::{FunctionError, cloudfront, lambda_at_edge};
use crate::limits;
use crate::request_log::StageTrace;
use crate::response::{EdgeResponse, ResultType, complete_generated, error_page, full_body, set_reason};
use crate::viewer_request::{VIEWER_ADDRESS, ViewerRequest};

impl<'a> RequestContext<'a> {
    /// The fields of an event that do not depend on the stage of the request.
    fn event_config(&self) -> EventConfig<'a> {
        event_config(&self.deployment.distribution, self.request_id)
    }
}

pub(super) fn event_config<'a>(distribution: &'a Distribution, request_id: &'a str) -> EventConfig<'a> {
    EventConfig { distribution_domain_name: &distribution.domain_name, distribution_id: &distribution.id, request_id }
}

impl Pipeline {
    /// Runs the function. Returns a response if the request does not continue.
    pub(super) async fn run_viewer_function(
        &self,
        context: &mut RequestContext<'_>,
        association: &FunctionAssociation,
        viewer: &mut ViewerRequest,
    ) -> Option<EdgeResponse> {
        let (functions, config) = (&context.deployment.functions, context.event_config());
        let mut stage = context.trace.stage("function");
        let response = match association {
            FunctionAssociation::CloudFront { arn } => {
                self.run_cloudfront(&functions.cloudfront[arn], config, viewer, &mut stage).await
            }
            FunctionAssociation::Lambda(LambdaAssociation { arn, include_body }) => {
                run_lambda(&functions.lambda[arn], config, *include_body, viewer, &mut stage).await
            }
        };
        context.trace.push(stage);
        response
    }

    async fn run_cloudfront(
        &self,
        function: &Arc<CloudFrontFunction>,
        config: EventConfig<'_>,
        viewer: &mut ViewerRequest,
        stage: &mut StageTrace,
    ) -> Option<EdgeResponse> {
        use cloudfront::FunctionResult;
        let (event, now) = (viewer_request_event(config, viewer), self.clock.since_epoch());
        let run =
            move |function: &CloudFrontFunction, stage: &mut StageTrace| function.viewer_request(&event, now, stage);
        match run_blocking(function, stage, run).await {
            Ok(FunctionResult::Request { uri, querystring, headers, .. }) => {
                continue_with(viewer, uri, querystring, headers);
                None
            }
            Ok(FunctionResult::Response { status, reason, headers, body }) => {
                let mut response = Response::new(full_body(body));
                *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
                *response.headers_mut() = headers;
                complete_generated(&mut response, reason);
                Some(EdgeResponse { response, result: ResultType::FunctionGeneratedResponse })
            }
            Err(failed) => Some(failed),
        }
    }

    /// Runs the function on viewer response, which replaces the status and the headers.
    pub(super) async fn run_viewer_response_function(
        &self,
        context: &mut RequestContext<'_>,
        association: &FunctionAssociation,
        viewer: &ViewerRequest,
        response: EdgeResponse,
    ) -> EdgeResponse {
        let (functions, config) = (&context.deployment.functions, context.event_config());
        let mut stage = context.trace.stage("response function");
        let response = match association {
            FunctionAssociation::CloudFront { arn } => {
                self.change_response(&functions.cloudfront[arn], config, viewer, response, &mut stage).await
            }
            FunctionAssociation::Lambda(LambdaAssociation { arn, .. }) => {
                lambda_on_response(&functions.lambda[arn], config, viewer, None, response, &mut stage).await
            }
        };
        context.trace.push(stage);
        response
    }

    async fn change_response(
        &self,
        function: &Arc<CloudFrontFunction>,
        config: EventConfig<'_>,
        viewer: &ViewerRequest,
        mut response: EdgeResponse,
        stage: &mut StageTrace,
    ) -> EdgeResponse {
        let event = ViewerResponseEvent {
            request: viewer_request_event(config, viewer),
            status: response.response.status(),
            headers: response.response.headers().clone(),
        };
        let now = self.clock.since_epoch();
        let run =
            move |function: &CloudFrontFunction, stage: &mut StageTrace| function.viewer_response(&event, now, stage);
        match run_blocking(function, stage, run).await {
            Ok(ViewerResponse { status, headers }) => {
                *response.response.status_mut() = status;
                *response.response.headers_mut() = headers;
                response
            }
            Err(failed) => failed,
        }
    }
}

/// Runs a Lambda@Edge function on a response: on origin response, if there is an origin, else on viewer response.
pub(super) async fn lambda_on_response(
    function: &LambdaFunction,
    config: EventConfig<'_>,
    request: &ViewerRequest,
    origin: Option<&OriginConfig>,
    mut response: EdgeResponse,
    stage: &mut StageTrace,
) -> EdgeResponse {
    let parts = (response.response.status(), response.response.headers());
    match function.run_on_response(request, origin, parts, config, stage).await {
        Ok(ChangedResponse { status, reason, headers, body }) => {
            let is_same_status = status == response.response.status();
            *response.response.status_mut() = status;
            *response.response.headers_mut() = headers;
            if let Some(body) = body {
                response.response.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(body.len()));
                *response.response.body_mut() = full_body(body);
            }
            if !is_same_status {
                set_reason(&mut response.response, reason);
            }
            // A function on origin response may replace an error, or cause one.
            if origin.is_some() {
                response.result = if status.as_u16() < 400 { ResultType::Miss } else { ResultType::Error };
            }
            response
        }
        Err(error) => lambda_failed(function, &error),
    }
}

fn viewer_request_event(config: EventConfig<'_>, viewer: &ViewerRequest) -> ViewerRequestEvent {
    ViewerRequestEvent {
        distribution_domain_name: config.distribution_domain_name.to_owned(),
        distribution_id: config.distribution_id.to_owned(),
        request_id: config.request_id.to_owned(),
        viewer_ip: VIEWER_ADDRESS.into(),
        method: viewer.method.clone(),
        uri: viewer.path.clone(),
        querystring: viewer.query.clone(),
        headers: viewer.headers.clone(),
    }
}

/// Runs a CloudFront Function on a thread that may block. A failure is the response that the viewer gets.
async fn run_blocking<T: Send + 'static>(
    function: &Arc<CloudFrontFunction>,
    stage: &mut StageTrace,
    run: impl FnOnce(&CloudFrontFunction, &mut StageTrace) -> Result<(T, Duration), FunctionError> + Send + 'static,
) -> Result<T, EdgeResponse> {
    let running = Arc::clone(function);
    let mut function_stage = std::mem::replace(stage, StageTrace::untraced("function"));
    let task = tokio::task::spawn_blocking(move || {
        let result = run(&running, &mut function_stage);
        (result, function_stage)
    });
    let result = match task.await {
        Ok((result, function_stage)) => {
            *stage = function_stage;
            result
        }
        Err(error) => Err(FunctionError::Execution(error.to_string())),
    };
    match result {
        Ok((result, compute)) => {
            warn_of_compute(function, compute);
            Ok(result)
        }
        Err(error) => {
            let result = match error {
                FunctionError::Validation(_) => ResultType::FunctionValidationError,
                FunctionError::Execution(_) | FunctionError::LimitExceeded(_) => ResultType::FunctionExecutionError,
            };
            Err(function_failed(CLOUDFRONT_FAILED, &function.name, &error, result))
        }
    }
}

async fn run_lambda(
    function: &LambdaFunction,
    config: EventConfig<'_>,
    include_body: bool,
    viewer: &mut ViewerRequest,
    stage: &mut StageTrace,
) -> Option<EdgeResponse> {
    use lambda_at_edge::FunctionResult;
    match function.run(viewer, None, config, include_body, stage).await {
        Ok(FunctionResult::Request { path, query, headers, body, .. }) => {
            continue_with(viewer, path, query, headers);
            if let Some(body) = body {
                viewer.body = Bytes::from(body);
            }
            None
        }
        Ok(FunctionResult::Response(response)) => {
            Some(EdgeResponse { response: *response, result: ResultType::LambdaGeneratedResponse })
        }
        Err(error) => Some(lambda_failed(function, &error)),
    }
}

/// The response to the viewer if a Lambda@Edge function fails.
pub(super) fn lambda_failed(function: &LambdaFunction, error: &FunctionError) -> EdgeResponse {
    let (result, sentence) = match error {
        FunctionError::Execution(_) => (ResultType::LambdaExecutionError, LAMBDA_FAILED),
        FunctionError::Validation(_) => {
            (ResultType::LambdaValidationError, "The Lambda function result failed validation")
        }
        FunctionError::LimitExceeded(_) => (ResultType::LambdaLimitExceeded, LAMBDA_FAILED),
    };
    function_failed(sentence, function.name(), error, result)
}

/// The sentences of CloudFront's own pages.
const CLOUDFRONT_FAILED: &str =
    "The CloudFront function associated with the CloudFront distribution is invalid or could not run";
const LAMBDA_FAILED: &str = "The Lambda function associated with the CloudFront distribution is invalid or doesn't have \
                             the required permissions";

fn function_failed(sentence: &str, name: &str, error: &FunctionError, result: ResultType) -> EdgeResponse {
    tracing::warn!(target: "vitae::edge::function", function = %name, "{error}");
    error_page(error.status(), result, &format!("{sentence}: {name}: {error}"))
}

/// Warns once per function, because the warning would apply to every request.
fn warn_of_compute(function: &CloudFrontFunction, compute: Duration) {
    let limit = limits::FUNCTION_COMPUTE_MAX;
    if compute > limit && !function.warned.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            target: "vitae::edge::function",
            function = %function.name,
            "used {:.1} ms of this machine's processor; CloudFront allows less than {} ms of its own, and throttles a \
             function that uses more",
            compute.as_secs_f64() * 1_000.0,
            limit.as_millis()
        );
    }
}

/// Replaces the request's path, query and headers. That selects no other behavior and no other origin.
fn continue_with(viewer: &mut ViewerRequest, path: String, query: String, headers: HeaderMap) {
    viewer.path = path;
    viewer.query = query;
    viewer.headers = headers;
}
