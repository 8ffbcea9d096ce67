//! Shared by the unit tests. OpenSSL generates the keys when a test runs; none is stored.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::process::Command;

use proptest::test_runner::{Config as ProptestConfig, RngSeed};
use serde_json::{Map, Value, json};
use vitae_signer::rand_core::{TryCryptoRng, TryRng};

use crate::bundle_config::BundleConfig;
use vitae_parameters::EDGE_PARAMETERS;

/// A fresh P-256 key, PKCS#8 PEM.
pub(crate) fn p256_pem() -> String {
    genpkey(&["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"])
}

/// A fresh RSA key of 2048 bits, PKCS#8 PEM.
pub(crate) fn rsa_pem() -> String {
    genpkey(&["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
}

fn genpkey(arguments: &[&str]) -> String {
    let output = Command::new("openssl").arg("genpkey").args(arguments).output().expect("openssl runs");
    assert!(output.status.success(), "openssl genpkey: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("PEM is text")
}

/// The JSON of a signer's parameter with these fields, valid or not.
pub(crate) fn signer_json(key_pair_id: &str, algorithm: &str, hash: &str, private_key: &str) -> String {
    json!({"key_pair_id": key_pair_id, "algorithm": algorithm, "hash": hash, "private_key": private_key}).to_string()
}

/// The distribution's own name in [`event`].
pub(crate) const DISTRIBUTION: &str = "d111111abcdef8.cloudfront.net";

/// A viewer-request event in the documented shape, for `example.com` unless `headers` has another host.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-event-structure.html>
pub(crate) fn event(method: &str, uri: &str, headers: &[(&str, &str)]) -> Value {
    let (uri, querystring) = uri.split_once('?').unwrap_or((uri, ""));
    let mut fields = Map::new();
    for (name, value) in [("host", "example.com")].iter().filter(|_| headers.iter().all(|(name, _)| *name != "host")) {
        fields.insert((*name).to_owned(), json!([{"key": name, "value": value}]));
    }
    for (name, value) in headers {
        let values = fields.entry((*name).to_owned()).or_insert_with(|| json!([]));
        values.as_array_mut().expect("an array").push(json!({"key": name, "value": value}));
    }
    json!({"Records": [{"cf": {
        "config": {
            "distributionDomainName": DISTRIBUTION,
            "distributionId": "EDFDVBD6EXAMPLE",
            "eventType": "viewer-request",
            "requestId": "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ=="
        },
        "request": {
            "clientIp": "203.0.113.178",
            "headers": fields,
            "method": method,
            "querystring": querystring,
            "uri": uri
        }
    }}]})
}

/// Predictable randomness for tests, which counts its draws. Blinding does not change a signature's bytes.
#[derive(Default)]
pub(crate) struct CountingRng {
    pub(crate) draws: u64,
}

impl TryRng for CountingRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.try_next_u64().map(|word| (word >> 32) as u32)
    }

    /// <https://prng.di.unimi.it/splitmix64.c>
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.draws += 1;
        let mut word = self.draws.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        Ok(word ^ (word >> 31))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.try_next_u64()?.to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for CountingRng {}

/// The bundle of the stack `resume`.
pub(crate) fn bundle() -> BundleConfig {
    BundleConfig::parse(r#"{"prefix":"/vitae/resume/","region":"us-east-1"}"#).expect("a valid bundle.json")
}

/// The parameters of the stack `resume`.
pub(crate) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// A valid `config`, with `dev_origin` on, for `example.com` and [`DISTRIBUTION`]; and a valid key, `K1`.
    pub(crate) fn new() -> Self {
        let config = json!({"names": ["example.com", DISTRIBUTION], "dev_origin": true});
        let mut parameters = Self(BTreeMap::new());
        parameters.set("config", &config.to_string());
        parameters.set("signer/active", &signer_json("K1", "ecdsa-p256", "sha256", &p256_pem()));
        parameters
    }

    /// Sets a value, by its name below the prefix.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.0.insert(format!("/vitae/resume/{name}"), value.to_owned());
    }

    /// Deletes a value.
    pub(crate) fn delete(&mut self, name: &str) {
        self.0.remove(&format!("/vitae/resume/{name}"));
    }

    /// Parameter Store's response to the edge.
    pub(crate) fn response(&self) -> String {
        let names = EDGE_PARAMETERS.map(|parameter| bundle().prefix.name(parameter));
        let (present, missing): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| self.0.contains_key(name));
        let entry = |name: &String| json!({"Name": name, "Type": "String", "Value": self.0[name], "Version": 1});
        json!({"Parameters": present.iter().map(entry).collect::<Vec<_>>(), "InvalidParameters": missing}).to_string()
    }
}

/// At least `least` cases of a property; `PROPTEST_CASES` can raise it. They come from one seed, which is printed.
pub(crate) fn cases(least: u32) -> ProptestConfig {
    const SEED: u64 = 20_261_121;
    let config = ProptestConfig::default();
    let cases = config.cases.max(least);
    println!("seed {SEED}, {cases} cases");
    ProptestConfig { cases, rng_seed: RngSeed::Fixed(SEED), failure_persistence: None, ..config }
}
