//! Pages that reload themselves when what they are made of has changed; for `vitae dev` alone.
//!
//! A script is added to pages on their way to a browser, and told over Server-Sent Events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>) on a path that never reaches an origin. Nothing of it is stored:
//! not in the cache, not in a bucket. An edge that was started without it neither adds the script nor knows the path.
//!
//! The script is a file of the page's own origin and not inline, so that it runs under a policy of `script-src 'self'; connect-src 'self'`.

mod events;
mod page;

use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};
use tokio::sync::watch;

use self::events::events;
pub(crate) use self::page::asks_for_a_page;
use crate::path_pattern::normalise;
use crate::response::{Answer, Body, whole};
use crate::{hex, request_id};

/// What the local edge keeps to itself, in the form that path patterns are compared with.
const RESERVED: &str = "/.vitae/";
/// Where the script is.
const SCRIPT_PATH: &str = "/.vitae/reload.js";
/// Where the script listens.
const EVENTS_PATH: &str = "/.vitae/reload";
const SCRIPT: &str = include_str!("reload.js");

/// What pages are told, and which of them know it already.
#[derive(Debug)]
pub(crate) struct LiveReload {
    /// Of this edge alone: pages of the one that ran before on this port are out of date.
    edge: String,
    /// How often pages were told to reload; `None` once the edge ends.
    told: watch::Sender<Option<u64>>,
}

impl LiveReload {
    pub(crate) fn new() -> Self {
        let edge: String = hex::encode(request_id::new().as_bytes()).chars().take(16).collect();
        Self { edge, told: watch::Sender::new(Some(0)) }
    }

    /// Tells every page to reload, those too that listen only later.
    pub(crate) fn tell(&self) {
        self.told.send_modify(|told| *told = told.map(|told| told + 1));
    }

    /// Ends every answer that listens.
    pub(crate) fn end(&self) {
        self.told.send_replace(None);
    }

    /// What a page that is made now knows: a word that changes with each [`LiveReload::tell`].
    pub(crate) fn state(&self) -> String {
        word(&self.edge, *self.told.borrow())
    }

    /// The answer to a request for what the local edge keeps to itself; `None` for every other path.
    pub(crate) fn answer(&self, parts: &Parts) -> Option<Response<Body>> {
        let path = normalise(parts.uri.path());
        if !path.starts_with(RESERVED) {
            return None;
        }
        let mut response = match path.as_str() {
            _ if parts.method != Method::GET && parts.method != Method::HEAD => refused(StatusCode::METHOD_NOT_ALLOWED),
            SCRIPT_PATH => typed("text/javascript; charset=utf-8", whole(SCRIPT)),
            EVENTS_PATH => typed("text/event-stream", events(self.edge.clone(), self.told.subscribe(), seen(parts))),
            _ => refused(StatusCode::NOT_FOUND),
        };
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        Some(response)
    }

    /// Adds the script to a page, in the state that was read before the page was. Whatever is no page stays as it is.
    pub(crate) async fn add_to(&self, answer: Answer, state: &str) -> Answer {
        page::with_script(answer, &format!("<script src=\"{SCRIPT_PATH}?since={state}\" defer></script>\n")).await
    }
}

/// The state that a page knows: the last it was told, else the one it was made in.
fn seen(parts: &Parts) -> Option<String> {
    let last = HeaderName::from_static("last-event-id");
    let told = parts.headers.get(last).and_then(|id| id.to_str().ok()).filter(|id| !id.is_empty());
    let query = parts.uri.query().unwrap_or_default();
    told.or_else(|| query.split('&').find_map(|pair| pair.strip_prefix("since="))).map(ToOwned::to_owned)
}

fn word(edge: &str, told: Option<u64>) -> String {
    format!("{edge}-{}", told.unwrap_or_default())
}

fn typed(content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn refused(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(whole(""));
    *response.status_mut() = status;
    response
}

/// A page with something added has another length, and no validator that its origin would know.
fn describe_added(headers: &mut HeaderMap, length: usize) {
    for name in [http::header::ETAG, http::header::LAST_MODIFIED, http::header::ACCEPT_RANGES] {
        headers.remove(name);
    }
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
}

#[cfg(test)]
mod tests {
    use super::LiveReload;
    use http::Request;
    use http_body_util::BodyExt;

    async fn ask(live: &LiveReload, method: &str, path: &str) -> Option<(u16, String)> {
        let parts = Request::builder().method(method).uri(path).body(()).unwrap().into_parts().0;
        let response = live.answer(&parts)?;
        let status = response.status().as_u16();
        let first = response.into_body().frame().await;
        let first = first.map(|frame| frame.unwrap().into_data().unwrap()).unwrap_or_default();
        Some((status, String::from_utf8_lossy(&first).into_owned()))
    }

    #[tokio::test]
    async fn the_reserved_path_is_answered_however_it_is_written() {
        let live = LiveReload::new();
        for path in ["/.vitae/reload.js", "//.vitae/reload.js", "/x/../.vitae/reload.js", "/%2evitae/reload.js?since=1"]
        {
            let (status, script) = ask(&live, "GET", path).await.unwrap();
            assert!(status == 200 && script.contains("EventSource"), "{path}");
        }
        assert_eq!(ask(&live, "GET", "/.vitae/other").await.unwrap().0, 404);
        assert_eq!(ask(&live, "POST", "/.vitae/reload").await.unwrap().0, 405);
        assert!(ask(&live, "GET", "/.vitaes").await.is_none() && ask(&live, "GET", "/").await.is_none());
    }

    #[tokio::test]
    async fn a_page_that_was_made_before_the_last_change_is_told_at_once() {
        let live = LiveReload::new();
        let made = live.state();
        live.tell();
        let (_, told) = ask(&live, "GET", &format!("/.vitae/reload?since={made}")).await.unwrap();
        assert!(told.contains("event: reload") && told.contains(&live.state()), "{told}");
        let (_, told) = ask(&live, "GET", &format!("/.vitae/reload?since={}", live.state())).await.unwrap();
        assert!(!told.contains("event: reload"), "{told}");
        // Of the edge that ran before.
        let (_, told) = ask(&live, "GET", "/.vitae/reload?since=0-1").await.unwrap();
        assert!(told.contains("event: reload"), "{told}");
    }
}
