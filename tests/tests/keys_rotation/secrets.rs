//! Searches output and files for the private keys of a run.

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
    /// Records the keys that are stored now.
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

    /// The number of keys that a text contains.
    pub(crate) fn count_in(&self, text: &str) -> usize {
        self.0.iter().filter(|pem| contains_key(text, pem)).count()
    }
}

/// The first bytes of programs and archives: ELF, zip, WebAssembly. They were built before any key was generated.
const PROGRAMS: [&[u8]; 3] = [b"\x7fELF", b"PK\x03\x04", b"\0asm"];

/// The files of the local cloud, such as its log and its objects.
pub(crate) fn local_cloud_files(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut kept = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the state's folder").filter_map(Result::ok) {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => kept.extend(local_cloud_files(&path)),
            // A file may be deleted meanwhile, when its function ends.
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
