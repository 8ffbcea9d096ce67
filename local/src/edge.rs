//! A request's way through the edge.
//!
//! Door, name, behavior, method, signature, viewer-request function, origin, error page: in this order. Where CloudFront's
//! own order is not documented (method and signature before the function), `SUPPORT.md` says so.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode};
use hyper::body::Incoming;

use crate::cloud::Cloud;
use crate::distribution::{Behavior, Distribution, ViewerRequestFunction};
use crate::journal::Journal;
use crate::response::{Answer, Body, ResultType, error_page, finish, redirect, refusal, whole};
use crate::signed_url::{Asked, Grant, Refusal, strip_reserved, verify};
use crate::viewer::{HostMeaning, Rejection, VIEWER_ADDRESS, ViewerRequest, collect, meaning, target};
use crate::viewer_event::{Event, Outcome};
use crate::{Clock, cloudfront_function, custom_error, lambda_at_edge, origin, request_id, trusted_keys};

/// The distribution being served, and what serving it needs.
#[derive(Debug)]
pub(crate) struct Edge {
    pub(crate) cloud: Cloud,
    pub(crate) clock: Clock,
    pub(crate) port: u16,
    /// Replaced as a whole: a request is served by the distribution it began with.
    distribution: RwLock<Arc<Distribution>>,
}

impl Edge {
    pub(crate) fn new(cloud: Cloud, clock: Clock, port: u16, distribution: Distribution) -> Self {
        Self { cloud, clock, port, distribution: RwLock::new(Arc::new(distribution)) }
    }

    pub(crate) fn replace(&self, distribution: Distribution) {
        *self.distribution.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(distribution);
    }

    fn distribution(&self) -> Arc<Distribution> {
        Arc::clone(&self.distribution.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Answers one request, whatever it is, and writes its line in the log.
    pub(crate) async fn serve(&self, request: Request<Incoming>) -> Response<Body> {
        let distribution = self.distribution();
        let request_id = request_id::new();
        let mut journal = Journal::begin(request.method(), request.uri().path());
        let answer = match self.answer(&distribution, request, &request_id, &mut journal).await {
            Ok(answer) => answer,
            Err(rejection) => error_page(rejection.status, ResultType::Error, rejection.reason),
        };
        journal.end(answer.response.status(), answer.result, &request_id);
        finish(answer, &distribution.id, &request_id)
    }

    async fn answer(
        &self,
        distribution: &Distribution,
        request: Request<Incoming>,
        request_id: &str,
        journal: &mut Journal,
    ) -> Result<Answer, Rejection> {
        let (parts, body) = request.into_parts();
        let target = target(&parts)?;
        let scheme = match meaning(&target.host, self.port, &distribution.domain_name, &distribution.aliases) {
            HostMeaning::Ours { scheme } => scheme,
            HostMeaning::LoopbackAddress => {
                let question_mark = if target.query.is_empty() { "" } else { "?" };
                return Ok(redirect(&format!(
                    "http://localhost:{}{}{question_mark}{}",
                    self.port, target.path, target.query
                )));
            }
            HostMeaning::Unknown => {
                let reason = "No distribution answers to this Host. The local edge answers to localhost with its port.";
                return Err(Rejection { status: StatusCode::FORBIDDEN, reason });
            }
        };
        let behavior = distribution.behavior_for(&target.path);
        journal.behavior(behavior.pattern.as_str());
        let mut viewer = ViewerRequest {
            method: parts.method,
            scheme,
            host: target.host,
            path: target.path,
            query: target.query,
            headers: parts.headers,
            body: Bytes::new(),
        };
        let refused = self.judge(&behavior, &viewer, journal).await;
        let answer = if let Some(answer) = refused {
            answer
        } else {
            viewer.body = collect(body).await?;
            if matches!(viewer.method, Method::GET | Method::HEAD) && !viewer.body.is_empty() {
                // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
                error_page(StatusCode::FORBIDDEN, ResultType::Error, "A GET or HEAD request has no body.")
            } else {
                self.pass(distribution, &behavior, &mut viewer, request_id, journal).await
            }
        };
        let mut answer = custom_error::replace(self, distribution, &viewer, answer, request_id, journal).await;
        if let Some(policy) = &behavior.response_headers {
            policy.apply(answer.response.headers_mut());
        }
        Ok(answer)
    }

    /// CloudFront's own refusals of a request that reached its behavior.
    async fn judge(&self, behavior: &Behavior, viewer: &ViewerRequest, journal: &mut Journal) -> Option<Answer> {
        if !behavior.allowed_methods.contains(&viewer.method) {
            let reason =
                "This distribution is not configured to allow the HTTP request method that was used for this request.";
            return Some(error_page(StatusCode::FORBIDDEN, ResultType::Error, reason));
        }
        if behavior.key_groups.is_empty() {
            return None;
        }
        let started = Instant::now();
        let judged = self.signature(behavior, viewer).await;
        journal.signature(started.elapsed());
        match judged {
            Ok(()) => None,
            Err(Judgement::Refused(why)) => Some(refusal(why)),
            Err(Judgement::Unknown(cause)) => {
                tracing::warn!(target: "vitae::edge", "the trusted keys cannot be read: {cause}");
                Some(error_page(StatusCode::BAD_GATEWAY, ResultType::Error, "The trusted keys cannot be read."))
            }
        }
    }

    async fn signature(&self, behavior: &Behavior, viewer: &ViewerRequest) -> Result<(), Judgement> {
        let grant = Grant::read(&viewer.query, &viewer.cookies()).map_err(Judgement::Refused)?;
        let key = trusted_keys::find(&self.cloud, &behavior.key_groups, &grant.key_pair_id)
            .await
            .map_err(Judgement::Unknown)?;
        let key = key.ok_or(Judgement::Refused(Refusal::InvalidKey))?;
        let base = format!("{}://{}{}", viewer.scheme, viewer.host, viewer.path);
        let query = strip_reserved(&viewer.query);
        let asked = Asked { base: &base, query: &query, viewer: VIEWER_ADDRESS, now: self.clock.since_epoch() };
        verify(asked, &grant, &key).map_err(Judgement::Refused)
    }

    /// The function, then the origin.
    async fn pass(
        &self,
        distribution: &Distribution,
        behavior: &Behavior,
        viewer: &mut ViewerRequest,
        request_id: &str,
        journal: &mut Journal,
    ) -> Answer {
        if !behavior.key_groups.is_empty() {
            // Functions do not see the signature either: it has done its work.
            viewer.query = strip_reserved(&viewer.query);
        }
        if let Some(function) = &behavior.viewer_request {
            let started = Instant::now();
            let outcome = self.run(function, distribution, viewer, request_id).await;
            journal.function(started.elapsed());
            if let Some(answer) = outcome {
                return answer;
            }
        }
        let started = Instant::now();
        let path = match (&distribution.default_root_object, viewer.path.as_str()) {
            (Some(object), "/") => format!("/{object}"),
            (_, path) => path.to_owned(),
        };
        let answer = origin::fetch(&self.cloud, distribution, behavior, viewer, &path, request_id).await;
        journal.origin(started.elapsed());
        answer
    }

    /// Runs the viewer-request function; an answer if the request goes no further.
    async fn run(
        &self,
        function: &ViewerRequestFunction,
        distribution: &Distribution,
        viewer: &mut ViewerRequest,
        request_id: &str,
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
                let run = tokio::task::spawn_blocking(move || running.function.viewer_request(&event, now));
                let outcome =
                    run.await.unwrap_or_else(|error| Err(cloudfront_function::Failure::Execution(error.to_string())));
                after_cloudfront_function(&published.name, outcome, viewer)
            }
            ViewerRequestFunction::Lambda { function, include_body } => {
                let context = lambda_at_edge::Context {
                    distribution_domain_name: &distribution.domain_name,
                    distribution_id: &distribution.id,
                    request_id,
                };
                let outcome = function.run(viewer, context, *include_body).await;
                after_lambda(function.name(), outcome, viewer)
            }
        }
    }
}

/// Why a signature does not open the door.
enum Judgement {
    Refused(Refusal),
    /// The CloudFront API did not say which keys are trusted.
    Unknown(String),
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
