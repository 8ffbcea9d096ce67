//! Properties that hold for any input. The seed is fixed and printed, so every run checks the same cases.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::testing::{SysRng, decode};
use crate::{CustomPolicy, Expires, Hash, KeyPairId, PrivateKey, Resource, SignedUrl, Signer, encode_url, wildcard};

const SEED: [u8; 32] = *b"vitae-signer: any input, one law";
const EXPIRES: u64 = 1_767_290_400;

fn check<S: Strategy>(cases: u32, strategy: &S, property: impl Fn(S::Value) -> Result<(), TestCaseError>)
where
    S::Value: core::fmt::Debug,
{
    std::println!("{cases} cases, seed {:?}", core::str::from_utf8(&SEED));
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &SEED));
    if let Err(error) = runner.run(strategy, property) {
        panic!("{error}");
    }
}

/// A key from a fixed scalar: generating thousands with `openssl` would take too long.
fn key() -> p256::SecretKey {
    p256::SecretKey::from_slice(&[0x5a; 32]).unwrap()
}

fn signer() -> Signer {
    use pkcs8::EncodePrivateKey;
    let key = PrivateKey::from_der(key().to_pkcs8_der().unwrap().as_bytes()).unwrap();
    Signer::new(KeyPairId::new("K2JCJMDEHXQW5F").unwrap(), key, Hash::Sha256)
}

/// Verifies a URL with a canned policy like CloudFront: removes CloudFront's parameters, writes the policy for the rest,
/// and verifies the signature. Written from CloudFront's documentation, independently of the signer.
fn verifies(requested: &str) -> bool {
    use p256::ecdsa::signature::Verifier;
    let Some((base, query)) = requested.split_once('?') else { return false };
    let mut kept = Vec::new();
    let mut own = std::collections::HashMap::new();
    for pair in query.split('&') {
        match pair.split_once('=') {
            Some((name @ ("Expires" | "Signature" | "Key-Pair-Id" | "Hash-Algorithm"), value)) => {
                own.insert(name, value);
            }
            _ => kept.push(pair),
        }
    }
    let resource = if kept.is_empty() { base.to_string() } else { format!("{base}?{}", kept.join("&")) };
    let Some(signature) = own.get("Signature").filter(|_| own.get("Hash-Algorithm") == Some(&"SHA256")) else {
        return false;
    };
    let is_our_key = own.get("Key-Pair-Id") == Some(&"K2JCJMDEHXQW5F");
    let in_time = own.get("Expires").is_some_and(|end| end.parse() == Ok(EXPIRES));
    let policy = format!(
        r#"{{"Statement":[{{"Resource":"{resource}","Condition":{{"DateLessThan":{{"AWS:EpochTime":{EXPIRES}}}}}}}]}}"#
    );
    let base64: Result<Vec<u8>, _> = {
        use base64ct::{Base64, Encoding};
        Base64::decode_vec(&signature.replace('-', "+").replace('_', "=").replace('~', "/"))
    };
    let Ok(signature) = base64.map_err(|_| ()).and_then(|der| p256::ecdsa::Signature::from_der(&der).map_err(|_| ()))
    else {
        return false;
    };
    let verifying = p256::ecdsa::VerifyingKey::from(key().public_key());
    is_our_key && in_time && verifying.verify(policy.as_bytes(), &signature).is_ok()
}

fn urls() -> impl Strategy<Value = String> {
    ("https?://[a-z0-9.-]{1,20}(:[0-9]{1,5})?", "[ -~é\\n/?#%&=+]{0,40}").prop_map(|(start, rest)| start + "/" + &rest)
}

fn accepted_urls() -> impl Strategy<Value = String> {
    (
        "[a-z]{1,8}\\.example",
        "(/[A-Za-z0-9+,;=:@!$&'()._~-]{1,8}|/%[0-9A-F]{2}){0,4}/",
        "[A-Za-z0-9+,;=:@!$()._~/?-]{1,12}",
    )
        .prop_map(|(host, path, query)| format!("https://{host}{path}?{query}"))
        .prop_filter("dots, ports and reserved names have their own tests", |url| Resource::exact(url).is_ok())
}

#[test]
fn an_accepted_url_is_signed_unchanged_and_verifies() {
    let signer = signer();
    let expires = Expires::from_epoch_seconds(EXPIRES).unwrap();
    check(400, &accepted_urls(), |url| {
        let signed_url = signer.sign_url_canned(&url, expires, &mut SysRng).unwrap();
        prop_assert!(signed_url.starts_with(&url) && verifies(&signed_url), "{signed_url}");
        Ok(())
    });
}

#[test]
fn a_signed_url_with_one_byte_changed_does_not_verify() {
    let signer = signer();
    let expires = Expires::from_epoch_seconds(EXPIRES).unwrap();
    check(400, &(accepted_urls(), any::<prop::sample::Index>(), b'!'..=b'~'), |(url, position, byte)| {
        let signed_url = signer.sign_url_canned(&url, expires, &mut SysRng).unwrap();
        let mut bytes = signed_url.clone().into_bytes();
        let position = position.index(bytes.len());
        prop_assume!(bytes[position] != byte);
        bytes[position] = byte;
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert!(!verifies(&changed), "{changed}");
        Ok(())
    });
}

#[test]
fn no_url_makes_the_signer_panic_and_an_encoded_url_verifies_if_it_is_accepted() {
    let signer = signer();
    let expires = Expires::from_epoch_seconds(EXPIRES).unwrap();
    check(1_000, &urls(), |url| {
        if let Ok(signed_url) = signer.sign_url_canned(&url, expires, &mut SysRng) {
            prop_assert!(verifies(&signed_url), "{signed_url}");
        }
        if let Ok(encoded) = encode_url(&url) {
            prop_assert_eq!(encode_url(&encoded).unwrap(), encoded.clone());
            if let Ok(signed_url) = signer.sign_url_canned(&encoded, expires, &mut SysRng) {
                prop_assert!(verifies(&signed_url), "{}", signed_url);
            }
        }
        Ok(())
    });
}

#[test]
fn no_text_makes_the_parsers_panic() {
    check(2_000, &"\\PC{0,200}", |text| {
        let _ = PrivateKey::from_pem(&text);
        let _ = PrivateKey::from_pem(&format!("-----BEGIN {text}-----EXPIRES {text}-----"));
        let _ = PrivateKey::from_pem(&format!("-----BEGIN PRIVATE KEY-----{text}-----EXPIRES PRIVATE KEY-----"));
        let _ = PrivateKey::from_der(text.as_bytes());
        let _ = CustomPolicy::parse(&text);
        let _ = Resource::wildcard(&text);
        let _ = encode_url(&text);
        let _ = crate::PublicKey::from_pem(&text);
        let _ = crate::PublicKey::from_pem(&format!("-----BEGIN PUBLIC KEY-----{text}-----END PUBLIC KEY-----"));
        for url in [text.clone(), format!("https://d.example/{text}?Policy={text}&Signature={text}&Key-Pair-Id={text}")]
        {
            if let Ok(signed) = SignedUrl::parse(&url) {
                let _ = signed.rejections(core::time::Duration::from_secs(EXPIRES));
            }
        }
        let _ = KeyPairId::new(text);
        Ok(())
    });
}

#[test]
fn no_bytes_make_the_key_parser_panic() {
    check(2_000, &prop::collection::vec(any::<u8>(), 0..200), |mut bytes| {
        let _ = PrivateKey::from_der(&bytes);
        bytes.splice(0..0, [0x30, 0x82, 0x01, 0x00, 0x02, 0x01, 0x00]);
        let _ = PrivateKey::from_der(&bytes);
        Ok(())
    });
}

/// Pieces of policies in any order: some are valid policies, most are nearly valid.
fn policies() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(
        &[
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            " ",
            "\n",
            "\"Statement\"",
            "\"Resource\"",
            "\"Condition\"",
            "\"DateLessThan\"",
            "\"AWS:EpochTime\"",
            "1767290400",
            "0",
            "-1",
            "1e3",
            "\"https://d.example/*\"",
            "\"\\u002a\"",
            "null",
            "{\"Statement\":[{\"Resource\":\"https://d.example/*\",\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1767290400}}}]}",
            "\"Condition\":{\"DateLessThan\":{\"AWS:EpochTime\":1767290400}}",
            "\"Resource\":\"https://d.example/*\"",
        ][..],
    );
    prop_oneof![
        prop::collection::vec(piece.clone(), 0..12).prop_map(|pieces| pieces.concat()),
        (any::<prop::sample::Index>(), piece).prop_map(|(position, piece)| {
            let mut policy = String::from(
                r#"{"Statement":[{"Resource":"https://d.example/*","Condition":{"DateLessThan":{"AWS:EpochTime":1767290400}}}]}"#,
            );
            policy.insert_str(position.index(policy.len()), piece);
            policy
        }),
    ]
}

#[test]
fn an_accepted_policy_is_json_with_the_same_meaning() {
    let accepted = core::cell::Cell::new(0);
    check(4_000, &policies(), |json| {
        if let Ok(policy) = CustomPolicy::parse(&json) {
            let value: serde_json::Value = serde_json::from_str(&json).unwrap();
            let statement = &value["Statement"][0];
            prop_assert_eq!(statement["Resource"].as_str(), Some(policy.resource().as_str()));
            let end = statement["Condition"]["DateLessThan"]["AWS:EpochTime"].as_u64();
            prop_assert_eq!(end, Some(policy.expires().epoch_seconds()));
            prop_assert_eq!(policy.as_json(), json);
            accepted.set(accepted.get() + 1);
        }
        Ok(())
    });
    assert!(accepted.get() > 50, "{} policies were accepted", accepted.get());
}

#[test]
fn a_wildcard_matches_by_its_definition() {
    fn by_definition(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            ([b'*', rest @ ..], text) => (0..=text.len()).any(|length| by_definition(rest, &text[length..])),
            ([b'?', pattern @ ..], [_, text @ ..]) => by_definition(pattern, text),
            ([one, pattern @ ..], [other, text @ ..]) => one == other && by_definition(pattern, text),
            _ => false,
        }
    }
    check(4_000, &("[ab*?]{0,8}", "[ab]{0,10}"), |(pattern, text)| {
        let expected = by_definition(pattern.as_bytes(), text.as_bytes());
        prop_assert_eq!(wildcard::matches(&pattern, &text), expected, "{} {}", pattern, text);
        Ok(())
    });
}

#[test]
fn a_custom_policy_is_sent_unchanged() {
    let signer = signer();
    check(200, &accepted_urls(), |url| {
        let policy = CustomPolicy::new(Resource::exact(&url).unwrap(), Expires::from_epoch_seconds(EXPIRES).unwrap());
        let signed_url = signer.sign_url_custom(&url, &policy, &mut SysRng).unwrap();
        let (_, sent) = signed_url.split_once("Policy=").unwrap();
        prop_assert_eq!(decode(sent.split('&').next().unwrap()), policy.as_json().as_bytes());
        Ok(())
    });
}
