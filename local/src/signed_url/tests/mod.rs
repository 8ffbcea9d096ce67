//! Verifies signatures by `openssl dgst`, with keys that the tests generate.

#[path = "../../../tests/edge/support/openssl.rs"]
mod openssl;
mod signer;
mod wycheproofs;

use std::net::Ipv4Addr;
use std::time::Duration;

use aws_smithy_types::base64;

use self::openssl::{Keys, canned_policy, url_safe};
use super::{Grant, PublicKey, SignatureRejection, SignedRequest, decode, strip_reserved, verify};

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

fn check(keys: &Keys, base: &str, query: &str, now: Duration) -> Result<(), SignatureRejection> {
    let grant = Grant::from_request(query, &[])?;
    let request = SignedRequest { base, query: &strip_reserved(query), viewer: Ipv4Addr::LOCALHOST, now };
    verify(request, &grant, &public(keys))
}

#[test]
fn openssls_signatures_are_accepted_for_both_keys_and_both_hashes() {
    for keys in [Keys::rsa(), Keys::p256()] {
        for hash in ["-sha1", "-sha256"] {
            assert_eq!(
                check(&keys, BASE, &canned_query(&keys, hash, BASE, LATER), NOW),
                Ok(()),
                "{hash} {}",
                keys.public_pem
            );
        }
    }
}

#[test]
fn a_sha256_signature_without_a_hash_algorithm_is_denied() {
    let keys = Keys::p256();
    let query = canned_query(&keys, "-sha256", BASE, LATER).replace("&Hash-Algorithm=SHA256", "");
    assert_eq!(check(&keys, BASE, &query, NOW), Err(SignatureRejection::AccessDenied));
}

#[test]
fn an_expired_url_is_denied() {
    let keys = Keys::p256();
    let query = canned_query(&keys, "-sha256", BASE, LATER);
    assert_eq!(check(&keys, BASE, &query, Duration::from_secs(LATER - 1)), Ok(()));
    assert_eq!(check(&keys, BASE, &query, Duration::from_secs(LATER)), Err(SignatureRejection::AccessDenied));
}

#[test]
fn a_later_expiry_than_the_signed_one_is_denied() {
    let keys = Keys::p256();
    let query = canned_query(&keys, "-sha256", BASE, LATER).replace(&LATER.to_string(), &(LATER + 1).to_string());
    assert_eq!(check(&keys, BASE, &query, NOW), Err(SignatureRejection::AccessDenied));
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
        assert_eq!(check(&keys, other, &query, NOW), Err(SignatureRejection::AccessDenied), "{other}");
    }
    assert_eq!(check(&keys, BASE, &format!("{query}&added=1"), NOW), Err(SignatureRejection::AccessDenied));
}

#[test]
fn the_urls_own_query_is_part_of_the_resource() {
    let keys = Keys::p256();
    let query = canned_query(&keys, "-sha256", &format!("{BASE}?a=1&b=%20"), LATER);
    assert_eq!(check(&keys, BASE, &format!("a=1&{query}&b=%20"), NOW), Ok(()));
    assert_eq!(check(&keys, BASE, &format!("b=%20&{query}&a=1"), NOW), Err(SignatureRejection::AccessDenied));
}

#[test]
fn one_flipped_bit_is_denied() {
    let keys = Keys::p256();
    let signature = keys.sign(&canned_policy(BASE, LATER), "-sha256");
    let mut signature = base64::decode(signature.replace('-', "+").replace('_', "=").replace('~', "/")).unwrap();
    let last = signature.len() - 1;
    signature[last] ^= 1;
    let query = format!("Expires={LATER}&Signature={}&Key-Pair-Id=K&Hash-Algorithm=SHA256", url_safe(&signature));
    assert_eq!(check(&keys, BASE, &query, NOW), Err(SignatureRejection::AccessDenied));
}

#[test]
fn the_signature_of_another_key_is_denied() {
    let (ours, theirs) = (Keys::p256(), Keys::p256());
    assert_eq!(
        check(&ours, BASE, &canned_query(&theirs, "-sha256", BASE, LATER), NOW),
        Err(SignatureRejection::AccessDenied)
    );
}

#[test]
fn undecodable_parameters_are_malformed() {
    let keys = Keys::p256();
    assert_eq!(
        check(&keys, BASE, "Expires=1&Signature=!&Key-Pair-Id=K", NOW),
        Err(SignatureRejection::MalformedSignature)
    );
    let milliseconds = canned_query(&keys, "-sha256", BASE, LATER * 1_000);
    assert_eq!(check(&keys, BASE, &milliseconds, NOW), Err(SignatureRejection::MalformedPolicy));
    assert_eq!(
        check(&keys, BASE, "Policy=!&Signature=aaaa&Key-Pair-Id=K", NOW),
        Err(SignatureRejection::MalformedPolicy)
    );
    assert_eq!(check(&keys, BASE, &custom_query(&keys, "{}"), NOW), Err(SignatureRejection::MalformedPolicy));
}

#[test]
fn a_custom_policy_is_accepted_for_matching_urls() {
    let keys = Keys::p256();
    let policy = canned_policy("https://d111.cloudfront.net/cv/*", LATER);
    assert_eq!(check(&keys, BASE, &custom_query(&keys, &policy), NOW), Ok(()));
    assert_eq!(
        check(&keys, "https://d111.cloudfront.net/x/a", &custom_query(&keys, &policy), NOW),
        Err(SignatureRejection::AccessDenied)
    );
}

#[test]
fn a_replaced_custom_policy_is_denied() {
    let keys = Keys::p256();
    let signed = custom_query(&keys, &canned_policy("https://d111.cloudfront.net/x/*", LATER));
    let swapped = url_safe(canned_policy("https://d111.cloudfront.net/*", LATER).as_bytes());
    let signature = signed.split_once('&').unwrap().1;
    assert_eq!(
        check(&keys, BASE, &format!("Policy={swapped}&{signature}"), NOW),
        Err(SignatureRejection::AccessDenied)
    );
}

#[test]
fn keys_that_cloudfront_would_reject_are_refused() {
    let pem = |algorithm: &[&str]| Keys::new(algorithm).public_pem;
    let error = |pem: &str| PublicKey::from_pem(pem).err().unwrap();
    assert!(error(&pem(&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"])).contains("2,048"));
    assert!(error(&pem(&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"])).contains("neither"));
    assert!(error(&pem(&["-algorithm", "ED25519"])).contains("neither"));
    assert!(error("garbage").contains("not PEM"));
    assert!(error("-----BEGIN PUBLIC KEY-----\n!!\n-----END PUBLIC KEY-----").contains("base64"));
}

#[test]
fn the_three_characters_of_cloudfronts_base64_are_decoded() {
    assert_eq!(decode("-~8_").as_deref(), Some([0xfb, 0xff].as_slice()));
}

#[test]
fn invalid_base64_is_refused() {
    for text in ["", "a", "!!!!", "abcde", "ab\u{e9}d", "+/8=", "-~8=", "-~9_"] {
        assert_eq!(decode(text), None, "{text:?}");
    }
}
