//! Links that have been signed already. Signatures of both algorithms are deterministic, so a link can be handed out
//! again instead of being signed again.

use super::{Link, Order};

/// How many links are remembered: two windows of a few hosts. A host is one of ours, so visitors cannot fill this.
const CAPACITY: usize = 8;

/// A few links, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Minted(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    host: String,
    path: String,
    generation: u64,
    link: Link,
}

impl Minted {
    /// The link for this order that ends then.
    pub(super) fn recall(&self, order: &Order<'_>, expires: u64) -> Option<&Link> {
        let fits = |entry: &&Entry| {
            entry.link.expires == expires
                && entry.generation == order.minting.generation
                && entry.host == order.host
                && entry.path == order.minting.cv.path
        };
        self.0.iter().find(fits).map(|entry| &entry.link)
    }

    /// Keeps a link, in place of the oldest if there is no room.
    pub(super) fn remember(&mut self, order: &Order<'_>, link: Link) {
        if self.0.len() == CAPACITY {
            self.0.remove(0);
        }
        let (host, path) = (order.host.to_owned(), order.minting.cv.path.clone());
        self.0.push(Entry { host, path, generation: order.minting.generation, link });
    }
}

#[cfg(test)]
mod tests {
    use vitae_signer::Signer;

    use super::*;
    use crate::configuration::Minting;
    use crate::testing::{self, Counted};
    use vitae_parameters::{Cv, Scheme, SignerParameter};

    const NOW_MS: u64 = 1_767_290_400_000;

    fn signer(id: &str) -> Signer {
        let json = testing::signer_json(id, "rsa-2048", "sha1", &testing::rsa_pem());
        SignerParameter::parse(&json).unwrap().into_signer()
    }

    fn order<'a>(host: &'a str, cv: &'a Cv, signer: &'a Signer, generation: u64) -> Order<'a> {
        Order { scheme: Scheme::Https, host, minting: Minting { cv, signer, generation } }
    }

    /// RSA draws randomness for every signature, so draws count signatures.
    #[test]
    fn one_signature_serves_a_window() {
        let (mut minted, mut rng) = (Minted::default(), Counted::default());
        let (signer, cv) = (signer("K1"), Cv::default());
        let order = order("example.com", &cv, &signer, 1);
        let first = order.fill(NOW_MS + 1, &mut minted, &mut rng).unwrap();
        let draws = rng.draws;
        assert!(draws > 0);
        for now_ms in NOW_MS + 1..=NOW_MS + 10 {
            assert_eq!(order.fill(now_ms, &mut minted, &mut rng).unwrap(), first);
        }
        assert_eq!(rng.draws, draws);
        assert_ne!(order.fill(NOW_MS + 10_001, &mut minted, &mut rng).unwrap(), first);
        assert!(rng.draws > draws);
    }

    #[test]
    fn another_host_path_or_key_has_a_link_of_its_own() {
        let (mut minted, mut rng) = (Minted::default(), Counted::default());
        let (one, two, cv) = (signer("K1"), signer("K2"), Cv::default());
        let elsewhere = Cv { path: "/cv/other.pdf".into(), ..Cv::default() };
        let orders = [
            order("example.com", &cv, &one, 1),
            order("www.example.com", &cv, &one, 1),
            order("example.com", &elsewhere, &one, 1),
            order("example.com", &cv, &two, 2),
        ];
        let mut urls = orders.map(|order| order.fill(NOW_MS, &mut minted, &mut rng).unwrap().url);
        assert!(
            urls[0].starts_with("https://example.com/cv/resume.pdf?Expires=1767290460&Key-Pair-Id=K1&"),
            "{}",
            urls[0]
        );
        assert!(urls[3].contains("&Key-Pair-Id=K2&"));
        urls.sort_unstable();
        assert!(urls.windows(2).all(|pair| pair[0] != pair[1]), "{urls:?}");
    }

    #[test]
    fn memory_stays_small_whatever_is_minted() {
        let (mut minted, mut rng) = (Minted::default(), Counted::default());
        let (signer, cv) = (signer("K1"), Cv::default());
        let order = order("example.com", &cv, &signer, 1);
        for window in 0..20 {
            order.fill(NOW_MS + window * 10_000, &mut minted, &mut rng).unwrap();
        }
        assert_eq!(minted.0.len(), CAPACITY);
        let draws = rng.draws;
        order.fill(NOW_MS + 190_000, &mut minted, &mut rng).unwrap();
        assert_eq!(rng.draws, draws, "the newest is remembered");
    }
}
