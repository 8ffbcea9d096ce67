//! Request collapsing: while one request fetches an object, the others for the same object wait for it.
//!
//! A request that has waited looks in the cache again. If the response was not stored, it fetches the object
//! itself, so it never waits twice.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html>,
//! "Simultaneous requests for the same object"

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use super::Key;

/// The fetches in progress.
#[derive(Default)]
pub(crate) struct InFlight(Mutex<HashMap<Key, watch::Receiver<()>>>);

/// The request that fetches an object. The others wait until it is dropped.
pub(crate) struct Leader<'a> {
    in_flight: &'a InFlight,
    key: Key,
    _done: watch::Sender<()>,
}

impl InFlight {
    /// Starts a fetch. If one is in progress, waits for its end and returns `None`.
    pub(crate) async fn join(&self, key: &Key) -> Option<Leader<'_>> {
        let mut done = {
            let mut in_flight = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(done) = in_flight.get(key) {
                done.clone()
            } else {
                let (sender, done) = watch::channel(());
                in_flight.insert(key.clone(), done);
                return Some(Leader { in_flight: self, key: key.clone(), _done: sender });
            }
        };
        // Nothing is ever sent; this returns an error when the leader drops the sender.
        let _ = done.changed().await;
        None
    }
}

impl Drop for Leader<'_> {
    fn drop(&mut self) {
        self.in_flight.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::{InFlight, Key};
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    #[tokio::test]
    async fn the_second_request_waits_for_the_first_and_the_next_starts_a_new_fetch() {
        let in_flight = InFlight::default();
        let first = in_flight.join(&Key::for_path("/a")).await.unwrap();
        assert!(in_flight.join(&Key::for_path("/b")).await.is_some(), "another object is another fetch");
        let key = Key::for_path("/a");
        let mut second = pin!(in_flight.join(&key));
        let mut context = Context::from_waker(Waker::noop());
        assert!(matches!(second.as_mut().poll(&mut context), Poll::Pending));
        drop(first);
        assert!(second.await.is_none());
        assert!(in_flight.join(&key).await.is_some());
        assert!(in_flight.0.lock().unwrap().is_empty(), "no fetch is left");
    }
}
