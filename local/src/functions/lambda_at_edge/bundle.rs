//! A version's zip: downloaded, verified and unpacked.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{SHA256, digest};
use aws_smithy_types::base64;
use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::{BodyExt, Full, Limited};
use zip::ZipArchive;

use super::NodeRuntime;
use super::configuration::Configuration;
use crate::aws_clients::AwsClients;
use crate::error::Error;
use crate::limits;

/// Downloads and unpacks the code into a folder of the scratch directory, which is named after the code's hash.
pub(super) async fn unpack(
    aws: &AwsClients,
    runtime: &NodeRuntime,
    configuration: &Configuration,
    location: &str,
) -> Result<PathBuf, Error> {
    let failed = |cause: String| Error::Function { function: configuration.arn.clone(), cause };
    let zip = fetch(aws, location).await.map_err(|cause| failed(format!("cannot download its code: {cause}")))?;
    let sha256 = digest(&SHA256, &zip);
    if base64::encode(sha256.as_ref()) != configuration.code_sha256 {
        // The local cloud returns the newest code for every version.
        return Err(failed(format!(
            "the Lambda API returned code that is not version {}'s (CodeSha256 {}); publish the newest code and associate that version",
            configuration.version, configuration.code_sha256
        )));
    }
    let root = folder(runtime, configuration, sha256.as_ref());
    let target = root.clone();
    let unpacked = tokio::task::spawn_blocking(move || extract_once(&zip, &target)).await;
    match unpacked {
        Ok(Ok(())) => Ok(root),
        Ok(Err(UnpackError::Zip(cause))) => Err(failed(format!("cannot read its zip: {cause}"))),
        Ok(Err(UnpackError::Write(path, cause))) => Err(Error::Scratch { path, cause }),
        Err(error) => Err(failed(format!("unpacking was interrupted: {error}"))),
    }
}

/// Unpacks a zip of this machine likewise.
pub(super) fn unpack_local(zip: &[u8], runtime: &NodeRuntime, configuration: &Configuration) -> Result<PathBuf, Error> {
    let root = folder(runtime, configuration, digest(&SHA256, zip).as_ref());
    let failed = |cause: String| Error::Function { function: configuration.arn.clone(), cause };
    extract_once(zip, &root).map_err(|error| match error {
        UnpackError::Zip(cause) => failed(format!("cannot read its zip: {cause}")),
        UnpackError::Write(path, cause) => Error::Scratch { path, cause },
    })?;
    Ok(root)
}

/// The folder of a zip, which is named after its hash.
fn folder(runtime: &NodeRuntime, configuration: &Configuration, sha256: &[u8]) -> PathBuf {
    let short = hex::encode(&sha256[..8]);
    runtime.scratch.join("functions").join(format!("{}-{}-{short}", configuration.name, configuration.version))
}

async fn fetch(aws: &AwsClients, location: &str) -> Result<Bytes, String> {
    let link: Uri = location.parse().map_err(|error| format!("its link is not a URL: {error}"))?;
    let request = aws.endpoint.resolve_link(&link).ok_or("its link is not https")?;
    let request = Request::get(request).body(Full::from(Bytes::new())).map_err(|error| error.to_string())?;
    let response = aws.http.request(request).await.map_err(|error| error.to_string())?;
    if !response.status().is_success() {
        return Err(format!("its link returned {}", response.status()));
    }
    let body = Limited::new(response.into_body(), limits::LAMBDA_ZIP_MAX_BYTES).collect().await;
    body.map(http_body_util::Collected::to_bytes).map_err(|error| error.to_string())
}

enum UnpackError {
    Zip(String),
    Write(String, std::io::Error),
}

/// Unpacks into a temporary folder and renames it. An existing folder is therefore complete, and never
/// changes while a process runs from it.
fn extract_once(zip: &[u8], root: &Path) -> Result<(), UnpackError> {
    if root.is_dir() {
        return Ok(());
    }
    let mut name = root.as_os_str().to_owned();
    name.push(format!(".{}", std::process::id()));
    let partial = PathBuf::from(name);
    extract(zip, &partial)?;
    match std::fs::rename(&partial, root) {
        Err(cause) if !root.is_dir() => Err(UnpackError::Write(root.display().to_string(), cause)),
        _ => Ok(()),
    }
}

fn extract(zip: &[u8], root: &Path) -> Result<(), UnpackError> {
    let write = |path: &Path, cause: std::io::Error| UnpackError::Write(path.display().to_string(), cause);
    let mut archive = ZipArchive::new(Cursor::new(zip)).map_err(|error| UnpackError::Zip(error.to_string()))?;
    let mut remaining = limits::LAMBDA_UNPACKED_MAX_BYTES;
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).map_err(|error| UnpackError::Zip(error.to_string()))?;
        // Rejects a name that leads out of the folder.
        let name = file.enclosed_name().ok_or_else(|| UnpackError::Zip(format!("the name {:?}", file.name())))?;
        let path = root.join(name);
        if file.is_dir() {
            std::fs::create_dir_all(&path).map_err(|cause| write(&path, cause))?;
            continue;
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|cause| write(folder, cause))?;
        }
        let mut contents = Vec::new();
        let read = file
            .by_ref()
            .take(remaining + 1)
            .read_to_end(&mut contents)
            .map_err(|error| UnpackError::Zip(error.to_string()))?;
        remaining =
            remaining.checked_sub(read as u64).ok_or_else(|| UnpackError::Zip("over 250 MB unpacked".to_owned()))?;
        std::fs::write(&path, contents).map_err(|cause| write(&path, cause))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{UnpackError, extract};
    use std::io::{Cursor, Write};
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn zip(files: &[(&str, &str)]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, contents) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(contents.as_bytes()).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn files_are_unpacked_with_their_folders() {
        let folder = tempfile::tempdir().unwrap();
        assert!(extract(&zip(&[("index.mjs", "1"), ("lib/a.js", "2")]), folder.path()).is_ok());
        assert_eq!(std::fs::read_to_string(folder.path().join("lib/a.js")).unwrap(), "2");
    }

    #[test]
    fn a_name_that_leads_out_of_the_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("inner");
        assert!(matches!(extract(&zip(&[("../out.js", "1")]), &inner), Err(UnpackError::Zip(_))));
        assert!(!folder.path().join("out.js").exists());
    }

    #[test]
    fn invalid_zips_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(extract(b"PK not a zip", folder.path()), Err(UnpackError::Zip(_))));
    }
}
