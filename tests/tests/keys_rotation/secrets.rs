//! The keys of a run, in every form in which they could have been told.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use aws_sdk_ssm::Client;
use serde_json::Value;
use vitae_parameters::{Parameter, Prefix};

use vitae_testing::secrets::contains_key;

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

    /// How many of them a text tells.
    pub(crate) fn told_in(&self, text: &str) -> usize {
        self.0.iter().filter(|pem| contains_key(text, pem)).count()
    }
}

/// What programs and their archives begin with: ELF, zip, WebAssembly. They were built before there was a key.
const PROGRAMS: [&[u8]; 3] = [b"\x7fELF", b"PK\x03\x04", b"\0asm"];

/// All that the local cloud says and keeps beside its parameters: its log, its objects, whatever else it writes.
pub(crate) fn kept_by_the_local_cloud(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut kept = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the state's folder").filter_map(Result::ok) {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => kept.extend(kept_by_the_local_cloud(&path)),
            // What ends while it is looked at is of a function that ended.
            Ok(kind) if kind.is_file() => {
                let bytes = std::fs::read(&path).unwrap_or_default();
                if !PROGRAMS.iter().any(|start| bytes.starts_with(start)) {
                    kept.push((path, String::from_utf8_lossy(&bytes).into_owned()));
                }
            }
            _ => {}
        }
    }
    kept
}
