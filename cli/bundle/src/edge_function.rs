//! `edge.zip`: the Node entry, the WASM module with its glue, and the configuration of one stack.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use vitae_setup::Profile;

use crate::{
    Artifact, BundleError,
    wasm::{self, Recipe},
    zip::{self, Effort, Entry},
};

/// The options of an edge bundle.
#[derive(Clone, Debug)]
pub struct EdgeOptions {
    /// The checkout.
    pub repository: PathBuf,
    /// The prefix of the stack's parameters: `/vitae/<stack>/`. It is stored in the bundle, because an edge function
    /// has no environment variables.
    pub prefix: String,
    /// The region of those parameters.
    pub region: String,
    /// Whether to optimize for deployment or for the time of the build.
    pub profile: EdgeProfile,
    /// The zip to write.
    pub out: PathBuf,
}

/// How an edge bundle is compiled and compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeProfile {
    /// Small and fast, for deployments: takes about a minute.
    Deploy,
    /// For the edit loop of `vitae dev`: takes seconds.
    Dev,
}

/// Packages that are optimized for size, which saves a quarter of the compressed bundle. Parsing a key runs once for each
/// new key, and the code around a signature's arithmetic takes little of its time. Measured: a signature takes as long as
/// before (P-256 0.18 ms, RSA 8.4 ms), and a request without one takes 28 us instead of 27. The arithmetic itself is
/// optimized for speed.
const SMALL: [(&str, &str); 17] = [
    ("const-oid", "z"),
    ("crypto-bigint", "s"),
    ("der", "z"),
    ("ecdsa", "s"),
    ("pem-rfc7468", "z"),
    ("pkcs1", "z"),
    ("pkcs8", "z"),
    ("rfc6979", "s"),
    ("rsa", "z"),
    ("sec1", "z"),
    ("serde_json", "s"),
    ("sha1", "s"),
    ("spki", "z"),
    ("time", "z"),
    ("vitae-edge", "s"),
    ("vitae-parameters", "s"),
    ("vitae-signer", "s"),
];

/// The file with the bundle's configuration.
const BUNDLE_CONFIG: &str = "bundle.json";

/// Builds the edge bundle.
///
/// # Errors
/// If the compiler, wasm-bindgen or the file system fails; see [`BundleError`].
pub fn edge(options: &EdgeOptions) -> Result<Artifact, BundleError> {
    let (profile, small, effort): (_, &[_], _) = match options.profile {
        EdgeProfile::Deploy => (Profile::Edge, &SMALL, Effort::Small),
        EdgeProfile::Dev => (Profile::EdgeDev, &[], Effort::Fast),
    };
    let recipe = Recipe { package: "vitae-edge", features: &[], profile, small, replaceable: true };
    let glue = wasm::build(&options.repository, &recipe)?;
    let entry = |name| read(&options.repository.join("edge/entry").join(name));
    let bundle = json!({ "prefix": options.prefix, "region": options.region }).to_string();
    let file = |name, bytes| Entry { name, bytes, executable: false };
    zip::write(
        &options.out,
        effort,
        &[
            file(BUNDLE_CONFIG, bundle.as_bytes()),
            file("http.mjs", &entry("http.mjs")?),
            file("index.mjs", &entry("index.mjs")?),
            file("package.json", &entry("package.json")?),
            file("vitae_edge.js", glue.js.as_bytes()),
            file("vitae_edge_bg.wasm", &glue.wasm),
        ],
    )?;
    Artifact::read("edge", &options.out)
}

/// Reads an edge bundle that was built for the stack with this parameter prefix.
///
/// # Errors
/// [`BundleError::Prefix`] if it was built for another stack, or the file that cannot be read.
pub fn read_edge(path: &Path, prefix: &str) -> Result<Artifact, BundleError> {
    let config = zip::read(path, BUNDLE_CONFIG)?;
    let config: Value = serde_json::from_slice(&config)
        .map_err(|error| BundleError::Zip { path: path.to_owned(), reason: format!("{BUNDLE_CONFIG}: {error}") })?;
    let found = config["prefix"].as_str().unwrap_or_default();
    if found != prefix {
        let (path, found, expected) = (path.to_owned(), found.to_owned(), prefix.to_owned());
        return Err(BundleError::Prefix { path, found, expected });
    }
    Artifact::read("edge", path)
}

fn read(path: &Path) -> Result<Vec<u8>, BundleError> {
    fs::read(path).map_err(BundleError::io(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_of_another_stack_is_rejected() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("edge.zip");
        let config = Entry { name: BUNDLE_CONFIG, bytes: br#"{"prefix":"/vitae/one/"}"#, executable: false };
        zip::write(&path, Effort::Fast, &[config]).unwrap();
        assert!(read_edge(&path, "/vitae/one/").is_ok());
        let error = read_edge(&path, "/vitae/two/").unwrap_err().to_string();
        assert!(
            error.ends_with("reads parameters below /vitae/one/: build it again with `--prefix /vitae/two/`"),
            "{error}"
        );
        zip::write(&path, Effort::Fast, &[]).unwrap();
        assert!(read_edge(&path, "/vitae/one/").unwrap_err().to_string().contains(BUNDLE_CONFIG));
    }
}
