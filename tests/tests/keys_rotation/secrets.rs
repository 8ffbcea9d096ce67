//! The keys of a run, in every form in which they could have been told.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use aws_sdk_ssm::Client;
use base64ct::{Base64, Encoding as _};
use serde_json::Value;
use vitae_edge::parameters::{Parameter, Prefix};

/// How much of a key, in characters, no text may hold.
const TELLING: usize = 24;

/// Every private key that was stored.
#[derive(Default)]
pub(crate) struct Secrets(BTreeSet<String>);

impl Secrets {
    /// Notes the keys that are stored now.
    pub(crate) async fn collect(&mut self, ssm: &Client, prefix: &Prefix) {
        let names = [Parameter::SignerActive, Parameter::SignerPending].map(|parameter| prefix.name(parameter));
        let got = ssm.get_parameters().set_names(Some(names.to_vec())).with_decryption(true).send().await;
        for parameter in got.expect("parameters").parameters() {
            let json: Value = serde_json::from_str(parameter.value().unwrap_or_default()).expect("JSON");
            self.0.insert(json["private_key"].as_str().expect("a PEM").to_owned());
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// How many pieces of keys stand in a text: lines of the PEM, its DER in base64 and in hex, and the scalar of a P-256
    /// key, whose 32 bytes follow the seven of its PKCS#8 envelope's last header.
    pub(crate) fn told_in(&self, text: &str) -> usize {
        let lower = text.to_ascii_lowercase();
        let is_told = |pem: &&String| {
            let base64: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
            let der = Base64::decode_vec(&base64).expect("base64");
            // What all keys of a kind begin with is no secret: only what follows is looked for.
            let secret = &der[36..];
            let hex = secret.iter().fold(String::new(), |mut hex, byte| {
                _ = write!(hex, "{byte:02x}");
                hex
            });
            let of_base64 = (48..base64.len() - TELLING).step_by(8).any(|at| text.contains(&base64[at..at + TELLING]));
            let of_hex = (0..hex.len() - TELLING).step_by(8).any(|at| lower.contains(&hex[at..at + TELLING]));
            let again = Base64::encode_string(secret);
            of_base64 || of_hex || text.contains(&again[..TELLING])
        };
        self.0.iter().filter(is_told).count()
    }
}
