//! The folder of the site: which of its files are meant.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::{CV_FOLDER, Object, Source};

/// The file, in the site's folder, whose patterns name files that are not uploaded, in the syntax of `.gitignore`:
/// <https://git-scm.com/docs/gitignore>. What is ignored is as if it were not there: an object of that name is deleted.
pub const IGNORE_FILE: &str = ".vitaeignore";

/// A file that cannot become an object.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {reason}", path = path.display())]
pub struct Unreadable {
    /// The file or folder.
    pub path: PathBuf,
    /// Why not.
    pub reason: String,
}

impl Unreadable {
    fn new(path: &Path, reason: &(impl ToString + ?Sized)) -> Self {
        Self { path: path.to_owned(), reason: reason.to_string() }
    }
}

/// The objects of a folder, in the order of their keys. Hidden files are left out; a link is refused, since what it
/// leads to may lie outside.
pub(super) fn read(source: &Source) -> Result<Vec<Object>, Unreadable> {
    let ignored = patterns(&source.site)?;
    let mut objects = BTreeMap::new();
    let skipped = if source.prefix.is_empty() { Some(source.folder.join(CV_FOLDER)) } else { None };
    let mut folders = vec![(source.folder.clone(), source.prefix.to_owned())];
    while let Some((folder, prefix)) = folders.pop() {
        let unreadable = |error: std::io::Error| Unreadable::new(&folder, &error);
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            let name = entry.file_name();
            let name = name.to_str().ok_or_else(|| Unreadable::new(&path, "its name is not UTF-8"))?;
            let kind = entry.file_type().map_err(|error| Unreadable::new(&path, &error))?;
            let is_left_out = name.starts_with('.')
                || skipped.as_ref() == Some(&path)
                || ignored.matched_path_or_any_parents(&path, kind.is_dir()).is_ignore();
            if is_left_out {
            } else if kind.is_dir() {
                folders.push((path, format!("{prefix}{name}/")));
            } else if kind.is_file() {
                let content = fs::read(&path).map_err(|error| Unreadable::new(&path, &error))?;
                let key = format!("{prefix}{name}");
                objects.insert(key.clone(), Object::new(key, content));
            } else {
                return Err(Unreadable::new(
                    &path,
                    "it is a link or a special file, and only plain files are uploaded",
                ));
            }
        }
    }
    if objects.is_empty() {
        // Taken at its word it would empty the bucket.
        return Err(Unreadable::new(&source.folder, "there is no file to upload in it"));
    }
    Ok(objects.into_values().collect())
}

fn patterns(site: &Path) -> Result<Gitignore, Unreadable> {
    let path = site.join(IGNORE_FILE);
    let mut builder = GitignoreBuilder::new(site);
    if path.is_file()
        && let Some(error) = builder.add(&path)
    {
        return Err(Unreadable::new(&path, &error));
    }
    builder.build().map_err(|error| Unreadable::new(&path, &error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

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
        assert_eq!(keys(&Source::site(folder.path(), "b")), ["css/site.css", "index.html"]);
        assert_eq!(keys(&Source::cv(folder.path(), "b")), ["cv/resume.pdf"]);
    }

    #[test]
    fn an_empty_folder_is_refused_rather_than_empty_the_bucket() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".hidden"), "").unwrap();
        let error = read(&Source::site(folder.path(), "b")).unwrap_err();
        assert!(error.to_string().ends_with("there is no file to upload in it"), "{error}");
    }

    #[test]
    fn a_link_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        symlink("/etc/hostname", folder.path().join("x.txt")).unwrap();
        let error = read(&Source::site(folder.path(), "b")).unwrap_err();
        assert!(error.to_string().contains("x.txt: it is a link"), "{error}");
    }

    #[test]
    fn what_the_ignore_file_names_is_left_out_of_site_and_cv() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["cv", "drafts", "js"] {
            fs::create_dir(folder.path().join(path)).unwrap();
        }
        for path in ["index.html", "drafts/a.html", "js/a.mjs", "js/a.test.mjs", "cv/resume.pdf", "cv/resume.tex"] {
            fs::write(folder.path().join(path), path).unwrap();
        }
        fs::write(folder.path().join(IGNORE_FILE), "# not for visitors\n/drafts/\n*.test.mjs\n/cv/*\n!/cv/*.pdf\n")
            .unwrap();
        assert_eq!(keys(&Source::site(folder.path(), "b")), ["index.html", "js/a.mjs"]);
        assert_eq!(keys(&Source::cv(folder.path(), "b")), ["cv/resume.pdf"]);
    }

    #[test]
    fn a_pattern_that_is_none_is_quoted() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("index.html"), "").unwrap();
        fs::write(folder.path().join(IGNORE_FILE), "[z-a]").unwrap();
        let error = read(&Source::site(folder.path(), "b")).unwrap_err().to_string();
        assert!(error.contains(".vitaeignore") && error.contains("z-a"), "{error}");
    }
}
