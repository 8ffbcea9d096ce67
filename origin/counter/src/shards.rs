//! The keys of the counter's items.

use std::collections::BTreeMap;

use vitae_parameters::{DEFAULT_SHARDS, SHARDS};

/// The counter's name, with which every partition key begins.
const COUNTER: &str = "visits";

/// The number of items that a region spreads its writes over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Shards(u32);

impl Shards {
    /// The default of a stack.
    pub const DEFAULT: Self = Self(DEFAULT_SHARDS);

    /// Checks the number. 256 items of 1,000 writes per second each are more visits than a resume has.
    #[must_use]
    pub fn new(count: u32) -> Option<Self> {
        SHARDS.contains(&count).then_some(Self(count))
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

/// The partition key of the items that record the number of shards of each region. There is one item per region, with
/// the region as sort key: each region writes only its own, so that a global table loses none.
#[must_use]
pub fn regions_partition() -> String {
    format!("{COUNTER}#regions")
}

/// All regions that ever counted, each with the most shards it ever used. Reads cover all of these, so raising the
/// number of shards needs no migration and lowering it loses nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegionShards(BTreeMap<String, Shards>);

impl RegionShards {
    /// Adds a region, or raises its number of shards.
    pub fn raise(&mut self, region: &str, shards: Shards) {
        let known = self.0.entry(region.to_owned()).or_insert(shards);
        *known = shards.max(*known);
    }

    /// The number of shards of a region.
    #[must_use]
    pub fn get(&self, region: &str) -> Option<Shards> {
        self.0.get(region).copied()
    }

    /// The partition keys of all shards of all regions.
    #[must_use]
    pub fn partitions(&self) -> Vec<String> {
        let shards = |(region, shards): (&String, &Shards)| {
            (0..shards.count()).map(|shard| partition(region, shard)).collect::<Vec<_>>()
        };
        self.0.iter().flat_map(shards).collect()
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
        let mut regions = RegionShards::default();
        regions.raise("us-east-1", shards(2));
        regions.raise("eu-west-1", shards(1));
        assert_eq!(regions.partitions(), ["visits#eu-west-1#0", "visits#us-east-1#0", "visits#us-east-1#1"]);
    }

    #[test]
    fn lowering_the_shards_still_reads_all_that_ever_existed() {
        let mut regions = RegionShards::default();
        regions.raise("us-east-1", shards(8));
        regions.raise("us-east-1", shards(2));
        assert_eq!(regions.get("us-east-1"), Some(shards(8)));
        regions.raise("us-east-1", shards(64));
        assert_eq!(regions.partitions().len(), 64);
    }

    #[test]
    fn the_list_of_regions_has_no_key_of_a_shard() {
        assert_ne!(partition("regions", 0), regions_partition());
    }
}
