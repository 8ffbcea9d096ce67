//! The verifier accepts exactly what this project's signer signs.
//!
//! The two share no code and no library. Every run prints its seed, which is fixed, and tests the same cases.

use std::fmt::Debug;
use std::io::Write as _;
use std::net::Ipv4Addr;
use std::process::Stdio;
use std::time::Duration;

use getrandom::SysRng;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use vitae_signer::{
    BackendError, CustomPolicy, Expires, Hash, Ipv4Cidr, KeyPairId, PrivateKey, Resource, SignatureBackend, SignedUrl,
    Signer, StartTime,
};

use super::openssl::Keys;
use crate::signed_url::{Grant, PublicKey, SignatureRejection, SignedRequest, strip_reserved, verify};

const SEED: [u8; 32] = *b"vitae-local: signer and verifier";
const KEY_PAIR_ID: &str = "K2JCJMDEHXQW5F";
const NOW: u64 = 1_800_000_000;
const END: u64 = NOW + 60;

fn check<S: Strategy>(cases: u32, strategy: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>)
where
    S::Value: Debug,
{
    println!("{cases} cases, seed {:?}", std::str::from_utf8(&SEED));
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &SEED));
    if let Err(error) = runner.run(strategy, property) {
        panic!("{error}");
    }
}

/// A signer and its public key.
struct Pair {
    signer: Signer,
    public: PublicKey,
}

impl Pair {
    fn new(keys: &Keys, hash: Hash) -> Self {
        let key = PrivateKey::from_pem(&std::fs::read_to_string(&keys.private).unwrap()).unwrap();
        let signer = Signer::new(KeyPairId::new(KEY_PAIR_ID).unwrap(), key, hash);
        Self { signer, public: PublicKey::from_pem(&keys.public_pem).unwrap() }
    }

    /// Every algorithm with every hash.
    fn all() -> Vec<Self> {
        let (p256, rsa) = (Keys::p256(), Keys::rsa());
        let both = |keys: &Keys| [Self::new(keys, Hash::Sha1), Self::new(keys, Hash::Sha256)];
        both(&p256).into_iter().chain(both(&rsa)).collect()
    }

    fn check(&self, url: &str, cookies: &[(String, String)]) -> Result<(), SignatureRejection> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let grant = Grant::from_request(query, cookies)?;
        if grant.key_pair_id != KEY_PAIR_ID {
            return Err(SignatureRejection::InvalidKey);
        }
        let query = strip_reserved(query);
        let request = SignedRequest { base, query: &query, viewer: Ipv4Addr::LOCALHOST, now: Duration::from_secs(NOW) };
        verify(request, &grant, &self.public)
    }
}

fn expires() -> Expires {
    Expires::from_epoch_seconds(END).unwrap()
}

/// URLs that the signer accepts, with and without a query.
fn urls() -> impl Strategy<Value = String> {
    let host = "https?://[a-z]{1,8}(\\.example|\\.cloudfront\\.net)(:[1-9][0-9]{3})?";
    let path = "(/[A-Za-z0-9+,;=:@!$&'()._~-]{1,8}|/%[0-9A-Fa-f]{2}){0,4}/[a-z]{0,3}";
    (host, path, "(\\?[A-Za-z0-9+,;=:@!$()._~/?&%-]{1,12})?")
        .prop_map(|(host, path, query)| host + &path + &query)
        .prop_filter("a URL that the signer rejects is covered by its own tests", |url| Resource::exact(url).is_ok())
}

/// A change of one byte, as an attacker might make it.
#[derive(Clone, Copy, Debug)]
enum Change {
    Replace(u8),
    Insert(u8),
    Remove,
}

fn changes() -> impl Strategy<Value = Change> {
    let byte = b'!'..=b'~';
    // Whether CloudFront accepts an empty parameter, "&&", is not known.
    let inserted = byte.clone().prop_filter("an empty parameter", |byte| *byte != b'&');
    prop_oneof![4 => byte.prop_map(Change::Replace), 2 => inserted.prop_map(Change::Insert), 1 => Just(Change::Remove)]
}

/// `text` with one byte changed; equal to `text` if the byte is replaced by itself.
fn changed(text: &str, place: Index, change: Change) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let place = place.index(bytes.len());
    match change {
        Change::Replace(byte) => bytes[place] = byte,
        Change::Insert(byte) => bytes.insert(place, byte),
        Change::Remove => drop(bytes.remove(place)),
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn every_url_that_the_signer_signs_is_accepted() {
    let pairs = Pair::all();
    check(100, &urls(), |url| {
        for pair in &pairs {
            let canned = pair.signer.sign_url_canned(&url, expires(), &mut SysRng).unwrap();
            prop_assert_eq!(pair.check(&canned, &[]), Ok(()), "{}", canned);
            let policy = CustomPolicy::new(Resource::exact(&url).unwrap(), expires())
                .with_start_time(StartTime::from_epoch_seconds(NOW - 1).unwrap())
                .unwrap()
                .with_source_ip(Ipv4Cidr::new(Ipv4Addr::new(127, 0, 0, 0), 8).unwrap());
            let custom = pair.signer.sign_url_custom(&url, &policy, &mut SysRng).unwrap();
            prop_assert_eq!(pair.check(&custom, &[]), Ok(()), "{}", custom);
        }
        Ok(())
    });
}

/// The P-256 signatures of OpenSSL are random, as those of `node:crypto`, which is OpenSSL too.
#[derive(Debug)]
struct OpensslBackend(std::path::PathBuf);

impl SignatureBackend for OpensslBackend {
    fn sign(&self, hash: Hash, message: &[u8]) -> Result<Vec<u8>, BackendError> {
        let mut command = std::process::Command::new("openssl");
        command.args(["dgst", &format!("-{hash}"), "-sign"]).arg(&self.0);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("openssl starts");
        child.stdin.take().expect("a pipe").write_all(message).expect("openssl reads");
        Ok(child.wait_with_output().expect("openssl runs").stdout)
    }
}

#[test]
fn the_signatures_of_both_backends_are_accepted() {
    for keys in [Keys::p256(), Keys::rsa()] {
        for hash in Hash::ALL {
            let pure = Pair::new(&keys, hash);
            let Pair { signer, public } = Pair::new(&keys, hash);
            let backed = Pair { signer: signer.with_backend(OpensslBackend(keys.private.clone())), public };
            check(8, &urls(), |url| {
                for pair in [&pure, &backed] {
                    let signed = pair.signer.sign_url_canned(&url, expires(), &mut SysRng).unwrap();
                    // Each is accepted by the public key of the other, and by the signer's own verifier.
                    prop_assert_eq!(pure.check(&signed, &[]), Ok(()), "{}", signed);
                    prop_assert_eq!(backed.check(&signed, &[]), Ok(()), "{}", signed);
                    let key = vitae_signer::PublicKey::from_pem(&keys.public_pem).unwrap();
                    prop_assert_eq!(SignedUrl::parse(&signed).unwrap().verify(&key), Ok(()), "{}", signed);
                }
                Ok(())
            });
        }
    }
}

/// The signer's explanation of a URL and this verifier share no code, and must come to the same result.
#[test]
fn the_explanation_of_a_url_has_a_rejection_if_and_only_if_the_verifier_rejects_it() {
    for keys in [Keys::p256(), Keys::rsa()] {
        let pair = Pair::new(&keys, Hash::Sha256);
        let key = vitae_signer::PublicKey::from_pem(&keys.public_pem).unwrap();
        check(400, &(urls(), any::<Index>(), changes(), any::<bool>()), |(url, place, change, is_custom)| {
            let policy = CustomPolicy::new(Resource::exact(&url).unwrap(), expires());
            let signed = if is_custom {
                pair.signer.sign_url_custom(&url, &policy, &mut SysRng).unwrap()
            } else {
                pair.signer.sign_url_canned(&url, expires(), &mut SysRng).unwrap()
            };
            for text in [signed.clone(), changed(&signed, place, change)] {
                // A changed scheme is not a URL, and a fragment is not sent.
                let Ok(explained) = SignedUrl::parse(&text) else { continue };
                if text.contains('#') || explained.key_pair_id() != Some(KEY_PAIR_ID) {
                    continue;
                }
                let rejected =
                    !explained.rejections(Duration::from_secs(NOW)).is_empty() || explained.verify(&key).is_err();
                prop_assert_eq!(rejected, pair.check(&text, &[]).is_err(), "{} was {}", text, signed);
            }
            Ok(())
        });
    }
}

#[test]
fn the_signers_cookies_are_accepted_for_their_url_only() {
    let pairs = Pair::all();
    check(100, &urls(), |url| {
        for pair in &pairs {
            let policy = CustomPolicy::new(Resource::exact(&url).unwrap(), expires());
            let canned = pair.signer.sign_cookies_canned(&url, expires(), &mut SysRng).unwrap();
            let custom = pair.signer.sign_cookies_custom(&policy, &mut SysRng).unwrap();
            for cookies in [canned, custom] {
                let cookies: Vec<(String, String)> =
                    cookies.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                prop_assert_eq!(pair.check(&url, &cookies), Ok(()), "{}", url);
                prop_assert_ne!(pair.check(&format!("{url}x"), &cookies), Ok(()), "{}x", url);
            }
        }
        Ok(())
    });
}

#[test]
fn a_trailing_wildcard_accepts_urls_with_its_prefix() {
    let pair = Pair::new(&Keys::p256(), Hash::Sha256);
    check(300, &(urls(), any::<Index>()), |(url, place)| {
        let path = "https://".len() + url["https://".len()..].find('/').unwrap() + 1;
        let end = url.find('?').unwrap_or(url.len());
        let prefix = &url[..path + place.index(end - path + 1)];
        let Ok(resource) = Resource::wildcard(&format!("{prefix}*")) else {
            return Err(TestCaseError::reject("split within an escape"));
        };
        let policy = CustomPolicy::new(resource, expires());
        let signed = pair.signer.sign_url_custom(&url, &policy, &mut SysRng).unwrap();
        prop_assert_eq!(pair.check(&signed, &[]), Ok(()), "{} by {}*", url, prefix);
        let elsewhere = signed.replacen("://", "://x", 1);
        prop_assert_eq!(
            pair.check(&elsewhere, &[]),
            Err(SignatureRejection::AccessDenied),
            "{} by {}*",
            elsewhere,
            prefix
        );
        Ok(())
    });
}

/// Without a query, because signer and verifier differ about where a pattern's query begins.
#[test]
fn a_wildcard_in_host_or_path_accepts_what_it_matches() {
    let pair = Pair::new(&Keys::p256(), Hash::Sha256);
    let cut = (any::<Index>(), any::<Index>(), any::<bool>());
    check(300, &(urls(), cut), |(url, (first, last, one))| {
        let url = url.split('?').next().unwrap();
        let host = url.find("://").unwrap() + "://".len();
        let (first, last) = (host + first.index(url.len() - host), host + last.index(url.len() - host));
        let (first, last) = if one { (first, first + 1) } else { (first.min(last), first.max(last)) };
        let wildcard = if one { "?" } else { "*" };
        let pattern = format!("{}{wildcard}{}", &url[..first], &url[last..]);
        // A wildcard must not contain the slash between host and path, nor half of an escape.
        let slash = host + url[host..].find('/').unwrap();
        prop_assume!(last <= slash || first > slash);
        let Ok(resource) = Resource::wildcard(&pattern) else {
            return Err(TestCaseError::reject("a pattern that the signer rejects is covered by its own tests"));
        };
        let policy = CustomPolicy::new(resource, expires());
        let signed = pair.signer.sign_url_custom(url, &policy, &mut SysRng).unwrap();
        prop_assert_eq!(pair.check(&signed, &[]), Ok(()), "{} by {}", url, pattern);
        let another = signed.replacen(&url[slash..], "/another/file", 1);
        if !pattern.ends_with('*') && url.len() > slash + 1 && last <= slash {
            prop_assert_eq!(
                pair.check(&another, &[]),
                Err(SignatureRejection::AccessDenied),
                "{} by {}",
                another,
                pattern
            );
        }
        Ok(())
    });
}

#[test]
fn a_signed_url_with_one_byte_changed_is_rejected() {
    let pairs = Pair::all();
    check(250, &(urls(), any::<Index>(), changes()), |(url, place, change)| {
        for pair in &pairs {
            let policy = CustomPolicy::new(Resource::exact(&url).unwrap(), expires());
            let canned = pair.signer.sign_url_canned(&url, expires(), &mut SysRng).unwrap();
            let custom = pair.signer.sign_url_custom(&url, &policy, &mut SysRng).unwrap();
            for signed in [canned, custom] {
                let changed = changed(&signed, place, change);
                if changed != signed {
                    prop_assert_ne!(pair.check(&changed, &[]), Ok(()), "{} was {}", changed, signed);
                }
            }
        }
        Ok(())
    });
}

/// Replaces every byte of one URL with every other byte, which covers the cases that random tests miss.
#[test]
fn no_byte_of_a_signed_url_can_be_replaced() {
    for keys in [Keys::p256(), Keys::rsa()] {
        let pair = Pair::new(&keys, Hash::Sha256);
        let url = "https://d111.cloudfront.net/cv/r%C3%A9sum%C3%A9.pdf?lang=en";
        let signed = pair.signer.sign_url_canned(url, expires(), &mut SysRng).unwrap();
        assert_eq!(pair.check(&signed, &[]), Ok(()));
        for place in 0..signed.len() {
            for byte in b'!'..=b'~' {
                let mut bytes = signed.clone().into_bytes();
                bytes[place] = byte;
                let changed = String::from_utf8(bytes).unwrap();
                assert!(changed == signed || pair.check(&changed, &[]).is_err(), "{changed} was {signed}");
            }
        }
    }
}

#[test]
fn a_cookie_with_one_byte_changed_is_rejected() {
    let pairs = Pair::all();
    let place = (any::<Index>(), any::<Index>(), any::<bool>());
    check(200, &(urls(), place, changes()), |(url, (cookie, place, in_name), change)| {
        for pair in &pairs {
            let signed = pair.signer.sign_cookies_canned(&url, expires(), &mut SysRng).unwrap();
            let mut cookies: Vec<(String, String)> =
                signed.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
            let cookie = cookie.index(cookies.len());
            let (name, value) = &mut cookies[cookie];
            let part = if in_name { name } else { value };
            let before = part.clone();
            *part = changed(part, place, change);
            let is_changed = *part != before;
            if is_changed {
                prop_assert_ne!(pair.check(&url, &cookies), Ok(()), "cookie {} of {}", cookie, url);
            }
        }
        Ok(())
    });
}
