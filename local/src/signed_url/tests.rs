//! Signatures made by another: `openssl dgst`, with keys made when the test runs.

#[path = "../../tests/edge/support/openssl.rs"]
mod openssl;
mod signer;
mod wycheproofs;

use std::net::Ipv4Addr;
use std::time::Duration;

use aws_smithy_types::base64;

use self::openssl::{Keys, canned_policy, url_safe};
use super::{Asked, Grant, PublicKey, Refusal, strip_reserved, verify};

const BASE: &str = "https://d111.cloudfront.net/cv/resume.pdf";
const NOW: Duration = Duration::from_secs(1_700_000_000);
const LATER: u64 = 1_700_000_060;

fn public(keys: &Keys) -> PublicKey {
    PublicKey::from_pem(&keys.public_pem).unwrap()
}

fn canned_query(keys: &Keys, hash: &str, resource: &str, expires: u64) -> String {
    keys.canned("K", resource, expires, hash)
}

fn custom_query(keys: &Keys, policy: &str) -> String {
    keys.custom("K", policy)
}

fn judge(keys: &Keys, base: &str, query: &str, now: Duration) -> Result<(), Refusal> {
    let grant = Grant::read(query, &[])?;
    verify(Asked { base, query: &strip_reserved(query), viewer: Ipv4Addr::LOCALHOST, now }, &grant, &public(keys))
}

#[test]
fn openssls_signatures_are_accepted_for_both_keys_and_both_hashes() {
    for keys in [Keys::rsa(), Keys::p256()] {
        for hash in ["-sha1", "-sha256"] {
            assert_eq!(
                judge(&keys, BASE, &canned_query(&keys, hash, BASE, LATER), NOW),
                Ok(()),
                "{hash} {}",
                keys.public_pem
            );
        }
    }
}

#[test]
fn a_sha256_signature_that_does_not_say_so_is_denied() {
    let keys = Keys::p256();
    let query = canned_query(&keys, "-sha256", BASE, LATER).replace("&Hash-Algorithm=SHA256", "");
    assert_eq!(judge(&keys, BASE, &query, NOW), Err(Refusal::AccessDenied));
}

#[test]
fn an_expired_url_is_denied() {
    let keys = Keys::p256();
    let query = canned_query(&keys, "-sha256", BASE, LATER);
    assert_eq!(judge(&keys, BASE, &query, Duration::from_secs(LATER - 1)), Ok(()));
    assert_eq!(judge(&keys, BASE, &query, Duration::from_secs(LATER)), Err(Refusal::AccessDenied));
}

#[test]
fn a_later_expiry_than_the_signed_one_is_denied() {
    let keys = Keys::p256();
    let query = canned_query(&keys, "-sha256", BASE, LATER).replace(&LATER.to_string(), &(LATER + 1).to_string());
    assert_eq!(judge(&keys, BASE, &query, NOW), Err(Refusal::AccessDenied));
}

#[test]
fn the_signature_of_another_url_is_denied() {
    let keys = Keys::p256();
    let query = canned_query(&keys, "-sha256", BASE, LATER);
    for other in [
        "https://d111.cloudfront.net/cv/other.pdf",
        "https://d111.cloudfront.net/%63v/resume.pdf",
        "http://d111.cloudfront.net/cv/resume.pdf",
        "https://d222.cloudfront.net/cv/resume.pdf",
    ] {
        assert_eq!(judge(&keys, other, &query, NOW), Err(Refusal::AccessDenied), "{other}");
    }
    assert_eq!(judge(&keys, BASE, &format!("{query}&added=1"), NOW), Err(Refusal::AccessDenied));
}

#[test]
fn the_urls_own_query_is_part_of_the_resource() {
    let keys = Keys::p256();
    let query = canned_query(&keys, "-sha256", &format!("{BASE}?a=1&b=%20"), LATER);
    assert_eq!(judge(&keys, BASE, &format!("a=1&{query}&b=%20"), NOW), Ok(()));
    assert_eq!(judge(&keys, BASE, &format!("b=%20&{query}&a=1"), NOW), Err(Refusal::AccessDenied));
}

#[test]
fn one_flipped_bit_is_denied() {
    let keys = Keys::p256();
    let signature = keys.sign(&canned_policy(BASE, LATER), "-sha256");
    let mut signature = base64::decode(signature.replace('-', "+").replace('_', "=").replace('~', "/")).unwrap();
    let last = signature.len() - 1;
    signature[last] ^= 1;
    let query = format!("Expires={LATER}&Signature={}&Key-Pair-Id=K&Hash-Algorithm=SHA256", url_safe(&signature));
    assert_eq!(judge(&keys, BASE, &query, NOW), Err(Refusal::AccessDenied));
}

#[test]
fn the_signature_of_another_key_is_denied() {
    let (ours, theirs) = (Keys::p256(), Keys::p256());
    assert_eq!(judge(&ours, BASE, &canned_query(&theirs, "-sha256", BASE, LATER), NOW), Err(Refusal::AccessDenied));
}

#[test]
fn what_cannot_be_decoded_is_malformed() {
    let keys = Keys::p256();
    assert_eq!(judge(&keys, BASE, "Expires=1&Signature=!&Key-Pair-Id=K", NOW), Err(Refusal::MalformedSignature));
    let milliseconds = canned_query(&keys, "-sha256", BASE, LATER * 1_000);
    assert_eq!(judge(&keys, BASE, &milliseconds, NOW), Err(Refusal::MalformedPolicy));
    assert_eq!(judge(&keys, BASE, "Policy=!&Signature=aaaa&Key-Pair-Id=K", NOW), Err(Refusal::MalformedPolicy));
    assert_eq!(judge(&keys, BASE, &custom_query(&keys, "{}"), NOW), Err(Refusal::MalformedPolicy));
}

#[test]
fn a_custom_policy_is_accepted_for_the_urls_it_names() {
    let keys = Keys::p256();
    let policy = canned_policy("https://d111.cloudfront.net/cv/*", LATER);
    assert_eq!(judge(&keys, BASE, &custom_query(&keys, &policy), NOW), Ok(()));
    assert_eq!(
        judge(&keys, "https://d111.cloudfront.net/x/a", &custom_query(&keys, &policy), NOW),
        Err(Refusal::AccessDenied)
    );
}

#[test]
fn a_custom_policy_swapped_for_another_is_denied() {
    let keys = Keys::p256();
    let signed = custom_query(&keys, &canned_policy("https://d111.cloudfront.net/x/*", LATER));
    let swapped = url_safe(canned_policy("https://d111.cloudfront.net/*", LATER).as_bytes());
    let signature = signed.split_once('&').unwrap().1;
    assert_eq!(judge(&keys, BASE, &format!("Policy={swapped}&{signature}"), NOW), Err(Refusal::AccessDenied));
}

#[test]
fn keys_that_cloudfront_would_not_take_are_refused() {
    let pem = |algorithm: &[&str]| Keys::new(algorithm).public_pem;
    let error = |pem: &str| PublicKey::from_pem(pem).err().unwrap();
    assert!(error(&pem(&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"])).contains("2,048"));
    assert!(error(&pem(&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"])).contains("neither"));
    assert!(error(&pem(&["-algorithm", "ED25519"])).contains("neither"));
    assert!(error("garbage").contains("not PEM"));
    assert!(error("-----BEGIN PUBLIC KEY-----\n!!\n-----END PUBLIC KEY-----").contains("base64"));
}
