//! The event stream of a page.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::state;
use crate::response::{Body, BodyError};

/// How long a page waits before it reconnects, in milliseconds. The edge may be restarting.
const RETRY_MS: u64 = 500;
/// The interval of comments that keep an idle stream open and detect a page that has gone.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Sends an event for every reload, and one at once if the page is out of date.
pub(super) fn events(edge_id: String, mut reloads: watch::Receiver<Option<u64>>, page_state: Option<String>) -> Body {
    let (send, receive) = mpsc::channel(1);
    tokio::spawn(async move {
        let now = state(&edge_id, *reloads.borrow_and_update());
        let mut text = format!("retry: {RETRY_MS}\n");
        if page_state.is_some_and(|page_state| page_state != now) {
            text.push_str(&reload_event(&now));
        } else {
            text.push('\n');
        }
        while send.send(Bytes::from(text)).await.is_ok() {
            text = match timeout(KEEP_ALIVE, reloads.changed()).await {
                Err(_elapsed) => ":\n\n".to_owned(),
                Ok(Err(_closed)) => return,
                Ok(Ok(())) => match *reloads.borrow_and_update() {
                    None => return,
                    count => reload_event(&state(&edge_id, count)),
                },
            };
        }
    });
    Events(receive).boxed_unsync()
}

fn reload_event(state: &str) -> String {
    format!("event: reload\nid: {state}\ndata: {state}\n\n")
}

struct Events(mpsc::Receiver<Bytes>);

impl HttpBody for Events {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        self.0.poll_recv(cx).map(|event| event.map(|event| Ok(Frame::data(event))))
    }
}
