//! Tools from PyPI, each set in its own virtual environment.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{SetupError, cache, error::At as _, run};

/// The exact versions and hashes of a tool and its dependencies.
pub(crate) struct Requirements {
    text: String,
    folder: PathBuf,
}

impl Requirements {
    /// Reads `<name>.txt` in the folder `pins`; its tool goes to a folder of `cache`.
    pub(crate) fn read(cache: &Path, name: &str, pins: &Path) -> Result<Self, SetupError> {
        let path = pins.join(name).with_extension("txt");
        let text = fs::read_to_string(&path).at(path)?;
        let folder = cache::tool_folder(cache, name, &[&text]);
        Ok(Self { text, folder })
    }

    /// The virtual environment.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn is_installed(&self) -> bool {
        cache::is_complete(&self.folder)
    }

    /// The folder of their modules after the installation. Its name contains the version of Python.
    pub(crate) fn modules(&self) -> Result<PathBuf, SetupError> {
        let lib = self.folder.join("lib");
        let folders =
            fs::read_dir(&lib).at(&lib)?.filter_map(Result::ok).map(|entry| entry.path().join("site-packages"));
        Ok(folders.into_iter().find(|folder| folder.is_dir()).unwrap_or(lib))
    }

    /// Installs them and returns the folder of their commands.
    pub(crate) fn install(&self) -> Result<PathBuf, SetupError> {
        cache::complete(&self.folder, |folder| {
            run(Command::new("python3").args(["-m", "venv"]).arg(folder))
                .map_err(|error| error.advise("install Python 3.11 or newer, with its venv module"))?;
            let list = folder.join("requirements.txt");
            fs::write(&list, &self.text).at(&list)?;
            run(Command::new(folder.join("bin/python"))
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
                // The list is complete: pip resolves nothing, builds nothing, and rejects a file whose hash is not listed.
                .args(["--no-deps", "--only-binary", ":all:", "--require-hashes", "--requirement"])
                .arg(&list))
            .map(drop)
        })?;
        Ok(self.folder.join("bin"))
    }
}
