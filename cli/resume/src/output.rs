//! The folder of a build's result. Only a folder that a build has made is changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

use crate::build::BuildError;

/// The file by which a build recognises its folder. It is hidden, so it is never uploaded.
const STATE: &str = ".vitae-build.json";

/// The folder.
pub(crate) struct Output {
    folder: PathBuf,
}

impl Output {
    /// Opens or creates the folder.
    pub(crate) fn open(folder: &Path) -> Result<Self, BuildError> {
        fs::create_dir_all(folder).map_err(BuildError::io(folder))?;
        let mark = folder.join(STATE);
        if !mark.is_file() {
            let mut entries = fs::read_dir(folder).map_err(BuildError::io(folder))?;
            if entries.next().is_some() {
                return Err(BuildError::ForeignFolder { path: folder.to_owned() });
            }
            fs::write(&mark, "{}").map_err(BuildError::io(&mark))?;
        }
        Ok(Self { folder: folder.to_owned() })
    }

    /// Makes the folder equal to `files`, except that `kept` files are neither written nor deleted. Assets are written before pages
    /// and deleted after them. Returns the numbers of written and deleted files.
    pub(crate) fn equalize(
        &self,
        files: &BTreeMap<String, Vec<u8>>,
        kept: &BTreeSet<String>,
    ) -> Result<(usize, usize), BuildError> {
        let (pages, assets): (Vec<_>, Vec<_>) = files.iter().partition(|(name, _)| is_page(name));
        let mut written = 0;
        for (name, content) in assets.into_iter().chain(pages) {
            if !fs::read(self.folder.join(name)).is_ok_and(|existing| existing == *content) {
                self.write(name, content)?;
                written += 1;
            }
        }
        let mut deleted = 0;
        for path in files_below(&self.folder).map_err(BuildError::io(&self.folder))? {
            let name = path.strip_prefix(&self.folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            if name != STATE && !files.contains_key(&name) && !kept.contains(&name) {
                fs::remove_file(&path).map_err(BuildError::io(&path))?;
                deleted += 1;
            }
        }
        Ok((written, deleted))
    }

    /// Writes a file. A reader sees the old content or the new one.
    pub(crate) fn write(&self, name: &str, content: &[u8]) -> Result<(), BuildError> {
        let path = self.folder.join(name);
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(BuildError::io(folder))?;
        let new = folder.join(format!(".new-{}", std::process::id()));
        fs::write(&new, content).map_err(BuildError::io(&new))?;
        fs::rename(&new, &path).map_err(BuildError::io(&path))
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.folder.join(name).is_file()
    }

    /// The state of the last build; the default if it is missing or of another version.
    pub(crate) fn state<T: DeserializeOwned + Default>(&self) -> T {
        let text = fs::read(self.folder.join(STATE)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    pub(crate) fn save_state(&self, state: &impl Serialize) -> Result<(), BuildError> {
        self.write(STATE, &serde_json::to_vec(state).unwrap_or_default())
    }
}

fn is_page(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension == "html")
}

/// All files below a folder, sorted.
pub(crate) fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() { folders.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(names: &[&str]) -> BTreeMap<String, Vec<u8>> {
        names.iter().map(|name| ((*name).to_owned(), b"x".to_vec())).collect()
    }

    #[test]
    fn a_folder_is_made_equal_and_only_changes_are_written() {
        let folder = tempfile::tempdir().unwrap();
        let output = Output::open(folder.path()).unwrap();
        let kept = BTreeSet::from(["cv/resume.pdf".to_owned()]);
        output.write("cv/resume.pdf", b"%PDF").unwrap();
        assert_eq!(output.equalize(&files(&["index.html", "css/a.css"]), &kept).unwrap(), (2, 0));
        assert_eq!(output.equalize(&files(&["index.html", "css/a.css"]), &kept).unwrap(), (0, 0));
        assert_eq!(output.equalize(&files(&["index.html"]), &kept).unwrap(), (0, 1));
        assert!(output.has("cv/resume.pdf"));
        assert_eq!(output.equalize(&files(&["index.html"]), &BTreeSet::new()).unwrap(), (0, 1));
    }

    #[test]
    fn a_folder_with_other_files_is_refused_and_unchanged() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thesis.txt"), "x").unwrap();
        let error = Output::open(folder.path()).err().unwrap().to_string();
        assert!(error.contains("not empty"), "{error}");
        assert!(folder.path().join("thesis.txt").is_file());
    }
}
