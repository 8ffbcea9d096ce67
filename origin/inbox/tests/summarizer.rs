//! The child process that summarizes a file: damaged and hostile files end it within its limits, and never the function.

use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::io::{Cursor, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use vitae_inbox::file_type::FileType;
use vitae_inbox::summary::Summary;
use vitae_inbox::summary::process::{NoSummary, Summarizer, WAIT};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

const CONTENT_TYPES: &str = "[Content_Types].xml";
const DOCUMENT: &str = "word/document.xml";

fn program(path: impl Into<OsString>) -> Summarizer {
    Summarizer { program: path.into(), wait: WAIT }
}

async fn summarize(content: &[u8], file_type: FileType) -> Result<Summary, NoSummary> {
    program(env!("CARGO_BIN_EXE_summarize")).summarize(content, file_type).await
}

/// A shell script in place of the summarizer, with the folder that holds it.
fn script(text: &str) -> (TempDir, Summarizer) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("script");
    fs::write(&path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o700)).unwrap();
    (folder, program(path))
}

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        writer.start_file(*name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[tokio::test]
async fn a_document_is_counted() {
    let document = b"<w:document><w:p><w:r><w:t>An engineer</w:t></w:r></w:p></w:document>";
    let docx = archive(&[(CONTENT_TYPES, b"<Types/>"), (DOCUMENT, document)]);
    let expected = Summary { paragraphs: Some(1), words: Some(2), ..Summary::default() };
    assert_eq!(summarize(&docx, FileType::Docx).await, Ok(expected));
}

/// 80 MB of spaces in 80 kB: more than is unpacked.
#[tokio::test]
async fn an_archive_that_expands_a_thousandfold_is_not_unpacked() {
    let bomb = archive(&[(CONTENT_TYPES, b"<Types/>"), (DOCUMENT, &vec![b' '; 80 * 1024 * 1024])]);
    assert!(bomb.len() < 100 * 1024, "{} bytes", bomb.len());
    let start = Instant::now();
    assert_eq!(summarize(&bomb, FileType::Docx).await, Err(NoSummary::Failed));
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
}

/// An archive in an archive is data and not unpacked.
#[tokio::test]
async fn a_nested_archive_is_not_opened() {
    let inner = archive(&[(DOCUMENT, &vec![b' '; 20 * 1024 * 1024])]);
    let nested = (0..5).fold(inner, |inner, _| archive(&[(DOCUMENT, &inner)]));
    assert_eq!(summarize(&nested, FileType::Docx).await, Err(NoSummary::Failed));
}

/// Many elements, which take more memory than the text of the part.
#[tokio::test]
async fn a_part_of_deeply_nested_elements_does_not_end_the_process_of_the_caller() {
    let deep = "<w:p>".repeat(300_000);
    let docx = archive(&[(CONTENT_TYPES, b"<Types/>"), (DOCUMENT, deep.as_bytes())]);
    let result = summarize(&docx, FileType::Docx).await;
    assert!(matches!(result, Ok(_) | Err(NoSummary::Failed)), "{result:?}");
}

/// Offsets and lengths that lie, in every place, from a fixed seed.
#[tokio::test]
async fn a_damaged_pdf_has_a_summary_or_none() {
    let pdf = "%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[2 0 R]/Count 999999999>>endobj\n\
               xref\n0 3\n0000000000 65535 f \n0000000009 00000 n \n9999999999 00000 n \n\
               trailer<</Size 3/Root 1 0 R/Prev 0>>\nstartxref\n110\n%%EOF\n";
    let mut rng = fastrand::Rng::with_seed(16);
    for _ in 0..20 {
        let mut bytes = pdf.as_bytes().to_vec();
        for _ in 0..8 {
            let index = rng.usize(9..bytes.len());
            bytes[index] = rng.u8(..);
        }
        let result = summarize(&bytes, FileType::Pdf).await;
        assert!(matches!(result, Ok(_) | Err(NoSummary::Failed)), "{result:?}: {:?}", String::from_utf8_lossy(&bytes));
    }
}

#[tokio::test]
async fn a_program_that_cannot_be_started_or_fails_is_no_summary() {
    let missing = program("/nonexistent/summarize");
    assert_eq!(missing.summarize(b"a", FileType::Text).await, Err(NoSummary::NotStarted));
    for text in ["exit 1", "kill -9 $$", "echo '{\"words\": 1}'; exit 1", "echo no JSON"] {
        let (_folder, failing) = script(text);
        assert_eq!(failing.summarize(b"a", FileType::Text).await, Err(NoSummary::Failed), "{text}");
    }
}

#[tokio::test]
async fn a_program_that_hangs_is_killed() {
    let (_folder, hanging) = script("exec /bin/sleep 3600");
    let hanging = Summarizer { wait: Duration::from_millis(300), ..hanging };
    let start = Instant::now();
    assert_eq!(hanging.summarize(b"a", FileType::Text).await, Err(NoSummary::TimedOut));
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

/// So it has no credentials of the function's role.
#[tokio::test]
async fn the_child_has_no_environment_of_its_parent() {
    assert!(std::env::var_os("HOME").is_some());
    let (_folder, child) = script("/bin/cat >/dev/null\nprintf '{\"words\": %d}' \"$(set | /bin/grep -c ^HOME=)\"");
    assert_eq!(child.summarize(b"a", FileType::Text).await.map(|summary| summary.words), Ok(Some(0)));
}
