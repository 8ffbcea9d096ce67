//! Builds the site from the resume before it is uploaded.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use vitae_bundle::{repository, target};
use vitae_resume::{
    Build, Built, Typst,
    build::{RESUME_FILE, THEMES},
};

use super::{Error, FileError, folder::patterns};

/// The folder of a site: one with a resume, from which the files to upload are built, or one with the files to upload.
#[derive(Clone, Debug)]
pub struct SiteFolder {
    folder: PathBuf,
    out: PathBuf,
}

impl SiteFolder {
    /// The site of this folder, which is built into `out`.
    #[must_use]
    pub fn new(folder: &Path, out: &Path) -> Self {
        Self { folder: folder.to_owned(), out: out.to_owned() }
    }

    /// The folder with the files to upload.
    #[must_use]
    pub fn files(&self) -> &Path {
        if self.has_resume() { &self.out } else { &self.folder }
    }

    /// Whether there is a resume to build from. Without one, the folder has the files to upload.
    #[must_use]
    pub fn has_resume(&self) -> bool {
        self.folder.join(RESUME_FILE).is_file()
    }

    fn build(&self) -> Build {
        let themes = repository().join("site").join(THEMES);
        Build::now(self.folder.join(RESUME_FILE), themes, self.out.clone())
    }

    /// Builds the pages. Takes milliseconds.
    ///
    /// # Errors
    /// [`Error::Build`], [`Error::File`].
    pub fn build_pages(&self) -> Result<Built, Error> {
        if !self.has_resume() {
            return Ok(Built::default());
        }
        Ok(self.build().pages(ignored(&self.folder)?).map_err(Box::new)?)
    }

    /// Builds the documents that have changed, and returns their names. Call [`Self::build_pages`] before.
    ///
    /// # Errors
    /// [`Error::Build`].
    pub fn build_documents(&self) -> Result<Vec<String>, Error> {
        if !self.has_resume() {
            return Ok(Vec::new());
        }
        let typst = Typst::from_env();
        Ok(self.build().documents(typst.as_ref()).map_err(Box::new)?)
    }
}

/// Decides which files and folders of a site are not uploaded. The second argument is whether it is a folder.
///
/// # Errors
/// [`FileError`] for an invalid pattern.
pub fn ignored(folder: &Path) -> Result<impl Fn(&Path, bool) -> bool + use<>, FileError> {
    let patterns = patterns(folder)?;
    Ok(move |path: &Path, is_folder| patterns.matched_path_or_any_parents(path, is_folder).is_ignore())
}

/// The folder into which a site is built: one for each site, in the target folder.
#[must_use]
pub fn default_out(folder: &Path) -> PathBuf {
    let repository = repository();
    let sites = target(&repository).join("vitae");
    if folder == repository.join("site") {
        return sites.join("site");
    }
    let hash = Sha256::digest(folder.as_os_str().as_encoded_bytes());
    let hash = hash.iter().take(6).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    sites.join(format!("site-{hash:012x}"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_folder_without_a_resume_is_uploaded_as_it_is() {
        let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(folder.path().join("index.html"), "<p>").unwrap();
        let site = SiteFolder::new(folder.path(), out.path());
        assert_eq!(site.build_pages().unwrap(), Built::default());
        assert_eq!(site.files(), folder.path());
    }

    #[test]
    fn the_sources_of_a_site_and_ignored_files_are_not_in_the_folder_to_upload() {
        let (folder, out) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let path = |name: &str| folder.path().join(name);
        for name in ["resume.json", "resume.de.json"] {
            fs::write(path(name), r#"{"basics": {"name": "Ada"}}"#).unwrap();
        }
        for name in ["draft.html", ".hidden", "me.jpg"] {
            fs::write(path(name), name).unwrap();
        }
        fs::write(path(".vitaeignore"), "draft.html\n").unwrap();
        let site = SiteFolder::new(folder.path(), &out.path().join("site"));
        assert_eq!(site.build_pages().unwrap().pages, 2);
        let has = |name: &str| site.files().join(name).exists();
        for name in ["index.html", "de/index.html", "404.html", "css/site.css", "me.jpg"] {
            assert!(has(name), "{name}");
        }
        for name in ["resume.json", "resume.de.json", "themes", "draft.html", ".hidden", "page.html", "resume.typ"] {
            assert!(!has(name), "{name}");
        }
    }

    #[test]
    fn each_site_has_its_own_folder() {
        let own = default_out(&repository().join("site"));
        assert!(own.ends_with("vitae/site"), "{own:?}");
        let (a, b) = (default_out(Path::new("/a")), default_out(Path::new("/b")));
        assert!(a != b && a != own, "{a:?} {b:?}");
    }
}
