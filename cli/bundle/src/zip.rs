//! Zips whose bytes depend on their contents only: files in the given order, with a fixed time, fixed permissions and one
//! compression level.

use std::{
    fs::{self, File},
    io::{BufReader, BufWriter, Read as _, Write as _},
    path::Path,
};

use ::zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::BundleError;

/// One file of a zip.
pub(crate) struct Entry<'a> {
    pub(crate) name: &'a str,
    pub(crate) bytes: &'a [u8],
    /// Whether it is a program.
    pub(crate) executable: bool,
}

/// The compression level, of 0 to 9. Zips that run on a laptop only are packed for speed.
#[derive(Clone, Copy)]
pub(crate) enum Effort {
    Fast = 1,
    Small = 9,
}

/// Writes `entries` to `path` atomically.
pub(crate) fn write(path: &Path, effort: Effort, entries: &[Entry<'_>]) -> Result<(), BundleError> {
    let refused = |error: &dyn std::fmt::Display| BundleError::Zip { path: path.to_owned(), reason: error.to_string() };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(BundleError::io(folder))?;
    }
    // Another process may write the same zip.
    let partial = path.with_extension(format!("zip.partial-{}", std::process::id()));
    let file = File::create(&partial).map_err(BundleError::io(&partial))?;
    let mut zip = ZipWriter::new(BufWriter::new(file));
    for entry in entries {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(effort as i64))
            .last_modified_time(DateTime::default())
            .unix_permissions(if entry.executable { 0o755 } else { 0o644 });
        zip.start_file(entry.name, options).map_err(|error| refused(&error))?;
        zip.write_all(entry.bytes).map_err(|error| refused(&error))?;
    }
    let mut file = zip.finish().map_err(|error| refused(&error))?;
    file.flush().map_err(BundleError::io(&partial))?;
    drop(file);
    fs::rename(&partial, path).map_err(BundleError::io(path))
}

/// The contents of a file of a zip.
pub(crate) fn read(path: &Path, name: &str) -> Result<Vec<u8>, BundleError> {
    let invalid = |error: &dyn std::fmt::Display| BundleError::Zip {
        path: path.to_owned(),
        reason: format!("cannot read {name}: {error}"),
    };
    let file = File::open(path).map_err(BundleError::io(path))?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|error| invalid(&error))?;
    let mut bytes = Vec::new();
    zip.by_name(name).map_err(|error| invalid(&error))?.read_to_end(&mut bytes).map_err(|error| invalid(&error))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_depend_on_the_contents_alone() {
        let folder = tempfile::tempdir().unwrap();
        let entry = Entry { name: "index.mjs", bytes: b"export const handler = 1;", executable: false };
        let (one, two) = (folder.path().join("1.zip"), folder.path().join("deeper/2.zip"));
        write(&one, Effort::Small, std::slice::from_ref(&entry)).unwrap();
        write(&two, Effort::Small, std::slice::from_ref(&entry)).unwrap();
        assert_eq!(fs::read(&one).unwrap(), fs::read(two).unwrap());
        let mut zip = ::zip::ZipArchive::new(File::open(one).unwrap()).unwrap();
        assert_eq!(
            zip.by_index(0).unwrap().last_modified(),
            Some(DateTime::default()),
            "the time of the build is in it"
        );
    }

    #[test]
    fn a_program_stays_executable() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("program.zip");
        write(&path, Effort::Fast, &[Entry { name: "bootstrap", bytes: b"#!", executable: true }]).unwrap();
        let mut zip = ::zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
        assert_eq!(zip.by_name("bootstrap").unwrap().unix_mode().unwrap() & 0o777, 0o755);
    }
}
