//! An object from the cache, or from its origin into the cache.

use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use http::header::{
    AGE, HeaderMap, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, IF_UNMODIFIED_SINCE, RANGE,
};
use http::{Method, Response, StatusCode};
use serde_json::json;

use super::Edge;
use crate::cache::{Entry, Key, lifetime};
use crate::distribution::{Behavior, Distribution};
use crate::journal::{Journal, headers};
use crate::response::{Answer, Encoding, Gathered, ResultType, error_page, gather, is_compressible};
use crate::viewer::ViewerRequest;
use crate::{limits, origin};

/// What is asked for, once functions have had their say.
#[derive(Clone, Copy)]
pub(crate) struct Wanted<'a> {
    pub(crate) distribution: &'a Distribution,
    pub(crate) behavior: &'a Behavior,
    pub(crate) viewer: &'a ViewerRequest,
    /// With the default root object, if that is meant.
    pub(crate) path: &'a str,
    pub(crate) request_id: &'a str,
}

impl Edge {
    /// From the cache if it is fresh there; else from the origin, and into the cache if it may be kept.
    pub(crate) async fn fetch(&self, wanted: Wanted<'_>, journal: &mut Journal) -> Answer {
        let Some(key) = Key::of(wanted.behavior, wanted.viewer, wanted.path) else {
            return self.ask_origin(wanted, wanted.viewer, journal).await;
        };
        let started = Instant::now();
        if let Some(answer) = self.kept_answer(&key, wanted.viewer) {
            note_kept(journal, started, wanted, &answer);
            return answer;
        }
        // A part, or only the head, is not what is kept.
        let headers = &wanted.viewer.headers;
        let of_a_version =
            [RANGE, IF_RANGE, IF_MATCH, IF_UNMODIFIED_SINCE].iter().any(|name| headers.contains_key(name));
        if wanted.viewer.method == Method::HEAD || of_a_version {
            return self.ask_origin(wanted, wanted.viewer, journal).await;
        }
        if wanted.behavior.caching.is_disabled() {
            return self.ask_and_keep(wanted, key, journal).await;
        }
        let flight = self.cache.flights().join(&key).await;
        if flight.is_none()
            && let Some(answer) = self.kept_answer(&key, wanted.viewer)
        {
            note_kept(journal, started, wanted, &answer);
            return answer;
        }
        self.ask_and_keep(wanted, key, journal).await
    }

    fn kept_answer(&self, key: &Key, viewer: &ViewerRequest) -> Option<Answer> {
        let now = self.clock.since_epoch();
        let entry = self.cache.get(key).filter(|entry| entry.is_fresh(now))?;
        let mut response = entry.answer(viewer);
        response.headers_mut().insert(AGE, HeaderValue::from(entry.age(now)));
        Some(Answer { response, result: kept_result(entry.status) })
    }

    async fn ask_origin(&self, wanted: Wanted<'_>, viewer: &ViewerRequest, journal: &mut Journal) -> Answer {
        let Wanted { distribution, behavior, path, request_id, .. } = wanted;
        let started = Instant::now();
        let mut exchange = journal.exchange();
        let asked = origin::Asked { distribution, behavior, viewer, path, request_id };
        let answer = origin::fetch(&self.cloud, asked, &mut exchange).await;
        journal.origin(started.elapsed(), exchange);
        answer
    }

    /// Asks for the whole object, or whether the stale one still holds; the viewer's own conditions are judged on what comes of it.
    async fn ask_and_keep(&self, wanted: Wanted<'_>, key: Key, journal: &mut Journal) -> Answer {
        let generation = self.cache.generation();
        let stale = self.cache.get(&key).filter(|entry| entry.status == StatusCode::OK);
        let mut asked = wanted.viewer.clone();
        // The policy may keep nothing: then the viewer's conditions are the origin's business.
        if !wanted.behavior.caching.is_disabled() {
            asked.headers.remove(IF_NONE_MATCH);
            asked.headers.remove(IF_MODIFIED_SINCE);
            if let Some(stale) = &stale {
                stale.ask_whether_modified(&mut asked.headers);
            }
        }
        let Answer { response, result } = self.ask_origin(wanted, &asked, journal).await;
        let (parts, body) = response.into_parts();
        let now = self.clock.since_epoch();
        let error_min = wanted.distribution.error_caching_min(parts.status);
        let fresh = |status, headers: &_| lifetime(&wanted.behavior.caching, error_min, status, headers, now);
        if let Some(stale) = stale {
            if parts.status == StatusCode::NOT_MODIFIED && stale.has_validator() {
                let headers = stale.confirmed(&parts.headers);
                let time = fresh(stale.status, &headers).unwrap_or_default();
                let entry = Arc::new(stale.with_headers(headers, now, time));
                self.cache.keep(key, Arc::clone(&entry), generation);
                return Answer { response: entry.answer(wanted.viewer), result: ResultType::RefreshHit };
            }
            if parts.status.is_server_error() {
                // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
                tracing::warn!(target: "vitae::edge", "the origin answers {}: the stale object is served", parts.status);
                let entry = Arc::new(stale.for_longer(now, error_min));
                self.cache.keep(key, Arc::clone(&entry), generation);
                let mut response = entry.answer(wanted.viewer);
                response.headers_mut().insert(AGE, HeaderValue::from(entry.age(now)));
                return Answer { response, result: ResultType::Hit };
            }
        }
        let time = fresh(parts.status, &parts.headers);
        let encoding = encoding(wanted).filter(|_| is_compressible(parts.status, &parts.headers));
        if time.is_none() && encoding.is_none() {
            return Answer { response: Response::from_parts(parts, body), result };
        }
        let body = match gather(body, limits::CACHE_OBJECT_MAX_BYTES).await {
            Ok(Gathered::Whole(body)) => body,
            Ok(Gathered::TooLarge(body)) => return Answer { response: Response::from_parts(parts, body), result },
            Err(cause) => {
                tracing::warn!(target: "vitae::edge", "the origin broke off: {cause}");
                return error_page(StatusCode::BAD_GATEWAY, ResultType::Error, "The origin broke off its answer.");
            }
        };
        let (headers, body) = compressed(parts.headers, body, encoding).await;
        let entry = Arc::new(Entry::new(parts.status, headers, body, now, time.unwrap_or_default()));
        if time.is_some_and(|time| !time.is_zero() || entry.has_validator()) {
            self.cache.keep(key, Arc::clone(&entry), generation);
        }
        Answer { response: entry.answer(wanted.viewer), result }
    }
}

fn note_kept(journal: &mut Journal, started: Instant, wanted: Wanted<'_>, answer: &Answer) {
    let mut exchange = journal.exchange();
    exchange.event(|| json!({ "method": wanted.viewer.method.as_str(), "uri": wanted.path }));
    exchange.result(
        || json!({ "status": answer.response.status().as_u16(), "headers": headers(answer.response.headers()) }),
    );
    journal.cache(started.elapsed(), exchange);
}

/// A kept error is an error still.
fn kept_result(status: StatusCode) -> ResultType {
    if status.as_u16() < 400 { ResultType::Hit } else { ResultType::Error }
}

/// How CloudFront would compress the answer, if its behavior and its viewer have it so. A policy that keeps nothing compresses nothing.
fn encoding(wanted: Wanted<'_>) -> Option<Encoding> {
    let Wanted { behavior, viewer, .. } = wanted;
    let compresses = behavior.caching.compress && !behavior.caching.is_disabled();
    compresses.then(|| behavior.forwarding.encoding(viewer)).flatten().and_then(Encoding::best)
}

/// The body as the encoding writes it, if there is one and it works.
async fn compressed(mut headers: HeaderMap, body: Bytes, encoding: Option<Encoding>) -> (HeaderMap, Bytes) {
    let Some(encoding) = encoding else { return (headers, body) };
    let plain = body.clone();
    match tokio::task::spawn_blocking(move || encoding.encode(&plain)).await {
        Ok(Ok(encoded)) => {
            encoding.describe(&mut headers, encoded.len());
            (headers, encoded)
        }
        _ => (headers, body),
    }
}
