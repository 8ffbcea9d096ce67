//! The folder of the site: the files to upload.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::{CV_FOLDER, Object, Source, object::is_page};

/// The file in the site's folder with patterns of files that are not uploaded, in the syntax of `.gitignore`:
/// <https://git-scm.com/docs/gitignore>. An object whose file is ignored is deleted.
pub const IGNORE_FILE: &str = ".vitaeignore";

/// A file or folder that cannot be uploaded.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {reason}", path = path.display())]
pub struct FileError {
    /// The file or folder.
    pub path: PathBuf,
    /// The reason.
    pub reason: String,
}

impl FileError {
    fn new(path: &Path, reason: &(impl ToString + ?Sized)) -> Self {
        Self { path: path.to_owned(), reason: reason.to_string() }
    }
}

/// Reads the objects of a folder, in the order of their keys. Hidden files are left out, except those below `.well-known`
/// (RFC 8615). A link is rejected, since its target may be
/// outside of the folder.
pub(super) fn read(source: &Source) -> Result<Vec<Object>, FileError> {
    let ignored = patterns(&source.site)?;
    let mut objects = BTreeMap::new();
    let skipped = if source.prefix.is_empty() { Some(source.folder.join(CV_FOLDER)) } else { None };
    let mut folders = vec![(source.folder.clone(), source.prefix.to_owned())];
    while let Some((folder, prefix)) = folders.pop() {
        let file_error = |error: std::io::Error| FileError::new(&folder, &error);
        for entry in fs::read_dir(&folder).map_err(file_error)? {
            let entry = entry.map_err(file_error)?;
            let path = entry.path();
            let name = entry.file_name();
            let name = name.to_str().ok_or_else(|| FileError::new(&path, "the name is not UTF-8"))?;
            let kind = entry.file_type().map_err(|error| FileError::new(&path, &error))?;
            let is_well_known = name == ".well-known" && prefix == source.prefix;
            let is_skipped = (name.starts_with('.') && !is_well_known)
                || skipped.as_ref() == Some(&path)
                || ignored.matched_path_or_any_parents(&path, kind.is_dir()).is_ignore();
            if is_skipped {
            } else if kind.is_dir() {
                folders.push((path, format!("{prefix}{name}/")));
            } else if kind.is_file() {
                let content = fs::read(&path).map_err(|error| FileError::new(&path, &error))?;
                let key = format!("{prefix}{name}");
                let mut object = Object::new(key.clone(), content);
                if is_page(&object.content_type) {
                    let page = str::from_utf8(&object.content).map_err(|error| FileError::new(&path, &error))?;
                    let page = source.features.select(page).map_err(|reason| FileError::new(&path, &reason))?;
                    object = Object::new(key.clone(), page);
                }
                objects.insert(key, object);
            } else {
                return Err(FileError::new(&path, "links and special files cannot be uploaded"));
            }
        }
    }
    if objects.is_empty() {
        // An empty folder would empty the bucket.
        return Err(FileError::new(&source.folder, "the folder has no files to upload"));
    }
    Ok(objects.into_values().collect())
}

/// The patterns of files that are not uploaded.
pub(super) fn patterns(site: &Path) -> Result<Gitignore, FileError> {
    let path = site.join(IGNORE_FILE);
    let mut builder = GitignoreBuilder::new(site);
    if path.is_file()
        && let Some(error) = builder.add(&path)
    {
        return Err(FileError::new(&path, &error));
    }
    builder.build().map_err(|error| FileError::new(&path, &error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::deploy::site::Features;

    fn keys(source: &Source) -> Vec<String> {
        read(source).unwrap().into_iter().map(|object| object.key).collect()
    }

    #[test]
    fn the_cv_never_goes_to_the_sites_bucket_nor_the_site_to_the_cvs() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["cv", "css", ".git"] {
            fs::create_dir(folder.path().join(path)).unwrap();
        }
        for path in ["index.html", "css/site.css", "cv/resume.pdf", ".git/config", ".hidden"] {
            fs::write(folder.path().join(path), path).unwrap();
        }
        assert_eq!(keys(&Source::site(folder.path(), "b", Features::default())), ["css/site.css", "index.html"]);
        assert_eq!(keys(&Source::cv(folder.path(), "b")), ["cv/resume.pdf"]);
    }

    /// aws-amplify/amplify-hosting#278: security.txt (RFC 9116) and the association files of apps are served from there.
    #[test]
    fn files_below_well_known_are_uploaded() {
        let folder = tempfile::tempdir().unwrap();
        for path in [".well-known", "a/.well-known", ".well-known/.hidden"] {
            fs::create_dir_all(folder.path().join(path)).unwrap();
        }
        for path in ["index.html", ".well-known/security.txt", ".well-known/.hidden/a", "a/.well-known/b"] {
            fs::write(folder.path().join(path), path).unwrap();
        }
        assert_eq!(
            keys(&Source::site(folder.path(), "b", Features::default())),
            [".well-known/security.txt", "index.html"]
        );
    }

    #[test]
    fn an_empty_folder_is_rejected_and_does_not_empty_the_bucket() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".hidden"), "").unwrap();
        let error = read(&Source::site(folder.path(), "b", Features::default())).unwrap_err();
        assert!(error.to_string().ends_with("the folder has no files to upload"), "{error}");
    }

    #[test]
    fn a_link_is_rejected_by_name() {
        let folder = tempfile::tempdir().unwrap();
        symlink("/etc/hostname", folder.path().join("x.txt")).unwrap();
        let error = read(&Source::site(folder.path(), "b", Features::default())).unwrap_err();
        assert!(error.to_string().contains("x.txt: links and special"), "{error}");
    }

    #[test]
    fn ignored_files_are_left_out_of_site_and_cv() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["cv", "drafts", "js"] {
            fs::create_dir(folder.path().join(path)).unwrap();
        }
        for path in ["index.html", "drafts/a.html", "js/a.mjs", "js/a.test.mjs", "cv/resume.pdf", "cv/resume.tex"] {
            fs::write(folder.path().join(path), path).unwrap();
        }
        fs::write(folder.path().join(IGNORE_FILE), "# not for visitors\n/drafts/\n*.test.mjs\n/cv/*\n!/cv/*.pdf\n")
            .unwrap();
        assert_eq!(keys(&Source::site(folder.path(), "b", Features::default())), ["index.html", "js/a.mjs"]);
        assert_eq!(keys(&Source::cv(folder.path(), "b")), ["cv/resume.pdf"]);
    }

    #[test]
    fn an_invalid_pattern_is_quoted() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("index.html"), "").unwrap();
        fs::write(folder.path().join(IGNORE_FILE), "[z-a]").unwrap();
        let error = read(&Source::site(folder.path(), "b", Features::default())).unwrap_err().to_string();
        assert!(error.contains(".vitaeignore") && error.contains("z-a"), "{error}");
    }
}
