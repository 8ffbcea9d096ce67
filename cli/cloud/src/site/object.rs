//! A file of the site as the object that it becomes.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use aws_smithy_types::base64;
use sha2::{Digest as _, Sha256};

use super::{CV_FOLDER, Source};

/// A file of the site as the object that it becomes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its key, which is its path on the site without the first slash.
    pub key: String,
    /// Its media type, with the character set where there is one.
    pub content_type: String,
    /// How long a browser and the edge may keep it.
    pub cache_control: &'static str,
    /// The SHA-256 of its content in base64.
    pub sha256: String,
    /// Its content.
    pub content: Vec<u8>,
}

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

/// What browsers ask again each time, and what the edge keeps until a deployment invalidates it: names here do not change
/// with their content, since the site has no build step.
const REVALIDATED: &str = "public, max-age=0, s-maxage=86400, must-revalidate";
/// Pictures and fonts, which seldom change: a day.
const DAY: &str = "public, max-age=86400";
/// The CV: no shared cache keeps it, but a reader may save it from the browser's viewer after the link has expired.
const CV: &str = "private, max-age=3600";

impl Object {
    /// The object of this key and content.
    #[must_use]
    pub fn new(key: String, content: Vec<u8>) -> Self {
        let content_type = content_type(&key);
        let cache_control = cache_control(&key, &content_type);
        Self { sha256: base64::encode(Sha256::digest(&content)), key, content_type, cache_control, content }
    }

    /// Whether it refers to other objects, which must be there before it.
    #[must_use]
    pub fn is_page(&self) -> bool {
        self.content_type.starts_with("text/html")
    }
}

/// The media type by the name's extension; text is UTF-8, as everything in this repository is.
fn content_type(key: &str) -> String {
    let guess = mime_guess::from_path(key).first_or_octet_stream();
    // One name for JavaScript: https://www.rfc-editor.org/rfc/rfc9239#section-6
    let essence = match guess.essence_str() {
        "application/javascript" => "text/javascript",
        essence => essence,
    };
    let is_text = essence.starts_with("text/")
        || matches!(essence, "application/json" | "application/manifest+json" | "image/svg+xml");
    if is_text { format!("{essence}; charset=utf-8") } else { essence.to_owned() }
}

fn cache_control(key: &str, content_type: &str) -> &'static str {
    let kind = content_type.split('/').next().unwrap_or_default();
    if key.split('/').next() == Some(CV_FOLDER) {
        CV
    } else if matches!(kind, "image" | "font") {
        DAY
    } else {
        REVALIDATED
    }
}

/// The objects of a folder, in the order of their keys. Hidden files are left out; a link is refused, since what it
/// leads to may lie outside.
pub(super) fn read_folder(source: &Source) -> Result<Vec<Object>, Unreadable> {
    let mut objects = Vec::new();
    let skipped = if source.prefix.is_empty() { Some(source.folder.join(CV_FOLDER)) } else { None };
    let mut folders = vec![(source.folder.clone(), source.prefix.to_owned())];
    while let Some((folder, prefix)) = folders.pop() {
        let unreadable = |error: io::Error| Unreadable::new(&folder, &error);
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let path = entry.path();
            let name = entry.file_name();
            let name = name.to_str().ok_or_else(|| Unreadable::new(&path, "its name is not UTF-8"))?;
            let kind = entry.file_type().map_err(|error| Unreadable::new(&path, &error))?;
            if name.starts_with('.') || skipped.as_ref() == Some(&path) {
            } else if kind.is_dir() {
                folders.push((path, format!("{prefix}{name}/")));
            } else if kind.is_file() {
                let content = fs::read(&path).map_err(|error| Unreadable::new(&path, &error))?;
                objects.push(Object::new(format!("{prefix}{name}"), content));
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
    objects.sort_by(|a, b| a.key.cmp(&b.key));
    Ok(objects)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn a_content_type_comes_from_the_name_and_text_says_its_character_set() {
        for (key, content_type) in [
            ("index.html", "text/html; charset=utf-8"),
            ("css/site.css", "text/css; charset=utf-8"),
            ("js/main.mjs", "text/javascript; charset=utf-8"),
            ("js/main.js", "text/javascript; charset=utf-8"),
            ("favicon.svg", "image/svg+xml; charset=utf-8"),
            ("robots.txt", "text/plain; charset=utf-8"),
            ("site.webmanifest", "application/manifest+json; charset=utf-8"),
            ("data.json", "application/json; charset=utf-8"),
            ("me.jpg", "image/jpeg"),
            ("me.avif", "image/avif"),
            ("font.woff2", "font/woff2"),
            ("cv/resume.pdf", "application/pdf"),
            ("LICENSE", "application/octet-stream"),
        ] {
            assert_eq!(Object::new(key.into(), vec![]).content_type, content_type, "{key}");
        }
    }

    #[test]
    fn what_may_change_under_its_name_is_asked_for_again_and_the_cv_is_private() {
        for (key, cache_control) in [
            ("index.html", REVALIDATED),
            ("css/site.css", REVALIDATED),
            ("js/main.mjs", REVALIDATED),
            ("me.jpg", DAY),
            ("fonts/a.woff2", DAY),
            ("cv/resume.pdf", CV),
            ("cv/photo.jpg", CV),
            ("cvs.html", REVALIDATED),
        ] {
            assert_eq!(Object::new(key.into(), vec![]).cache_control, cache_control, "{key}");
        }
    }

    fn keys(source: &Source) -> Vec<String> {
        read_folder(source).unwrap().into_iter().map(|object| object.key).collect()
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
        let error = read_folder(&Source::site(folder.path(), "b")).unwrap_err();
        assert!(error.to_string().ends_with("there is no file to upload in it"), "{error}");
    }

    #[test]
    fn a_link_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        symlink("/etc/hostname", folder.path().join("x.txt")).unwrap();
        let error = read_folder(&Source::site(folder.path(), "b")).unwrap_err();
        assert!(error.to_string().contains("x.txt: it is a link"), "{error}");
    }
}
