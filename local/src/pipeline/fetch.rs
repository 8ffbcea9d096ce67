//! Fetches an object from the cache, or from its origin into the cache.

use std::sync::Arc;

use bytes::Bytes;
use http::header::{
    AGE, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE,
};
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::{Pipeline, origin_function};
use crate::cache::{Entry, Key, lifetime};
use crate::distribution::OriginConfig;
use crate::functions::Functions;
use crate::limits;
use crate::origin::{self, FetchRequest, OriginRequest, Unreachable};
use crate::request_log::{RequestTrace, StageTrace, headers_json};
use crate::response::{
    CollectedBody, EdgeResponse, Encoding, ResultType, add_vary, collect_body, error_page, has_compressible_type,
    is_compressible,
};
use crate::viewer_request::ViewerRequest;

impl Pipeline {
    /// Returns a fresh object from the cache. Otherwise fetches it from the origin, and stores it if it may
    /// be cached.
    pub(super) async fn fetch(
        &self,
        request: FetchRequest<'_>,
        functions: &Functions,
        trace: &mut RequestTrace,
    ) -> EdgeResponse {
        let FetchRequest { behavior, viewer, path, .. } = request;
        let Some(key) = Key::new(behavior, viewer, path) else {
            return self.fetch_from_origin(request, functions, trace).await;
        };
        let stage = trace.stage("cache");
        if let Some(response) = self.cached_response(&key, viewer) {
            trace_hit(trace, stage, request, &response);
            return response;
        }
        // The cache stores whole objects only.
        let is_partial =
            [RANGE, IF_RANGE, IF_MATCH, IF_UNMODIFIED_SINCE].iter().any(|name| viewer.headers.contains_key(name));
        if viewer.method == Method::HEAD || is_partial {
            return self.fetch_from_origin(request, functions, trace).await;
        }
        if behavior.caching.is_disabled() {
            return self.fetch_and_store(request, key, functions, trace).await;
        }
        let leader = self.cache.in_flight().join(&key).await;
        if leader.is_none()
            && let Some(response) = self.cached_response(&key, viewer)
        {
            trace_hit(trace, stage, request, &response);
            return response;
        }
        self.fetch_and_store(request, key, functions, trace).await
    }

    fn cached_response(&self, key: &Key, viewer: &ViewerRequest) -> Option<EdgeResponse> {
        let now = self.clock.since_epoch();
        let entry = self.cache.get(key).filter(|entry| entry.is_fresh(now))?;
        let mut response = entry.respond(viewer);
        response.headers_mut().insert(AGE, HeaderValue::from(entry.age(now)));
        // A cached error is still an error.
        let result = if entry.status.as_u16() < 400 { ResultType::Hit } else { ResultType::Error };
        Some(EdgeResponse { response, result })
    }

    /// Sends the request to the behavior's origin, and to the second origin of its group if the first one fails.
    async fn fetch_from_origin(
        &self,
        request: FetchRequest<'_>,
        functions: &Functions,
        trace: &mut RequestTrace,
    ) -> EdgeResponse {
        let behavior = request.behavior;
        let mut response = self.fetch_from(request, &behavior.origin, functions, trace).await;
        if let Some(failover) = &behavior.failover {
            let is_unreachable = response.response.extensions().get::<Unreachable>().is_some();
            if failover.applies(&request.viewer.method, response.response.status(), is_unreachable) {
                tracing::info!(
                    target: "vitae::edge",
                    "the origin {} responded with {}, trying {}",
                    behavior.origin.id, response.response.status(), failover.origin.id
                );
                response = self.fetch_from(request, &failover.origin, functions, trace).await;
            }
        }
        if may_compress(request) && has_compressible_type(response.response.headers()) {
            add_vary(response.response.headers_mut());
        }
        response
    }

    /// Sends the request to one origin, between the functions on origin request and on origin response.
    async fn fetch_from(
        &self,
        request: FetchRequest<'_>,
        origin: &Arc<OriginConfig>,
        functions: &Functions,
        trace: &mut RequestTrace,
    ) -> EdgeResponse {
        let FetchRequest { distribution, behavior, viewer, path, request_id } = request;
        let mut outgoing = OriginRequest::new(viewer, path, &behavior.forwarding, origin, request_id);
        if let Some(response) = origin_function::on_request(request, functions, &mut outgoing, trace).await {
            return response;
        }
        let sent = behavior.functions.origin_response.is_some().then(|| outgoing.clone());
        let mut stage = trace.stage("origin");
        let response = origin::send(&self.aws, distribution, &behavior.forwarding, outgoing, &mut stage).await;
        trace.push(stage);
        match sent {
            Some(sent) if response.response.extensions().get::<Unreachable>().is_none() => {
                origin_function::on_response(request, functions, &sent, response, trace).await
            }
            _ => response,
        }
    }

    /// Fetches the whole object, or revalidates a stale one. The viewer's own conditions are then evaluated
    /// against the result.
    async fn fetch_and_store(
        &self,
        request: FetchRequest<'_>,
        key: Key,
        functions: &Functions,
        trace: &mut RequestTrace,
    ) -> EdgeResponse {
        let FetchRequest { distribution, behavior, viewer, .. } = request;
        let generation = self.cache.generation();
        let stale = self.cache.get(&key).filter(|entry| entry.status == StatusCode::OK);
        let mut origin_viewer = viewer.clone();
        // If the policy caches nothing, the origin evaluates the viewer's conditions.
        if !behavior.caching.is_disabled() {
            origin_viewer.headers.remove(IF_NONE_MATCH);
            origin_viewer.headers.remove(IF_MODIFIED_SINCE);
            if let Some(stale) = &stale {
                stale.set_conditions(&mut origin_viewer.headers);
            }
        }
        let EdgeResponse { response, result } =
            self.fetch_from_origin(FetchRequest { viewer: &origin_viewer, ..request }, functions, trace).await;
        let (parts, body) = response.into_parts();
        let now = self.clock.since_epoch();
        let error_min = distribution.error_caching_min(parts.status);
        let lifetime_of = |status, headers: &_| lifetime(&behavior.caching, error_min, status, headers, now);
        if let Some(stale) = stale {
            if parts.status == StatusCode::NOT_MODIFIED && stale.has_validator() {
                let headers = stale.updated_headers(&parts.headers);
                let lifetime = lifetime_of(stale.status, &headers).unwrap_or_default();
                let entry = Arc::new(stale.with_headers(headers, now, lifetime));
                self.cache.insert(key, Arc::clone(&entry), generation);
                return EdgeResponse { response: entry.respond(viewer), result: ResultType::RefreshHit };
            }
            if parts.status.is_server_error() {
                // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
                tracing::warn!(target: "vitae::edge", "the origin returned {}, serving the stale object", parts.status);
                let entry = Arc::new(stale.extended(now, error_min));
                self.cache.insert(key, Arc::clone(&entry), generation);
                let mut response = entry.respond(viewer);
                response.headers_mut().insert(AGE, HeaderValue::from(entry.age(now)));
                return EdgeResponse { response, result: ResultType::Hit };
            }
        }
        let lifetime = lifetime_of(parts.status, &parts.headers);
        let encoding = encoding(request).filter(|_| is_compressible(parts.status, &parts.headers));
        if lifetime.is_none() && encoding.is_none() {
            return EdgeResponse { response: Response::from_parts(parts, body), result };
        }
        let body = match collect_body(body, limits::CACHE_OBJECT_MAX_BYTES).await {
            Ok(CollectedBody::Complete(body)) => body,
            Ok(CollectedBody::TooLarge(body)) => {
                return EdgeResponse { response: Response::from_parts(parts, body), result };
            }
            Err(cause) => {
                tracing::warn!(target: "vitae::edge", "the origin's response was interrupted: {cause}");
                let reason = "The origin's response was interrupted.";
                return error_page(StatusCode::BAD_GATEWAY, ResultType::Error, reason);
            }
        };
        let fresh = lifetime.unwrap_or_default();
        let entry = Arc::new(match compress(&body, encoding).await {
            Some((encoding, encoded)) => {
                let mut headers = parts.headers;
                encoding.set_headers(&mut headers);
                Entry::new(parts.status, headers, encoded, now, fresh).compressed()
            }
            None => Entry::new(parts.status, parts.headers, body, now, fresh),
        });
        if lifetime.is_some_and(|lifetime| !lifetime.is_zero() || entry.has_validator()) {
            self.cache.insert(key, Arc::clone(&entry), generation);
        }
        EdgeResponse { response: entry.respond(viewer), result }
    }
}

fn trace_hit(trace: &mut RequestTrace, mut stage: StageTrace, request: FetchRequest<'_>, response: &EdgeResponse) {
    let response = &response.response;
    stage.event(|| json!({ "method": request.viewer.method.as_str(), "uri": request.path }));
    stage.result(|| json!({ "status": response.status().as_u16(), "headers": headers_json(response.headers()) }));
    trace.push(stage);
}

/// Whether the behavior compresses. A policy that caches nothing never does.
fn may_compress(request: FetchRequest<'_>) -> bool {
    let FetchRequest { behavior, .. } = request;
    behavior.caching.compress && !behavior.caching.is_disabled() && behavior.forwarding.normalises_encodings()
}

/// The encoding that CloudFront would use for the behavior and the viewer.
fn encoding(request: FetchRequest<'_>) -> Option<Encoding> {
    let FetchRequest { behavior, viewer, .. } = request;
    may_compress(request).then(|| behavior.forwarding.encoding(viewer)).flatten().and_then(Encoding::best)
}

/// Compresses the body. `None` if it is sent uncompressed.
async fn compress(body: &Bytes, encoding: Option<Encoding>) -> Option<(Encoding, Bytes)> {
    let (encoding, body) = (encoding?, body.clone());
    let encoded = tokio::task::spawn_blocking(move || encoding.encode(&body)).await;
    Some((encoding, encoded.ok()?.ok()?))
}
