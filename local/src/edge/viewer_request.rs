//! The viewer-request function of a behavior, and what its outcome means for the request.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};

use super::Edge;
use crate::distribution::{Distribution, PublishedFunction, ViewerRequestFunction};
use crate::journal::Exchange;
use crate::response::{Answer, ResultType, error_page, whole};
use crate::viewer::{VIEWER_ADDRESS, ViewerRequest};
use crate::viewer_event::{Event, Outcome};
use crate::{cloudfront_function, lambda_at_edge, limits};

impl Edge {
    /// Runs the viewer-request function; an answer if the request goes no further.
    pub(super) async fn run(
        &self,
        function: &ViewerRequestFunction,
        distribution: &Distribution,
        viewer: &mut ViewerRequest,
        request_id: &str,
        exchange: &mut Exchange,
    ) -> Option<Answer> {
        match function {
            ViewerRequestFunction::CloudFront(published) => {
                let event = Event {
                    distribution_domain_name: distribution.domain_name.clone(),
                    distribution_id: distribution.id.clone(),
                    request_id: request_id.to_owned(),
                    viewer_ip: VIEWER_ADDRESS.into(),
                    method: viewer.method.clone(),
                    uri: viewer.path.clone(),
                    querystring: viewer.query.clone(),
                    headers: viewer.headers.clone(),
                };
                let (running, now) = (Arc::clone(published), self.clock.since_epoch());
                let mut noted = std::mem::replace(exchange, Exchange::new(false));
                let run = tokio::task::spawn_blocking(move || {
                    let outcome = running.function.viewer_request(&event, now, &mut noted);
                    (outcome, noted)
                });
                let outcome = match run.await {
                    Ok((outcome, noted)) => {
                        *exchange = noted;
                        outcome
                    }
                    Err(error) => Err(cloudfront_function::Failure::Execution(error.to_string())),
                };
                let outcome = outcome.map(|(outcome, compute)| {
                    warn_of_compute(published, compute);
                    outcome
                });
                after_cloudfront_function(&published.name, outcome, viewer)
            }
            ViewerRequestFunction::Lambda { function, include_body } => {
                let context = lambda_at_edge::Context {
                    distribution_domain_name: &distribution.domain_name,
                    distribution_id: &distribution.id,
                    request_id,
                };
                let outcome = function.run(viewer, context, *include_body, exchange).await;
                after_lambda(function.name(), outcome, viewer)
            }
        }
    }
}

/// Once for each function: it would be said of every request.
fn warn_of_compute(published: &PublishedFunction, compute: Duration) {
    let limit = limits::FUNCTION_COMPUTE_MAX;
    if compute > limit && !published.warned.swap(true, Ordering::Relaxed) {
        tracing::warn!(
            target: "vitae::edge::function",
            function = %published.name,
            "took {:.1} ms of this machine's processor; CloudFront allows less than {} ms of its own, and throttles what takes more",
            compute.as_secs_f64() * 1_000.0,
            limit.as_millis()
        );
    }
}

fn after_cloudfront_function(
    name: &str,
    outcome: Result<Outcome, cloudfront_function::Failure>,
    viewer: &mut ViewerRequest,
) -> Option<Answer> {
    match outcome {
        Ok(Outcome::Request { uri, querystring, headers, .. }) => {
            go_on(viewer, uri, querystring, headers);
            None
        }
        Ok(Outcome::Response { status, headers, body, .. }) => {
            let mut response = Response::new(whole(body));
            *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
            *response.headers_mut() = headers;
            Some(Answer { response, result: ResultType::FunctionGeneratedResponse })
        }
        Err(failure) => {
            tracing::warn!(target: "vitae::edge::function", function = %name, "{failure}");
            let result = match failure {
                cloudfront_function::Failure::Execution(_) => ResultType::FunctionExecutionError,
                cloudfront_function::Failure::Validation(_) => ResultType::FunctionValidationError,
            };
            let status = StatusCode::from_u16(failure.status()).unwrap_or(StatusCode::BAD_GATEWAY);
            Some(error_page(status, result, &format!("The CloudFront Function {name} failed: {failure}")))
        }
    }
}

fn after_lambda(
    name: &str,
    outcome: Result<lambda_at_edge::Outcome, lambda_at_edge::Failure>,
    viewer: &mut ViewerRequest,
) -> Option<Answer> {
    use lambda_at_edge::{Failure, Outcome};
    match outcome {
        Ok(Outcome::Request { path, query, headers, body }) => {
            go_on(viewer, path, query, headers);
            if let Some(body) = body {
                viewer.body = Bytes::from(body);
            }
            None
        }
        Ok(Outcome::Response(response)) => {
            Some(Answer { response: *response, result: ResultType::LambdaGeneratedResponse })
        }
        Err(failure) => {
            tracing::warn!(target: "vitae::edge::function", function = %name, "{failure}");
            let reason = format!("The Lambda@Edge function {name} failed: {failure}");
            Some(match failure {
                Failure::Execution(_) => {
                    error_page(StatusCode::SERVICE_UNAVAILABLE, ResultType::LambdaExecutionError, &reason)
                }
                Failure::LimitExceeded(_) => {
                    error_page(StatusCode::SERVICE_UNAVAILABLE, ResultType::LambdaLimitExceeded, &reason)
                }
                Failure::Validation(_) => {
                    error_page(StatusCode::BAD_GATEWAY, ResultType::LambdaValidationError, &reason)
                }
            })
        }
    }
}

/// A changed path or query selects no other behavior and no other origin.
fn go_on(viewer: &mut ViewerRequest, path: String, query: String, headers: HeaderMap) {
    viewer.path = path;
    viewer.query = query;
    viewer.headers = headers;
}
