//! The path of a request through the edge.
//!
//! The order is: host, behavior, viewer protocol, allowed methods, restricted access, viewer-request function, cache,
//! origin, error page, response headers, viewer-response function. CloudFront does not document all of this order, such as
//! that methods and signatures are checked before functions run. `SUPPORT.md` marks those rules as unconfirmed.

mod body;
mod error_page;
mod fetch;
mod host;
mod origin_function;
mod request_target;
mod restricted_access;
mod viewer_function;
mod viewer_protocol;

use std::sync::{Arc, PoisonError, RwLock};

use bytes::Bytes;
use http::header::{IF_MODIFIED_SINCE, IF_NONE_MATCH};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode, Version};
use hyper::body::Incoming;

use crate::aws_clients::AwsClients;
use crate::cache::Cache;
use crate::clock::Clock;
use crate::distribution::{Behavior, Distribution};
use crate::functions::Functions;
use crate::live_reload::{LiveReload, is_page_navigation};
use crate::origin::FetchRequest;
use crate::pages::Pages;
use crate::request_id;
use crate::request_log::{RequestLog, RequestTrace};
use crate::response::{Body, EdgeResponse, ResultType, add_cloudfront_headers, error_page, redirect};
use crate::signed_url::strip_reserved;
use crate::uploads;
use crate::viewer_headers::{self, ViewerProperties};
use crate::viewer_request::ViewerRequest;
use host::HostMatch;
use request_target::RequestTarget;

/// A distribution and its functions. They are loaded and replaced together.
#[derive(Debug)]
pub(crate) struct Deployment {
    pub(crate) distribution: Distribution,
    pub(crate) functions: Functions,
}

/// Serves the requests of one distribution.
#[derive(Debug)]
pub(crate) struct Pipeline {
    pub(crate) aws: AwsClients,
    pub(crate) clock: Clock,
    pub(crate) port: u16,
    /// Whether viewers are served over TLS. Otherwise plain HTTP counts as HTTPS.
    pub(crate) https: bool,
    /// Whether methods that could change something behind the edge are rejected.
    pub(crate) read_only: bool,
    pub(crate) request_log: RequestLog,
    /// Where viewers are.
    pub(crate) viewer: ViewerProperties,
    pub(crate) cache: Cache,
    /// Reloads pages, in development.
    pub(crate) live_reload: Option<LiveReload>,
    /// Pages of the program itself, in development.
    pub(crate) pages: Option<Pages>,
    /// The bucket of forms that are posted to the local edge, in development.
    pub(crate) uploads: Option<String>,
    /// Replaced as a whole: a request is served by the deployment it started with.
    pub(crate) deployment: RwLock<Arc<Deployment>>,
}

/// A request that is rejected before it reaches a behavior.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rejection {
    status: StatusCode,
    reason: &'static str,
}

impl Rejection {
    const fn bad_request(reason: &'static str) -> Self {
        Self { status: StatusCode::BAD_REQUEST, reason }
    }

    const fn forbidden(reason: &'static str) -> Self {
        Self { status: StatusCode::FORBIDDEN, reason }
    }
}

/// What the stages of one request share.
struct RequestContext<'a> {
    deployment: &'a Deployment,
    request_id: &'a str,
    trace: &'a mut RequestTrace,
}

impl Pipeline {
    pub(crate) fn replace(&self, deployment: Deployment) {
        *self.deployment.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(deployment);
    }

    /// The scheme of the edge's own address.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    /// Serves one request and writes its log line.
    pub(crate) async fn serve(&self, request: Request<Incoming>, over_tls: bool) -> Response<Body> {
        let deployment = Arc::clone(&self.deployment.read().unwrap_or_else(PoisonError::into_inner));
        let (parts, body) = request.into_parts();
        if let Some(bucket) = self.upload_bucket(&deployment.distribution, &parts) {
            return uploads::pass_on(&self.aws, bucket, &parts, body).await;
        }
        if let Some(response) = self.own_response(&deployment.distribution, &parts) {
            return response;
        }
        let request_id = request_id::generate();
        let mut trace = RequestTrace::start(&self.request_log, &parts.method, parts.uri.path(), &request_id);
        let mut context = RequestContext { deployment: &deployment, request_id: &request_id, trace: &mut trace };
        let response = match self.run(&mut context, parts, body, over_tls).await {
            Ok(response) => response,
            Err(Rejection { status, reason }) => error_page(status, ResultType::Error, reason),
        };
        trace.finish(response.response.status(), response.result);
        add_cloudfront_headers(response, &deployment.distribution.id, &request_id)
    }

    /// The response to a request for a path of the local edge itself.
    fn own_response(&self, distribution: &Distribution, parts: &Parts) -> Option<Response<Body>> {
        if self.live_reload.is_none() && self.pages.is_none() {
            return None;
        }
        let target = RequestTarget::from_parts(parts).ok()?;
        match self.match_host(distribution, &target) {
            HostMatch::Distribution { .. } => {
                let page = self.pages.as_ref().and_then(|pages| pages.respond(parts));
                page.or_else(|| self.live_reload.as_ref()?.respond(parts))
            }
            HostMatch::LoopbackAddress | HostMatch::Unknown => None,
        }
    }

    /// The bucket of a form that is posted to the local edge itself.
    fn upload_bucket(&self, distribution: &Distribution, parts: &Parts) -> Option<&str> {
        let bucket = self.uploads.as_deref().filter(|_| uploads::is_upload(parts))?;
        let target = RequestTarget::from_parts(parts).ok()?;
        matches!(self.match_host(distribution, &target), HostMatch::Distribution { .. }).then_some(bucket)
    }

    fn match_host(&self, distribution: &Distribution, target: &RequestTarget) -> HostMatch {
        host::match_host(&target.host, self.port, &distribution.domain_name, &distribution.aliases)
    }

    async fn run(
        &self,
        context: &mut RequestContext<'_>,
        mut parts: Parts,
        body: Incoming,
        over_tls: bool,
    ) -> Result<EdgeResponse, Rejection> {
        let distribution = &context.deployment.distribution;
        let target = RequestTarget::from_parts(&parts)?;
        let is_http2 = parts.version == Version::HTTP_2;
        request_target::normalise_version(&mut parts, &target);
        let scheme = match self.match_host(distribution, &target) {
            // With TLS, a plain request is HTTP whatever its host.
            HostMatch::Distribution { .. } if self.https && over_tls => "https",
            HostMatch::Distribution { .. } if self.https => "http",
            HostMatch::Distribution { scheme } => scheme,
            HostMatch::LoopbackAddress => {
                let (scheme, port, path_and_query) = (self.scheme(), self.port, target.path_and_query());
                let location = format!("{scheme}://localhost:{port}{path_and_query}");
                return Ok(redirect(StatusCode::TEMPORARY_REDIRECT, &location));
            }
            HostMatch::Unknown => {
                let reason =
                    "Bad request. No distribution has this host name. The local edge is at localhost with its port.";
                return Err(Rejection::forbidden(reason));
            }
        };
        let behavior = distribution.behavior_for(&target.path);
        context.trace.behavior(behavior.pattern.as_str());
        let mut viewer = ViewerRequest {
            method: parts.method,
            scheme,
            host: target.host,
            path: target.path,
            query: target.query,
            headers: parts.headers,
            body: Bytes::new(),
        };
        let is_plain_http = self.https && !over_tls;
        let generated = behavior.forwarding.generated_headers();
        viewer_headers::set(&mut viewer, generated, &self.viewer, !is_plain_http, is_http2);
        if is_plain_http
            && let Some(mut response) = viewer_protocol::respond_to_plain_http(behavior.viewer_protocol, &viewer)
        {
            if let Some(policy) = &behavior.response_headers {
                let (headers, result) = (response.response.headers_mut(), response.result);
                policy.apply(&viewer, is_plain_http, headers, result, context.request_id);
            }
            return Ok(response);
        }
        if self.read_only && ![Method::GET, Method::HEAD, Method::OPTIONS].contains(&viewer.method) {
            return Err(Rejection::forbidden("This local edge is read-only, because it serves another system."));
        }
        let live_reload = self.live_reload.as_ref().filter(|_| is_page_navigation(&viewer));
        let live_reload = live_reload.map(|live_reload| (live_reload, live_reload.state()));
        if live_reload.is_some() {
            // The validators are those of the page without its script.
            viewer.headers.remove(IF_NONE_MATCH);
            viewer.headers.remove(IF_MODIFIED_SINCE);
        }
        let (mut response, is_generated) =
            if let Some(denied) = self.authorize(distribution, &behavior, &viewer, context.trace).await {
                (denied, false)
            } else {
                viewer.body = body::read(body).await?;
                if matches!(viewer.method, Method::GET | Method::HEAD) && !viewer.body.is_empty() {
                    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html
                    let reason = "A GET or HEAD request must not have a body.";
                    (error_page(StatusCode::FORBIDDEN, ResultType::Error, reason), false)
                } else {
                    self.run_behavior(context, &behavior, &mut viewer).await
                }
            };
        // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-cloudfront-trigger-events.html
        let runs_response_function = response.response.status().as_u16() < 400 && !is_generated;
        response = self.replace_error(context, &viewer, response).await;
        if let Some(policy) = &behavior.response_headers {
            let (headers, result) = (response.response.headers_mut(), response.result);
            policy.apply(&viewer, is_plain_http, headers, result, context.request_id);
        }
        if let Some(function) = &behavior.functions.viewer_response
            && runs_response_function
        {
            response = self.run_viewer_response_function(context, function, &viewer, response).await;
        }
        if let Some((live_reload, state)) = live_reload {
            response = live_reload.add_script(response, &state).await;
        }
        Ok(response)
    }

    /// Runs the viewer-request function, then fetches from the cache or the origin. Also returns whether the function
    /// generated the response.
    async fn run_behavior(
        &self,
        context: &mut RequestContext<'_>,
        behavior: &Behavior,
        viewer: &mut ViewerRequest,
    ) -> (EdgeResponse, bool) {
        let RequestContext { deployment: Deployment { distribution, functions }, request_id, .. } = *context;
        if !behavior.key_groups.is_empty() {
            // The signature has been verified. Functions do not see it.
            viewer.query = strip_reserved(&viewer.query);
        }
        if let Some(function) = &behavior.functions.viewer_request
            && let Some(response) = self.run_viewer_function(context, function, viewer).await
        {
            return (response, true);
        }
        let path = match (&distribution.default_root_object, viewer.path.as_str()) {
            (Some(object), "/") => format!("/{object}"),
            (_, path) => path.to_owned(),
        };
        let request = FetchRequest { distribution, behavior, viewer, path: &path, request_id };
        (self.fetch(request, functions, context.trace).await, false)
    }
}
