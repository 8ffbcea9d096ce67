//! The cache of an edge: answers of origins, kept as the cache policy says.
//!
//! `Vary` plays no part, as in CloudFront: the cache policy alone decides what tells two answers apart. Memory is bounded; what was
//! asked for least goes first. Times are the viewer's clock's.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ConfiguringCaching.html>

mod conditions;
mod entry;
mod flight;
mod invalidation;
mod key;
mod lifetime;
mod range;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::sync::{Cache as Kept, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use crate::limits;
pub(crate) use entry::Entry;
use flight::Flights;
pub(crate) use invalidation::{Invalidations, Pattern};
pub(crate) use key::Key;
pub(crate) use lifetime::lifetime;

/// Everything that is kept, and everything that is being fetched to be kept.
pub(crate) struct Cache {
    kept: Kept<Key, Arc<Entry>, Bytes>,
    flights: Flights,
    /// One more with every invalidation: what was fetched before it is not kept after it.
    generation: AtomicU64,
}

/// Weighs what is kept by the memory it takes.
#[derive(Clone, Copy)]
struct Bytes;

impl Weighter<Key, Arc<Entry>> for Bytes {
    fn weight(&self, key: &Key, entry: &Arc<Entry>) -> u64 {
        (key.size() + entry.size()) as u64
    }
}

impl Cache {
    pub(crate) fn new() -> Self {
        Self::with_bytes(limits::CACHE_MAX_BYTES)
    }

    fn with_bytes(bytes: u64) -> Self {
        // One shard: the largest object must fit into it, and a laptop has few threads.
        let mut options = OptionsBuilder::new();
        let options = options.shards(1).estimated_items_capacity(1_024).weight_capacity(bytes).build();
        let options = options.expect("both capacities are set above");
        let kept = Kept::with_options(options, Bytes, DefaultHashBuilder::default(), DefaultLifecycle::default());
        Self { kept, flights: Flights::default(), generation: AtomicU64::new(0) }
    }

    /// What is kept under the key, fresh or not.
    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Entry>> {
        self.kept.get(key)
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Keeps an entry whose fetch began in `generation`, unless there was an invalidation since.
    pub(crate) fn keep(&self, key: Key, entry: Arc<Entry>, generation: u64) {
        if generation == self.generation() {
            self.kept.insert(key, entry);
        }
    }

    pub(crate) fn invalidate(&self, patterns: &[Pattern]) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.kept.retain(|key, _| !patterns.iter().any(|pattern| pattern.names(key)));
    }

    pub(crate) fn flights(&self) -> &Flights {
        &self.flights
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cache({} objects, {} bytes)", self.kept.len(), self.kept.weight())
    }
}

#[cfg(test)]
mod tests {
    use super::{Cache, Entry, Key, Pattern};
    use std::sync::Arc;

    fn keep(cache: &Cache, path: &str, bytes: usize) {
        let entry = Entry::of_bytes(vec![b'x'; bytes]);
        cache.keep(Key::of_path(path), Arc::new(entry), cache.generation());
    }

    #[test]
    fn memory_is_bounded_whatever_is_kept() {
        let cache = Cache::with_bytes(1_000_000);
        for number in 0..500 {
            keep(&cache, &format!("/{number}"), 10_000);
        }
        assert!(cache.kept.weight() <= 1_000_000 && cache.kept.len() > 50, "{cache:?}");
        keep(&cache, "/huge", 2_000_000);
        assert!(cache.kept.weight() <= 1_000_000, "{cache:?}");
    }

    #[test]
    fn an_invalidation_takes_what_it_names_and_what_is_on_its_way() {
        let cache = Cache::new();
        keep(&cache, "/a/1", 1);
        keep(&cache, "/b", 1);
        let before = cache.generation();
        cache.invalidate(&[Pattern::new("/a/*")]);
        assert!(cache.get(&Key::of_path("/a/1")).is_none() && cache.get(&Key::of_path("/b")).is_some());
        cache.keep(Key::of_path("/a/1"), Arc::new(Entry::of_bytes(vec![1])), before);
        assert!(cache.get(&Key::of_path("/a/1")).is_none(), "fetched before the invalidation");
    }
}
