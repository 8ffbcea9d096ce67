//! Live reload: pages that reload themselves when their files have changed. For `vitae dev` only.
//!
//! A script is added to pages that are sent to a browser. It receives Server-Sent Events
//! (<https://html.spec.whatwg.org/multipage/server-sent-events.html>) on a path that is never forwarded to an
//! origin. The script is not stored in the cache or in a bucket. An edge without live reload does not reserve
//! the path.
//!
//! The script is a file on the page's origin and not inline, so that the policy `script-src 'self';
//! connect-src 'self'` allows it.

mod events;
mod page;

use http::header::{CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderMap, HeaderName, ORIGIN};
use http::request::Parts;
use http::{HeaderValue, Method, Response, StatusCode};
use tokio::sync::watch;

use self::events::events;
pub(crate) use self::page::is_page_navigation;
use crate::path_pattern::normalise;
use crate::request_id;
use crate::response::{Body, EdgeResponse, full_body};

/// The prefix of the reserved paths, normalised.
pub(crate) const RESERVED: &str = "/.vitae/";
/// The path of the script.
const SCRIPT_PATH: &str = "/.vitae/reload.js";
/// The path of the event stream.
const EVENTS_PATH: &str = "/.vitae/reload";
const SCRIPT: &str = include_str!("reload.js");

/// Notifies pages, and knows which pages are current.
#[derive(Debug)]
pub(crate) struct LiveReload {
    /// A random id. Pages of an earlier edge on the same port are out of date.
    edge_id: String,
    /// The number of reloads; `None` when the edge shuts down.
    reloads: watch::Sender<Option<u64>>,
}

impl LiveReload {
    pub(crate) fn new() -> Self {
        let edge_id = request_id::generate().chars().take(16).collect();
        Self { edge_id, reloads: watch::Sender::new(Some(0)) }
    }

    /// Reloads every page, including those that connect only later.
    pub(crate) fn reload(&self) {
        self.reloads.send_modify(|reloads| *reloads = reloads.map(|reloads| reloads + 1));
    }

    /// Ends every event stream.
    pub(crate) fn shutdown(&self) {
        self.reloads.send_replace(None);
    }

    /// The state of a page that is sent now. It changes with each [`LiveReload::reload`].
    pub(crate) fn state(&self) -> String {
        state(&self.edge_id, *self.reloads.borrow())
    }

    /// The response to a request for a reserved path; `None` for every other path.
    pub(crate) fn respond(&self, parts: &Parts) -> Option<Response<Body>> {
        let path = normalise(parts.uri.path());
        if !path.starts_with(RESERVED) {
            return None;
        }
        let mut response = match path.as_str() {
            _ if is_of_foreign_page(&parts.headers) => empty(StatusCode::FORBIDDEN),
            _ if parts.method != Method::GET && parts.method != Method::HEAD => empty(StatusCode::METHOD_NOT_ALLOWED),
            SCRIPT_PATH => with_type("text/javascript; charset=utf-8", full_body(SCRIPT)),
            EVENTS_PATH => with_type(
                "text/event-stream",
                events(self.edge_id.clone(), self.reloads.subscribe(), page_state(parts)),
            ),
            _ => empty(StatusCode::NOT_FOUND),
        };
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        // Otherwise any site could detect by `<script src>` that this server runs.
        let policy = HeaderName::from_static("cross-origin-resource-policy");
        response.headers_mut().insert(policy, HeaderValue::from_static("same-origin"));
        Some(response)
    }

    /// Adds the script to a page, with the state from before the page was fetched. Does not change any other
    /// response.
    pub(crate) async fn add_script(&self, response: EdgeResponse, state: &str) -> EdgeResponse {
        page::with_script(response, &format!("<script src=\"{SCRIPT_PATH}?since={state}\" defer></script>\n")).await
    }
}

/// The state of the page that connects: from the last event it received, or when it was fetched.
fn page_state(parts: &Parts) -> Option<String> {
    let last_event_id = HeaderName::from_static("last-event-id");
    let last_event = parts.headers.get(last_event_id).and_then(|id| id.to_str().ok()).filter(|id| !id.is_empty());
    let query = parts.uri.query().unwrap_or_default();
    last_event.or_else(|| query.split('&').find_map(|pair| pair.strip_prefix("since="))).map(ToOwned::to_owned)
}

/// Whether a page of another origin sent the request. A page of this one sends no other `Origin` than its own.
pub(crate) fn is_of_foreign_page(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    let host = headers.get(HOST).map_or(&b""[..], HeaderValue::as_bytes);
    let is_own = |origin: &HeaderValue| {
        let authority =
            [&b"http://"[..], b"https://"].iter().find_map(|scheme| origin.as_bytes().strip_prefix(*scheme));
        authority == Some(host)
    };
    site.is_some_and(|site| site != "same-origin" && site != "none") || !headers.get_all(ORIGIN).iter().all(is_own)
}

fn state(edge_id: &str, reloads: Option<u64>) -> String {
    format!("{edge_id}-{}", reloads.unwrap_or_default())
}

fn with_type(content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(full_body(""));
    *response.status_mut() = status;
    response
}

/// A page with the script has another length, and validators that its origin does not know.
fn set_headers(headers: &mut HeaderMap, length: usize) {
    for name in [http::header::ETAG, http::header::LAST_MODIFIED, http::header::ACCEPT_RANGES] {
        headers.remove(name);
    }
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
}

#[cfg(test)]
mod tests {
    use super::LiveReload;
    use http::{HeaderValue, Request, StatusCode};
    use http_body_util::BodyExt;

    async fn send(live: &LiveReload, method: &str, path: &str) -> Option<(u16, String)> {
        let parts = Request::builder().method(method).uri(path).body(()).unwrap().into_parts().0;
        let response = live.respond(&parts)?;
        let status = response.status().as_u16();
        let first = response.into_body().frame().await;
        let first = first.map(|frame| frame.unwrap().into_data().unwrap()).unwrap_or_default();
        Some((status, String::from_utf8_lossy(&first).into_owned()))
    }

    #[tokio::test]
    async fn every_encoding_of_a_reserved_path_is_reserved() {
        let live = LiveReload::new();
        for path in ["/.vitae/reload.js", "//.vitae/reload.js", "/x/../.vitae/reload.js", "/%2evitae/reload.js?since=1"]
        {
            let (status, script) = send(&live, "GET", path).await.unwrap();
            assert!(status == 200 && script.contains("EventSource"), "{path}");
        }
        assert_eq!(send(&live, "GET", "/.vitae/other").await.unwrap().0, 404);
        assert_eq!(send(&live, "POST", "/.vitae/reload").await.unwrap().0, 405);
        assert!(send(&live, "GET", "/.vitaes").await.is_none() && send(&live, "GET", "/").await.is_none());
    }

    #[tokio::test]
    async fn pages_of_other_origins_cannot_load_the_script_or_receive_events() {
        let live = LiveReload::new();
        let send = |name: &'static str, value: &'static str, path: &'static str| {
            let request = Request::get(path).header("host", "localhost:8787").header(name, value);
            live.respond(&request.body(()).unwrap().into_parts().0).unwrap()
        };
        for path in ["/.vitae/reload.js", "/.vitae/reload"] {
            let response = send("sec-fetch-site", "same-origin", path);
            assert_eq!(
                (response.status(), &response.headers()["cross-origin-resource-policy"]),
                (StatusCode::OK, &HeaderValue::from_static("same-origin"))
            );
            assert_eq!(send("origin", "http://localhost:8787", path).status(), 200);
            for (name, value) in [
                ("sec-fetch-site", "cross-site"),
                ("sec-fetch-site", "same-site"),
                ("origin", "null"),
                ("origin", ""),
                ("origin", "https://evil.example"),
                ("origin", "http://localhost:87870"),
                ("origin", "http://127.0.0.1:8787"),
            ] {
                assert_eq!(send(name, value, path).status(), 403, "{path} {name} {value}");
            }
        }
    }

    #[tokio::test]
    async fn a_page_from_before_the_last_reload_is_reloaded_at_once() {
        let live = LiveReload::new();
        let before = live.state();
        live.reload();
        let (_, event) = send(&live, "GET", &format!("/.vitae/reload?since={before}")).await.unwrap();
        assert!(event.contains("event: reload") && event.contains(&live.state()), "{event}");
        let (_, event) = send(&live, "GET", &format!("/.vitae/reload?since={}", live.state())).await.unwrap();
        assert!(!event.contains("event: reload"), "{event}");
        // A page of an earlier edge.
        let (_, event) = send(&live, "GET", "/.vitae/reload?since=0-1").await.unwrap();
        assert!(event.contains("event: reload"), "{event}");
    }
}
