//! A request's way through the edge.
//!
//! Door, name, behavior, method, signature, viewer-request function, cache, origin, error page: in this order. Where CloudFront's
//! own order is not documented (method and signature before the function), `SUPPORT.md` says so.

mod cached;
mod private;
mod viewer_request;

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use bytes::Bytes;
use http::header::{IF_MODIFIED_SINCE, IF_NONE_MATCH};
use http::request::Parts;
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;

use crate::cache::Cache;
use crate::cloud::Cloud;
use crate::distribution::{Behavior, Distribution};
use crate::journal::{Journal, RequestLog};
use crate::live_reload::{LiveReload, asks_for_a_page};
use crate::response::{Answer, Body, ResultType, error_page, finish, redirect};
use crate::signed_url::strip_reserved;
use crate::viewer::{HostMeaning, Rejection, ViewerRequest, as_http_1_1, collect, meaning, target};
use crate::{Clock, Options, custom_error, request_id};
pub(crate) use cached::Wanted;

/// The distribution being served, and what serving it needs.
#[derive(Debug)]
pub(crate) struct Edge {
    pub(crate) cloud: Cloud,
    pub(crate) clock: Clock,
    pub(crate) port: u16,
    /// Whether viewers are served over TLS; else plain HTTP counts as it.
    pub(crate) https: bool,
    pub(crate) cache: Cache,
    /// Whether nothing may be asked for that could change what is behind the edge.
    read_only: bool,
    /// Who hears of every request.
    requests: RequestLog,
    /// In development: pages that reload themselves.
    pub(crate) live_reload: Option<LiveReload>,
    /// Replaced as a whole: a request is served by the distribution it began with.
    distribution: RwLock<Arc<Distribution>>,
}

impl Edge {
    pub(crate) fn new(cloud: Cloud, port: u16, options: &Options, distribution: Distribution) -> Self {
        Self {
            cloud,
            clock: options.clock.clone(),
            port,
            https: options.https,
            cache: Cache::new(),
            read_only: options.read_only,
            requests: options.requests.clone(),
            live_reload: options.live_reload.then(LiveReload::new),
            distribution: RwLock::new(Arc::new(distribution)),
        }
    }

    pub(crate) fn replace(&self, distribution: Distribution) {
        *self.distribution.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(distribution);
    }

    /// The scheme of the address that people open.
    pub(crate) fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }

    fn distribution(&self) -> Arc<Distribution> {
        Arc::clone(&self.distribution.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Answers one request, whatever it is, and writes its line in the log.
    pub(crate) async fn serve(&self, request: Request<Incoming>, over_tls: bool) -> Response<Body> {
        let distribution = self.distribution();
        let (parts, body) = request.into_parts();
        if let Some(response) = self.reserved(&distribution, &parts) {
            return response;
        }
        let request_id = request_id::new();
        let mut journal = Journal::begin(&self.requests, &parts.method, parts.uri.path(), &request_id);
        let answer = match self.answer(&distribution, (parts, body), over_tls, &request_id, &mut journal).await {
            Ok(answer) => answer,
            Err(rejection) => error_page(rejection.status, ResultType::Error, rejection.reason),
        };
        journal.end(answer.response.status(), answer.result);
        finish(answer, &distribution.id, &request_id)
    }

    /// What the local edge answers by itself, in development.
    fn reserved(&self, distribution: &Distribution, parts: &Parts) -> Option<Response<Body>> {
        let live = self.live_reload.as_ref()?;
        let host = target(parts).ok()?.host;
        let meaning = meaning(&host, self.port, &distribution.domain_name, &distribution.aliases);
        if matches!(meaning, HostMeaning::Ours { .. }) { live.answer(parts) } else { None }
    }

    async fn answer(
        &self,
        distribution: &Distribution,
        (mut parts, body): (Parts, Incoming),
        over_tls: bool,
        request_id: &str,
        journal: &mut Journal,
    ) -> Result<Answer, Rejection> {
        let target = target(&parts)?;
        as_http_1_1(&mut parts, &target);
        let scheme = match meaning(&target.host, self.port, &distribution.domain_name, &distribution.aliases) {
            // Where there is TLS, what came without it is plain HTTP whatever the name.
            HostMeaning::Ours { .. } if self.https => {
                if over_tls {
                    "https"
                } else {
                    "http"
                }
            }
            HostMeaning::Ours { scheme } => scheme,
            HostMeaning::LoopbackAddress => {
                let question_mark = if target.query.is_empty() { "" } else { "?" };
                return Ok(redirect(&format!(
                    "{}://localhost:{}{}{question_mark}{}",
                    self.scheme(),
                    self.port,
                    target.path,
                    target.query
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
        if self.https
            && !over_tls
            && let Some(answer) = behavior.protocol.answer_to_plain_http(&viewer)
        {
            return Ok(answer);
        }
        if self.read_only && ![Method::GET, Method::HEAD, Method::OPTIONS].contains(&viewer.method) {
            let reason = "This local edge is read-only: it serves a system that is not its own.";
            return Err(Rejection { status: StatusCode::FORBIDDEN, reason });
        }
        let live = self.live_reload.as_ref().filter(|_| asks_for_a_page(&viewer));
        let live = live.map(|live| (live, live.state()));
        if live.is_some() {
            // Of the page without its script; the browser has it with one.
            viewer.headers.remove(IF_NONE_MATCH);
            viewer.headers.remove(IF_MODIFIED_SINCE);
        }
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
            policy.apply(&viewer, &mut answer, request_id);
        }
        if let Some((live, state)) = live {
            answer = live.add_to(answer, &state).await;
        }
        Ok(answer)
    }

    /// The function, then the cache, then the origin.
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
            let mut exchange = journal.exchange();
            let outcome = self.run(function, distribution, viewer, request_id, &mut exchange).await;
            journal.function(started.elapsed(), exchange);
            if let Some(answer) = outcome {
                return answer;
            }
        }
        let path = match (&distribution.default_root_object, viewer.path.as_str()) {
            (Some(object), "/") => format!("/{object}"),
            (_, path) => path.to_owned(),
        };
        self.fetch(Wanted { distribution, behavior, viewer, path: &path, request_id }, journal).await
    }
}
