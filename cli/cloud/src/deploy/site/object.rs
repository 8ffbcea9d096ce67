//! Objects to upload: media types and caching.

use aws_smithy_types::base64;
use bytes::Bytes;
use sha2::{Digest as _, Sha256};

use super::CV_FOLDER;

/// An object to upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// The key: the path on the site without the leading slash.
    pub key: String,
    /// The media type, with the character set if it has one.
    pub content_type: String,
    /// The `Cache-Control` header.
    pub cache_control: &'static str,
    /// The SHA-256 of the content in base64.
    pub sha256: String,
    /// The content.
    pub content: Bytes,
}

/// Browsers revalidate each time, and the edge caches until an invalidation: file names do not change with the content, since the
/// site has no build step.
const REVALIDATED: &str = "public, max-age=0, s-maxage=86400, must-revalidate";
/// Pictures and fonts, which seldom change.
const DAY: &str = "public, max-age=86400";
/// The CV: no shared cache stores it, and a visitor can save it from the browser's viewer after the link has expired.
const CV: &str = "private, max-age=3600";

impl Object {
    /// An object with this key and content.
    #[must_use]
    pub fn new(key: String, content: impl Into<Bytes>) -> Self {
        let content = content.into();
        let content_type = content_type(&key);
        let cache_control = cache_control(&key, &content_type);
        Self { sha256: base64::encode(Sha256::digest(&content)), key, content_type, cache_control, content }
    }
}

/// Whether an object of this media type is a page, which refers to assets.
pub(super) fn is_page(content_type: &str) -> bool {
    content_type.starts_with("text/html")
}

/// The media type by file extension. Text is UTF-8.
fn content_type(key: &str) -> String {
    // Apple requires this type of a file whose name has no extension.
    if key == ".well-known/apple-app-site-association" {
        return "application/json".to_owned();
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_content_type_comes_from_the_name_and_text_has_a_character_set() {
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
            (".well-known/apple-app-site-association", "application/json"),
        ] {
            assert_eq!(Object::new(key.into(), Bytes::new()).content_type, content_type, "{key}");
        }
    }

    #[test]
    fn an_object_that_can_change_is_revalidated_and_the_cv_is_private() {
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
            assert_eq!(Object::new(key.into(), Bytes::new()).cache_control, cache_control, "{key}");
        }
    }
}
