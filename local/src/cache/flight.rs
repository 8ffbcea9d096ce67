//! Request collapsing: while one request fetches an object, the others for the same object wait for it.
//!
//! Whoever waited looks once more, and fetches for itself if nothing was kept: an answer that is not kept holds nobody up twice.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/RequestAndResponseBehaviorCustomOrigin.html>,
//! "Simultaneous requests for the same object"

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use super::Key;

/// The fetches under way.
#[derive(Default)]
pub(crate) struct Flights(Mutex<HashMap<Key, watch::Receiver<()>>>);

/// One fetch; the others wait until it is dropped.
pub(crate) struct Flight<'a> {
    flights: &'a Flights,
    key: Key,
    _landing: watch::Sender<()>,
}

impl Flights {
    /// Begins a fetch; or, if one is under way, waits for its end and returns `None`.
    pub(crate) async fn join(&self, key: &Key) -> Option<Flight<'_>> {
        let mut under_way = {
            let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(under_way) = flights.get(key) {
                under_way.clone()
            } else {
                let (landing, waiting) = watch::channel(());
                flights.insert(key.clone(), waiting);
                return Some(Flight { flights: self, key: key.clone(), _landing: landing });
            }
        };
        // Nothing is ever sent: an error says that the sender is gone.
        let _ = under_way.changed().await;
        None
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.flights.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use super::{Flights, Key};
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    #[tokio::test]
    async fn the_second_waits_for_the_first_and_the_next_begins_anew() {
        let flights = Flights::default();
        let first = flights.join(&Key::of_path("/a")).await.unwrap();
        assert!(flights.join(&Key::of_path("/b")).await.is_some(), "another object is another flight");
        let key = Key::of_path("/a");
        let mut second = pin!(flights.join(&key));
        let mut context = Context::from_waker(Waker::noop());
        assert!(matches!(second.as_mut().poll(&mut context), Poll::Pending));
        drop(first);
        assert!(second.await.is_none());
        assert!(flights.join(&key).await.is_some());
        assert!(flights.0.lock().unwrap().is_empty(), "nothing is left behind");
    }
}
