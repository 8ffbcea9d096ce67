//! The stream that a page listens to.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body as HttpBody, Frame};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::word;
use crate::response::{Body, BodyError};

/// How long a page waits before it listens again, in milliseconds: the edge may be starting anew.
const RETRY_MS: u64 = 500;
/// How often a page that is told nothing hears that the edge is there. One that has gone is noticed then.
const ALIVE: Duration = Duration::from_secs(15);

/// An event whenever pages are told to reload; one at once for a page that knows another state than there is now.
pub(super) fn events(edge: String, mut told: watch::Receiver<Option<u64>>, seen: Option<String>) -> Body {
    let (send, receive) = mpsc::channel(1);
    tokio::spawn(async move {
        let now = word(&edge, *told.borrow_and_update());
        let mut text = format!("retry: {RETRY_MS}\n");
        if seen.is_some_and(|seen| seen != now) {
            text.push_str(&reload(&now));
        } else {
            text.push('\n');
        }
        while send.send(Bytes::from(text)).await.is_ok() {
            text = match timeout(ALIVE, told.changed()).await {
                Err(_quiet) => ":\n\n".to_owned(),
                Ok(Err(_gone)) => return,
                Ok(Ok(())) => match *told.borrow_and_update() {
                    None => return,
                    times => reload(&word(&edge, times)),
                },
            };
        }
    });
    Events(receive).boxed_unsync()
}

fn reload(state: &str) -> String {
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
