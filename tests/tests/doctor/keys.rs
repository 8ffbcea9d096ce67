//! Faults of the signing key.

use vitae_cloud::doctor::Verdict::{Fail, Warn};
use vitae_keys::pair;
use vitae_parameters::{Parameter, SignerParameter};

use crate::patient::{Patient, STACK};

const CHECK: &str = "signing key";
const FIX: &str = "cargo vitae keys rotate --now";

/// With another `signer/active`, for as long as it is looked at.
fn with_signer(patient: &Patient, value: Option<&str>, found: &str) {
    let old = patient.get(Parameter::SignerActive).unwrap();
    match value {
        Some(value) => patient.put(Parameter::SignerActive, value),
        None => patient.delete(Parameter::SignerActive),
    }
    patient.finds(CHECK, Fail, found, FIX);
    patient.put(Parameter::SignerActive, &old);
}

#[test]
fn a_key_that_the_group_does_not_trust_is_named() {
    let patient = Patient::alone();
    let old = patient.get(Parameter::SignerActive).unwrap();
    let id = SignerParameter::parse(&old).unwrap().key_pair_id().to_string();
    with_signer(&patient, Some(&old.replace(&id, "KOTHER")), "KOTHER signs and is not in the key group");
}

#[test]
fn a_key_that_is_not_the_one_of_its_id_is_named_and_not_shown() {
    let patient = Patient::alone();
    let old = SignerParameter::parse(&patient.get(Parameter::SignerActive).unwrap()).unwrap();
    let other = pair::generate(old.algorithm()).unwrap();
    let pem = {
        let json: serde_json::Value = serde_json::from_str(&other.to_json()).unwrap();
        json["private_key"].as_str().unwrap().to_owned()
    };
    let swapped = SignerParameter::new(old.key_pair_id().clone(), old.hash(), &pem).unwrap().to_json();
    with_signer(&patient, Some(&swapped), "is not the key that CloudFront has under that id");

    patient.put(Parameter::SignerActive, &swapped);
    let told = format!("{:?}", patient.examined());
    assert!(!pem.lines().filter(|line| line.len() > 20 && !line.starts_with('-')).any(|line| told.contains(line)));
    patient.put(Parameter::SignerActive, &old.to_json());
}

#[test]
fn a_signer_that_is_missing_or_that_the_edge_refuses_is_named() {
    let patient = Patient::alone();
    with_signer(&patient, None, "there is no signer/active");
    with_signer(&patient, Some("{}"), "the edge refuses signer/active");
}

#[test]
fn a_public_key_that_was_left_over_is_named() {
    let patient = Patient::alone();
    let cloudfront = patient.root().cloudfront();
    let algorithm = SignerParameter::parse(&patient.get(Parameter::SignerActive).unwrap()).unwrap().algorithm();
    let pair = pair::generate(algorithm).unwrap();
    let name = format!("vitae-{STACK}-0123456789abcdef");
    let config = aws_sdk_cloudfront::types::PublicKeyConfig::builder()
        .name(&name)
        .caller_reference(&name)
        .encoded_key(pair.private_key().public_key_pem())
        .build()
        .unwrap();
    let made = patient.running.block_on(cloudfront.create_public_key().public_key_config(config).send()).unwrap();
    let id = made.public_key().unwrap().id();
    patient.finds("leftover public keys", Warn, id, "cargo vitae keys rotate");
    let delete = cloudfront.delete_public_key().id(id).if_match(made.e_tag().unwrap());
    patient.running.block_on(delete.send()).unwrap();
}
