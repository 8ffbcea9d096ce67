//! Where the counter's items stand, and which there are to read.

use std::collections::BTreeMap;

/// The name of the counter, which all its partition keys begin with.
const COUNTER: &str = "visits";

/// The most shards of a region: 256 items of 1,000 writes each per second are more visits than a resume has.
/// The bound is that of `counter.shards` in the stack's `config`.
const MAX_SHARDS: u32 = 256;

/// Over how many items a region spreads its writes: 1 to 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shards(u32);

impl Shards {
    /// What a stack has that says nothing else.
    pub const DEFAULT: Self = Self(8);

    /// Takes a number from 1 to 256, `None` for any other.
    #[must_use]
    pub fn new(count: u32) -> Option<Self> {
        (1..=MAX_SHARDS).contains(&count).then_some(Self(count))
    }

    /// The number.
    #[must_use]
    pub const fn count(self) -> u32 {
        self.0
    }
}

/// The partition key of one shard of one region.
#[must_use]
pub fn partition(region: &str, shard: u32) -> String {
    format!("{COUNTER}#{region}#{shard}")
}

/// The partition key of the items that say which regions there are and how many shards each ever used. There is one item
/// per region, with the region as sort key: like the counts, each is written by its own region only, so that a global
/// table loses none.
#[must_use]
pub fn regions_partition() -> String {
    format!("{COUNTER}#regions")
}

/// All regions that ever counted, each with the most shards it ever used. Raising the number of shards needs no
/// migration, and lowering it loses nothing, because reads cover all of these.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Layout(BTreeMap<String, Shards>);

impl Layout {
    /// Adds a region with so many shards; a smaller number than is known changes nothing.
    pub fn cover(&mut self, region: &str, shards: Shards) {
        let known = self.0.entry(region.to_owned()).or_insert(shards);
        *known = shards.max(*known);
    }

    /// How many shards of a region are covered, if it is known.
    #[must_use]
    pub fn shards(&self, region: &str) -> Option<Shards> {
        self.0.get(region).copied()
    }

    /// The partition keys of all shards of all regions.
    #[must_use]
    pub fn partitions(&self) -> Vec<String> {
        let of_region = |(region, shards): (&String, &Shards)| {
            (0..shards.count()).map(|shard| partition(region, shard)).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(of_region).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shards(count: u32) -> Shards {
        Shards::new(count).unwrap()
    }

    #[test]
    fn shards_are_1_to_256() {
        assert_eq!((Shards::new(0), Shards::new(257)), (None, None));
        assert!(Shards::new(1).is_some() && Shards::new(256).is_some());
    }

    #[test]
    fn every_shard_of_every_region_is_read() {
        let mut layout = Layout::default();
        layout.cover("us-east-1", shards(2));
        layout.cover("eu-west-1", shards(1));
        assert_eq!(layout.partitions(), ["visits#eu-west-1#0", "visits#us-east-1#0", "visits#us-east-1#1"]);
    }

    #[test]
    fn lowering_the_shards_still_reads_all_that_ever_were() {
        let mut layout = Layout::default();
        layout.cover("us-east-1", shards(8));
        layout.cover("us-east-1", shards(2));
        assert_eq!(layout.shards("us-east-1"), Some(shards(8)));
        layout.cover("us-east-1", shards(64));
        assert_eq!(layout.partitions().len(), 64);
    }

    #[test]
    fn no_region_can_be_mistaken_for_the_list_of_regions() {
        assert_ne!(partition("regions", 0), regions_partition());
    }
}
