//! Faults of the signing keys.

use vitae_cloud::operate::doctor::Verdict::{Fail, Warn};
use vitae_keys::key_pair;
use vitae_parameters::{Parameter, SignerParameter};

use crate::fixture::{Fixture, STACK};

const CHECK: &str = "signing key";
const FIX: &str = "cargo vitae keys rotate --now";

/// Asserts that doctor reports another value of `signer/active`, then restores the old one.
fn assert_signer_fails(fixture: &Fixture, value: Option<&str>, found: &str) {
    let old = fixture.get(Parameter::SignerActive).unwrap();
    match value {
        Some(value) => fixture.put(Parameter::SignerActive, value),
        None => fixture.delete(Parameter::SignerActive),
    }
    fixture.assert_finding(CHECK, Fail, found, FIX);
    fixture.put(Parameter::SignerActive, &old);
}

#[test]
fn a_key_that_is_not_in_the_key_group_fails() {
    let fixture = Fixture::lock();
    let old = fixture.get(Parameter::SignerActive).unwrap();
    let id = SignerParameter::parse(&old).unwrap().key_pair_id().to_string();
    assert_signer_fails(&fixture, Some(&old.replace(&id, "KOTHER")), "the active key KOTHER is not in the key group");
}

#[test]
fn a_key_that_does_not_match_its_id_fails_and_is_not_printed() {
    let fixture = Fixture::lock();
    let old = SignerParameter::parse(&fixture.get(Parameter::SignerActive).unwrap()).unwrap();
    let other = key_pair::generate(old.algorithm()).unwrap();
    let pem = {
        let json: serde_json::Value = serde_json::from_str(&other.to_json()).unwrap();
        json["private_key"].as_str().unwrap().to_owned()
    };
    let swapped = SignerParameter::new(old.key_pair_id().clone(), old.hash(), &pem).unwrap().to_json();
    assert_signer_fails(&fixture, Some(&swapped), "is not the key that CloudFront has under that id");

    fixture.put(Parameter::SignerActive, &swapped);
    let output = format!("{:?}", fixture.findings());
    assert!(!pem.lines().filter(|line| line.len() > 20 && !line.starts_with('-')).any(|line| output.contains(line)));
    fixture.put(Parameter::SignerActive, &old.to_json());
}

#[test]
fn a_missing_or_invalid_signer_fails() {
    let fixture = Fixture::lock();
    assert_signer_fails(&fixture, None, "signer/active is missing");
    assert_signer_fails(&fixture, Some("{}"), "the edge rejects signer/active");
}

#[test]
fn an_unused_public_key_is_a_warning() {
    let fixture = Fixture::lock();
    let cloudfront = fixture.root().cloudfront();
    let algorithm = SignerParameter::parse(&fixture.get(Parameter::SignerActive).unwrap()).unwrap().algorithm();
    let pair = key_pair::generate(algorithm).unwrap();
    let name = format!("vitae-{STACK}-0123456789abcdef");
    let config = aws_sdk_cloudfront::types::PublicKeyConfig::builder()
        .name(&name)
        .caller_reference(&name)
        .encoded_key(pair.private_key().public_key_pem())
        .build()
        .unwrap();
    let created = fixture.running.block_on(cloudfront.create_public_key().public_key_config(config).send()).unwrap();
    let id = created.public_key().unwrap().id();
    fixture.assert_finding("leftover public keys", Warn, id, "cargo vitae keys rotate");
    let delete = cloudfront.delete_public_key().id(id).if_match(created.e_tag().unwrap());
    fixture.running.block_on(delete.send()).unwrap();
}
