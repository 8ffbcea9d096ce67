//! `wasm/pkg`: the signer as an npm package, ready for `npm publish`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use base64ct::{Base64, Encoding as _};
use vitae_setup::Profile;

use crate::{
    Artifact, BundleError,
    wasm::{self, Recipe},
};

/// Packages that run once for each key, and so are built for size first.
const SMALL: [(&str, &str); 9] = [
    ("const-oid", "z"),
    ("der", "z"),
    ("pem-rfc7468", "z"),
    ("pkcs1", "z"),
    ("pkcs8", "z"),
    ("rsa", "z"),
    ("sec1", "z"),
    ("spki", "z"),
    ("vitae-signer", "z"),
];

const RECIPE: Recipe =
    Recipe { package: "vitae-signer", features: &["js"], profile: Profile::Npm, small: &SMALL, replaceable: false };

/// Builds the package into `out`, replacing the folder's contents, and returns its WASM module.
///
/// It contains the files of `wasm/npm`, the module with its glue, the module as text (so that a browser, a worker and Node load
/// it in the same way, as a script), the sources and the licence.
///
/// # Errors
/// If the compiler, wasm-bindgen or the file system fails; see [`BundleError`].
pub fn signer(repository: &Path, out: &Path) -> Result<Artifact, BundleError> {
    let glue = wasm::build(repository, &RECIPE)?;
    if out.exists() {
        fs::remove_dir_all(out).map_err(BundleError::io(out))?;
    }
    let crate_folder = repository.join("wasm");
    copy(&crate_folder.join("npm"), out)?;
    copy(&crate_folder.join("src"), &out.join("src"))?;
    copy_file(&crate_folder.join("Cargo.toml"), &out.join("src/Cargo.toml"))?;
    copy_file(&repository.join("LICENSE"), &out.join("LICENSE"))?;
    let text = format!("export default \"{}\";\n", Base64::encode_string(&glue.wasm));
    write(&out.join("vitae_signer_wasm.js"), text.as_bytes())?;
    write(&out.join("vitae_signer.js"), glue.js.as_bytes())?;
    let module = out.join("vitae_signer_bg.wasm");
    write(&module, &glue.wasm)?;
    Artifact::read("signer", &module)
}

/// Copies the files of a folder and its subfolders.
fn copy(from: &Path, to: &Path) -> Result<(), BundleError> {
    fs::create_dir_all(to).map_err(BundleError::io(to))?;
    for entry in fs::read_dir(from).map_err(BundleError::io(from))? {
        let path: PathBuf = entry.map_err(BundleError::io(from))?.path();
        let Some(name) = path.file_name() else { continue };
        if path.is_dir() { copy(&path, &to.join(name))? } else { copy_file(&path, &to.join(name))? }
    }
    Ok(())
}

fn copy_file(from: &Path, to: &Path) -> Result<(), BundleError> {
    fs::copy(from, to).map(drop).map_err(BundleError::io(from))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), BundleError> {
    fs::write(path, bytes).map_err(BundleError::io(path))
}
