//! The edge's cache of origin responses.
//!
//! As in CloudFront, `Vary` has no effect: the cache policy alone decides which responses are distinct.
//! Memory is bounded; the least requested objects are evicted first. Times are those of the injected clock.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ConfiguringCaching.html>

mod collapsing;
mod conditions;
mod entry;
mod invalidation;
mod key;
mod lifetime;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use quick_cache::sync::{Cache as Store, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use crate::limits;
use collapsing::InFlight;
pub(crate) use entry::Entry;
pub(crate) use invalidation::{Invalidations, Pattern};
pub(crate) use key::Key;
pub(crate) use lifetime::lifetime;

/// The stored entries and the fetches in progress.
pub(crate) struct Cache {
    entries: Store<Key, Arc<Entry>, Memory>,
    in_flight: InFlight,
    /// The number of invalidations. A response whose fetch began before an invalidation is not stored after it.
    generation: AtomicU64,
}

/// Weighs entries by the memory they use.
#[derive(Clone, Copy)]
struct Memory;

impl Weighter<Key, Arc<Entry>> for Memory {
    fn weight(&self, key: &Key, entry: &Arc<Entry>) -> u64 {
        (key.size() + entry.size()) as u64
    }
}

impl Cache {
    pub(crate) fn new() -> Self {
        Self::with_bytes(limits::CACHE_MAX_BYTES)
    }

    fn with_bytes(bytes: u64) -> Self {
        // One shard, because the largest object must fit into a shard and a laptop has few threads.
        let mut options = OptionsBuilder::new();
        let options = options.shards(1).estimated_items_capacity(1_024).weight_capacity(bytes).build();
        let options = options.expect("both capacities are set above");
        let entries = Store::with_options(options, Memory, DefaultHashBuilder::default(), DefaultLifecycle::default());
        Self { entries, in_flight: InFlight::default(), generation: AtomicU64::new(0) }
    }

    /// The entry of a key, fresh or stale.
    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Entry>> {
        self.entries.get(key)
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Stores an entry whose fetch began in `generation`, unless there was an invalidation since.
    pub(crate) fn insert(&self, key: Key, entry: Arc<Entry>, generation: u64) {
        if generation == self.generation() {
            self.entries.insert(key, entry);
        }
    }

    pub(crate) fn invalidate(&self, patterns: &[Pattern]) {
        self.generation.fetch_add(1, Ordering::AcqRel);
        self.entries.retain(|key, _| !patterns.iter().any(|pattern| pattern.matches(key)));
    }

    pub(crate) fn in_flight(&self) -> &InFlight {
        &self.in_flight
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cache({} objects, {} bytes)", self.entries.len(), self.entries.weight())
    }
}

#[cfg(test)]
mod tests {
    use super::{Cache, Entry, Key, Pattern};
    use std::sync::Arc;

    fn insert(cache: &Cache, path: &str, bytes: usize) {
        let entry = Entry::from_body(vec![b'x'; bytes]);
        cache.insert(Key::for_path(path), Arc::new(entry), cache.generation());
    }

    #[test]
    fn memory_is_bounded() {
        let cache = Cache::with_bytes(1_000_000);
        for number in 0..500 {
            insert(&cache, &format!("/{number}"), 10_000);
        }
        assert!(cache.entries.weight() <= 1_000_000 && cache.entries.len() > 50, "{cache:?}");
        insert(&cache, "/huge", 2_000_000);
        assert!(cache.entries.weight() <= 1_000_000, "{cache:?}");
    }

    #[test]
    fn an_invalidation_removes_matching_entries_and_fetches_in_progress() {
        let cache = Cache::new();
        insert(&cache, "/a/1", 1);
        insert(&cache, "/b", 1);
        let before = cache.generation();
        cache.invalidate(&[Pattern::new("/a/*")]);
        assert!(cache.get(&Key::for_path("/a/1")).is_none() && cache.get(&Key::for_path("/b")).is_some());
        cache.insert(Key::for_path("/a/1"), Arc::new(Entry::from_body(vec![1])), before);
        assert!(cache.get(&Key::for_path("/a/1")).is_none(), "fetched before the invalidation");
    }
}
