//! Signed links to the CV.
//!
//! An expiry is rounded up to a window, so that every visitor of a window gets the same link and one signature serves them
//! all.

use vitae_parameters::Scheme;
use vitae_signer::rand_core::TryCryptoRng;
use vitae_signer::{Error, Expires};

use crate::configuration::LinkSettings;

/// How many links are cached: two windows of a few hosts. A host is one of ours, so visitors cannot fill the cache.
const CAPACITY: usize = 8;

/// A link and its expiry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) url: String,
    /// Seconds since 1970.
    pub(crate) expires: u64,
}

/// What a link is made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LinkRequest<'a> {
    pub(crate) scheme: Scheme,
    pub(crate) host: &'a str,
    pub(crate) settings: LinkSettings<'a>,
}

impl LinkRequest<'_> {
    /// The link for `now_ms`, from the cache if its window was signed before.
    pub(crate) fn sign(
        &self,
        now_ms: u64,
        cache: &mut LinkCache,
        rng: &mut (impl TryCryptoRng + ?Sized),
    ) -> Result<Link, Error> {
        let LinkSettings { cv, signer, .. } = self.settings;
        let expires = cv.expires_s(now_ms);
        if let Some(link) = cache.get(self, expires) {
            return Ok(link.clone());
        }
        let url = format!("{}://{}{}", self.scheme.as_str(), self.host, cv.path);
        let url = signer.sign_url_canned(&url, Expires::from_epoch_seconds(expires)?, rng)?;
        let link = Link { url, expires };
        cache.insert(self, link.clone());
        Ok(link)
    }
}

/// The last signed links, oldest first.
#[derive(Debug, Default)]
pub(crate) struct LinkCache(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    host: String,
    path: String,
    generation: u64,
    link: Link,
}

impl LinkCache {
    fn get(&self, request: &LinkRequest<'_>, expires: u64) -> Option<&Link> {
        let matches = |entry: &&Entry| {
            entry.link.expires == expires
                && entry.generation == request.settings.generation
                && entry.host == request.host
                && entry.path == request.settings.cv.path
        };
        self.0.iter().find(matches).map(|entry| &entry.link)
    }

    /// Adds a link, in place of the oldest if the cache is full.
    fn insert(&mut self, request: &LinkRequest<'_>, link: Link) {
        if self.0.len() == CAPACITY {
            self.0.remove(0);
        }
        let (host, path) = (request.host.to_owned(), request.settings.cv.path.clone());
        self.0.push(Entry { host, path, generation: request.settings.generation, link });
    }
}

#[cfg(test)]
mod tests {
    use vitae_parameters::{Cv, Gate, SignerParameter};
    use vitae_signer::Signer;

    use super::*;
    use crate::testing::{self, CountingRng};

    const NOW_MS: u64 = 1_767_290_400_000;

    fn signer(id: &str) -> Signer {
        let json = testing::signer_json(id, "rsa-2048", "sha1", &testing::rsa_pem());
        SignerParameter::parse(&json).unwrap().into_signer()
    }

    fn request<'a>(host: &'a str, cv: &'a Cv, signer: &'a Signer, generation: u64) -> LinkRequest<'a> {
        LinkRequest { scheme: Scheme::Https, host, settings: LinkSettings { cv, signer, gate: Gate::Open, generation } }
    }

    /// RSA draws randomness for every signature, so draws count signatures.
    #[test]
    fn one_signature_serves_a_window() {
        let (mut cache, mut rng) = (LinkCache::default(), CountingRng::default());
        let (signer, cv) = (signer("K1"), Cv::default());
        let request = request("example.com", &cv, &signer, 1);
        let first = request.sign(NOW_MS + 1, &mut cache, &mut rng).unwrap();
        let draws = rng.draws;
        assert!(draws > 0);
        for now_ms in NOW_MS + 1..=NOW_MS + 10 {
            assert_eq!(request.sign(now_ms, &mut cache, &mut rng).unwrap(), first);
        }
        assert_eq!(rng.draws, draws);
        assert_ne!(request.sign(NOW_MS + 10_001, &mut cache, &mut rng).unwrap(), first);
        assert!(rng.draws > draws);
    }

    #[test]
    fn another_host_path_or_key_gets_another_link() {
        let (mut cache, mut rng) = (LinkCache::default(), CountingRng::default());
        let (one, two, cv) = (signer("K1"), signer("K2"), Cv::default());
        let elsewhere = Cv { path: "/cv/other.pdf".into(), ..Cv::default() };
        let requests = [
            request("example.com", &cv, &one, 1),
            request("www.example.com", &cv, &one, 1),
            request("example.com", &elsewhere, &one, 1),
            request("example.com", &cv, &two, 2),
        ];
        let mut urls = requests.map(|request| request.sign(NOW_MS, &mut cache, &mut rng).unwrap().url);
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
    fn the_cache_stays_small() {
        let (mut cache, mut rng) = (LinkCache::default(), CountingRng::default());
        let (signer, cv) = (signer("K1"), Cv::default());
        let request = request("example.com", &cv, &signer, 1);
        for window in 0..20 {
            request.sign(NOW_MS + window * 10_000, &mut cache, &mut rng).unwrap();
        }
        assert_eq!(cache.0.len(), CAPACITY);
        let draws = rng.draws;
        request.sign(NOW_MS + 190_000, &mut cache, &mut rng).unwrap();
        assert_eq!(rng.draws, draws, "the newest link is cached");
    }

    fn cv(lifetime_s: u32, window_s: u32) -> Cv {
        Cv { path: "/cv/resume.pdf".into(), lifetime_s, window_s }
    }

    #[test]
    fn every_time_of_a_window_has_one_expiry() {
        let cv = cv(60, 10);
        assert_eq!(cv.expires_s(1_767_290_400_000), 1_767_290_460);
        assert_eq!(cv.expires_s(1_767_290_400_001), 1_767_290_470);
        assert_eq!(cv.expires_s(1_767_290_410_000), 1_767_290_470);
        assert_eq!(cv.expires_s(1_767_290_410_001), 1_767_290_480);
    }

    proptest::proptest! {
        #![proptest_config(crate::testing::cases(500))]

        #[test]
        fn a_link_is_valid_for_its_lifetime_and_at_most_a_window_longer(
            now_ms in 0u64..4_000_000_000_000, lifetime_s in 10u32..=3600, window_share in 1u32..=3600
        ) {
            let cv = cv(lifetime_s, window_share.min(lifetime_s));
            let life_ms = cv.expires_s(now_ms) * 1000 - now_ms;
            let least_ms = u64::from(cv.lifetime_s) * 1000;
            proptest::prop_assert!(life_ms >= least_ms);
            proptest::prop_assert!(life_ms < least_ms + u64::from(cv.window_s) * 1000);
        }

        #[test]
        fn every_time_can_be_rounded(now_ms in proptest::num::u64::ANY) {
            let _ = cv(3600, 3600).expires_s(now_ms);
        }
    }
}
