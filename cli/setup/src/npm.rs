//! Tools from npm, each set as its own `package.json` with its lock file.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{SetupError, cache, error::At as _, run};

/// A `package.json` and its `package-lock.json`.
pub(crate) struct Manifest {
    package: String,
    lock: String,
    folder: PathBuf,
}

impl Manifest {
    /// Reads the manifest in `source`; its tool goes to a folder of `cache`.
    pub(crate) fn read(cache: &Path, name: &str, source: &Path) -> Result<Self, SetupError> {
        let read = |file: &str| {
            let path = source.join(file);
            fs::read_to_string(&path).at(path)
        };
        let (package, lock) = (read("package.json")?, read("package-lock.json")?);
        let folder = cache::tool_folder(cache, name, &[&package, &lock]);
        Ok(Self { package, lock, folder })
    }

    pub(crate) fn is_installed(&self) -> bool {
        cache::is_complete(&self.folder)
    }

    /// Installs the packages of the lock file and returns their `node_modules`.
    pub(crate) fn install(&self) -> Result<PathBuf, SetupError> {
        cache::complete(&self.folder, |folder| {
            for (file, text) in [("package.json", &self.package), ("package-lock.json", &self.lock)] {
                let path = folder.join(file);
                fs::write(&path, text).at(path)?;
            }
            run(Command::new("npm").args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(folder))
                .map(drop)
                .map_err(|error| error.advise("install Node.js 20 or newer, which includes npm"))
        })?;
        Ok(self.folder.join("node_modules"))
    }
}
