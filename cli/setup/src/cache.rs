//! Where tools are installed: `VITAE_CACHE`, else `vitae` in the user's cache folder.
//!
//! A tool's folder is named after the tool and a hash of its pins, so a changed pin is a new folder, and the tree at an older
//! commit finds its own tools again. [`complete`] marks a complete installation; an installation without the mark was
//! interrupted, and is repeated.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use crate::{SetupError, error::At as _};

const MARK: &str = ".complete";

/// The folder of all tools. It is created if it does not exist.
///
/// # Errors
/// [`SetupError::NoCacheFolder`] if no variable names it, [`SetupError::Io`] if it cannot be created.
pub fn folder() -> Result<PathBuf, SetupError> {
    let set = |name| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("VITAE_CACHE")
        .or_else(|| set("XDG_CACHE_HOME").map(|cache| cache.join("vitae")))
        .or_else(|| set("HOME").map(|home| home.join(".cache").join("vitae")))
        .ok_or(SetupError::NoCacheFolder)?;
    fs::create_dir_all(&folder).at(&folder)?;
    Ok(folder)
}

/// The folder of the tool `name` whose pins are `pins`.
pub(crate) fn tool_folder(cache: &Path, name: &str, pins: &[&str]) -> PathBuf {
    let mut hash = Sha256::new();
    for pin in pins {
        hash.update((pin.len() as u64).to_le_bytes());
        hash.update(pin.as_bytes());
    }
    let digest = hash.finalize().iter().take(6).fold(0, |number, byte| number << 8 | u64::from(*byte));
    cache.join(format!("{name}-{digest:012x}"))
}

/// Runs `install` on an empty `folder`, unless an earlier run completed it.
///
/// # Errors
/// Those of `install`; [`SetupError::Io`] if the folder cannot be written.
pub(crate) fn complete(folder: &Path, install: impl FnOnce(&Path) -> Result<(), SetupError>) -> Result<(), SetupError> {
    if is_complete(folder) {
        return Ok(());
    }
    let lock_path = folder.with_extension("lock");
    let lock = File::create(&lock_path).at(&lock_path)?;
    lock.lock().at(&lock_path)?;
    if is_complete(folder) {
        return Ok(());
    }
    if folder.exists() {
        fs::remove_dir_all(folder).at(folder)?;
    }
    fs::create_dir_all(folder).at(folder)?;
    install(folder)?;
    let mark = folder.join(MARK);
    fs::write(&mark, "").at(mark)
}

pub(crate) fn is_complete(folder: &Path) -> bool {
    folder.join(MARK).is_file()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_pin_is_another_folder() {
        let cache = Path::new("cache");
        assert_eq!(tool_folder(cache, "node", &["a==1"]), tool_folder(cache, "node", &["a==1"]));
        assert_ne!(tool_folder(cache, "node", &["a==1"]), tool_folder(cache, "node", &["a==2"]));
        assert_ne!(tool_folder(cache, "node", &["ab", "c"]), tool_folder(cache, "node", &["a", "bc"]));
    }

    #[test]
    fn an_interrupted_installation_is_repeated() {
        let cache = tempfile::tempdir().unwrap();
        let folder = cache.path().join("tool-1");
        let interrupted = complete(&folder, |folder| {
            fs::write(folder.join("half"), "").at(folder)?;
            Err(SetupError::NoWasmToolchain)
        });
        assert!(interrupted.is_err());
        complete(&folder, |folder| {
            assert!(!folder.join("half").exists(), "leftovers of the interrupted run");
            fs::write(folder.join("whole"), "").at(folder)
        })
        .unwrap();
        complete(&folder, |_| panic!("installed twice")).unwrap();
    }
}
