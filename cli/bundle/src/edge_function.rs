//! `edge.zip`: the Node entry, the WASM module with its glue, and the configuration of one stack.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::json;
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
            file("bundle.json", bundle.as_bytes()),
            file("http.mjs", &entry("http.mjs")?),
            file("index.mjs", &entry("index.mjs")?),
            file("package.json", &entry("package.json")?),
            file("vitae_edge.js", glue.js.as_bytes()),
            file("vitae_edge_bg.wasm", &glue.wasm),
        ],
    )?;
    Artifact::read("edge", &options.out)
}

fn read(path: &Path) -> Result<Vec<u8>, BundleError> {
    fs::read(path).map_err(BundleError::io(path))
}
