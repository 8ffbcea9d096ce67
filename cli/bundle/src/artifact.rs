use std::{
    fs,
    path::{Path, PathBuf},
};

use base64ct::{Base64, Encoding as _};
use sha2::{Digest as _, Sha256};

use crate::BundleError;

/// A file that is ready to be uploaded, named by its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    path: PathBuf,
    name: String,
    digest: [u8; 32],
    bytes: usize,
}

impl Artifact {
    /// Reads the file at `path` as the artifact `name`.
    ///
    /// # Errors
    /// [`BundleError::Io`] if it cannot be read.
    pub fn read(name: &str, path: &Path) -> Result<Self, BundleError> {
        let bytes = fs::read(path).map_err(BundleError::io(path))?;
        Ok(Self {
            path: path.to_owned(),
            name: name.to_owned(),
            digest: Sha256::digest(&bytes).into(),
            bytes: bytes.len(),
        })
    }

    /// Its path.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its size.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Unpacks it into a folder of the same name next to it, and returns that folder.
    ///
    /// # Errors
    /// [`BundleError::Io`] or [`BundleError::Zip`].
    pub fn unpack(&self) -> Result<PathBuf, BundleError> {
        let folder = self.path.with_extension("");
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(BundleError::io(&folder))?;
        }
        let file = fs::File::open(&self.path).map_err(BundleError::io(&self.path))?;
        let refused =
            |error: ::zip::result::ZipError| BundleError::Zip { path: self.path.clone(), reason: error.to_string() };
        ::zip::ZipArchive::new(file).map_err(refused)?.extract(&folder).map_err(refused)?;
        Ok(folder)
    }

    /// The SHA-256 of its bytes in lower-case hexadecimal.
    #[must_use]
    pub fn sha256_hex(&self) -> String {
        self.digest.iter().fold(String::with_capacity(64), |mut hex, byte| {
            for nibble in [byte >> 4, byte & 15] {
                hex.push(char::from_digit(nibble.into(), 16).unwrap_or_default());
            }
            hex
        })
    }

    /// The SHA-256 of its bytes in base64, as in Lambda's `CodeSha256`.
    #[must_use]
    pub fn sha256_base64(&self) -> String {
        Base64::encode_string(&self.digest)
    }

    /// Its key in the artifact bucket: `<name>/<sha256>.zip`.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}/{}.zip", self.name, self.sha256_hex())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artifact_is_named_by_the_hash_of_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        fs::write(&path, "").unwrap();
        let artifact = Artifact::read("edge", &path).unwrap();
        assert_eq!(artifact.key(), "edge/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.zip");
        assert_eq!(artifact.sha256_base64(), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }
}
