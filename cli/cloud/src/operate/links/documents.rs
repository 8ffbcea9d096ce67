//! The documents that links can open: the files of `site/cv/`, which are in the CV bucket.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use vitae_links::document::Document;

use super::Error;
use crate::{
    aws::{AwsClients, CallError},
    deploy::site::CV_FOLDER,
};

/// What a path has to encode: everything but unreserved characters and the slash.
/// <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// The document of this name: a path below `/cv/`, encoded or as its file has it, or a path on the site.
pub(super) async fn find(aws: &AwsClients, bucket: &str, name: &str) -> Result<Document, Error> {
    let known = list(aws, bucket).await?;
    let none = || Error::NoDocument { document: name.to_owned(), known: describe(&known) };
    let document = parse(name).ok_or_else(none)?;
    let file = percent_decode_str(document.as_str()).decode_utf8_lossy().into_owned();
    if known.contains(&file) { Ok(document) } else { Err(none()) }
}

fn parse(name: &str) -> Option<Document> {
    let name = name.strip_prefix("/cv/").unwrap_or(name);
    let encode = || utf8_percent_encode(name, ENCODED).to_string();
    Document::parse(name).or_else(|_| Document::parse(&encode())).ok()
}

/// The files in the bucket, below the CV's folder.
async fn list(aws: &AwsClients, bucket: &str) -> Result<Vec<String>, Error> {
    let prefix = format!("{CV_FOLDER}/");
    let mut pages = aws.s3().list_objects_v2().bucket(bucket).prefix(&prefix).into_paginator().send();
    let mut files = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::new(format!("ListObjectsV2 of {bucket}"), &error))?;
        let keys = page.contents().iter().filter_map(|object| object.key()?.strip_prefix(&prefix));
        files.extend(keys.filter(|file| !file.starts_with('.')).map(str::to_owned));
    }
    Ok(files)
}

fn describe(files: &[String]) -> String {
    match files {
        [] => "are no documents".to_owned(),
        [one] => format!("is {one:?}"),
        several => format!("are {}", several.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_named_by_its_file_or_by_its_path() {
        for (name, document) in [
            ("resume.pdf", "resume.pdf"),
            ("/cv/resume.pdf", "resume.pdf"),
            ("2026/r\u{e9}sum\u{e9} (long).pdf", "2026/r%C3%A9sum%C3%A9%20%28long%29.pdf"),
            ("r%C3%A9sum%C3%A9.pdf", "r%C3%A9sum%C3%A9.pdf"),
        ] {
            assert_eq!(parse(name).map(|document| document.as_str().to_owned()).as_deref(), Some(document), "{name}");
        }
        for name in ["", "../site.css", "a//b", "a/./b"] {
            assert!(parse(name).is_none(), "{name}");
        }
    }

    #[test]
    fn an_error_lists_the_documents() {
        assert_eq!(describe(&[]), "are no documents");
        assert_eq!(describe(&["a.pdf".into(), "b.pdf".into()]), "are a.pdf, b.pdf");
    }
}
