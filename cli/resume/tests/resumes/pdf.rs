//! The PDF of each shape, read by pypdf, which shares no code with Typst.

use std::{env, fs, path::PathBuf, process::Command};

use serde_json::Value;
use vitae_resume::{Typst, TypstError, theme::Theme, typst::Document};

use crate::{
    pages::{THEMES, page, texts, themes},
    shapes::{Shape, every_field, shapes},
};

const PHOTO: &[u8] = include_bytes!("../../../../.github/page.png");

fn tool(variable: &str) -> PathBuf {
    let path = env::var_os(variable);
    path.unwrap_or_else(|| panic!("{variable} is not set: export what `cargo vitae setup` prints")).into()
}

fn compile(theme: &str, shape: &Shape) -> Result<Vec<u8>, TypstError> {
    let theme = Theme::read(&themes(), theme).unwrap();
    let page = page(shape);
    let document = Document {
        main: "resume.typ",
        sources: theme.typst(),
        data: &serde_json::to_string(&page).unwrap(),
        // A PNG under this name would not be read, so the picture keeps its own.
        photo: (!page.photo.is_empty()).then_some(("me.jpg", PHOTO)),
        fonts: None,
    };
    Typst::new(tool("VITAE_TYPST")).pdf(&document)
}

fn read(pdf: &[u8]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("resume.pdf");
    fs::write(&path, pdf).unwrap();
    let output =
        Command::new(tool("VITAE_PDF_READER")).args(["-c", include_str!("pdf.py")]).arg(&path).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Without white space, since a PDF has lines, and without the marks of bidirectional text.
fn letters(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !('\u{200b}'..='\u{200f}').contains(c)).collect()
}

/// Whether the fonts of Typst have every character of a shape.
fn has_glyphs(shape: &Shape) -> bool {
    shape.name != "Japanese"
}

#[test]
fn every_text_of_a_resume_is_in_its_pdf_once_and_in_order() {
    for theme in THEMES {
        for shape in shapes().into_iter().filter(has_glyphs) {
            let pdf = compile(theme, &shape).unwrap_or_else(|error| panic!("{theme}, {}: {error}", shape.name));
            let pdf = read(&pdf);
            let (text, links) = (letters(pdf["text"].as_str().unwrap()), pdf["links"].to_string());
            for (path, value) in texts(&shape.json, "") {
                let is_there = match path.rsplit('.').next().unwrap() {
                    "url" => links.contains(&value),
                    // The picture has no text, and dates are written in words.
                    "image" | "startDate" | "endDate" | "date" | "releaseDate" => true,
                    // pypdf moves the parts of a line that runs from right to left, so its words are compared alone.
                    _ if shape.name.starts_with("Hebrew") => {
                        value.split(|c: char| !c.is_alphabetic()).all(|word| text.contains(word))
                    }
                    _ => text.contains(&letters(&value)),
                };
                assert!(is_there, "{theme}, {}: {path} {value:?} is not in the PDF:\n{}", shape.name, pdf["text"]);
            }
        }
        let shape = Shape { name: "every field", json: every_field(&|path| format!("Q{path}Z")) };
        let pdf = read(&compile(theme, &shape).unwrap());
        let text = letters(pdf["text"].as_str().unwrap());
        for (path, value) in texts(&shape.json, "").into_iter().filter(|(_, value)| value.starts_with('Q')) {
            // The graph has the places too.
            let expected = if path.ends_with("location") && theme == "default" { 2 } else { 1 };
            assert_eq!(text.matches(&value).count(), expected, "{theme}: {path}:\n{}", pdf["text"]);
        }
        let order = [
            "basics.name",
            "basics.label",
            "work.position",
            "work.highlights.one",
            "volunteer.position",
            "project.name",
            "education.area",
            "skill.name",
        ];
        let places: Vec<_> = order.map(|path| text.find(&format!("Q{path}Z")).unwrap()).into();
        assert!(places.is_sorted(), "{theme}: {places:?}");
    }
}

#[test]
fn a_pdf_is_tagged_titled_and_has_its_fonts() {
    for theme in THEMES {
        for shape in shapes().into_iter().filter(has_glyphs) {
            let pdf = read(&compile(theme, &shape).unwrap());
            assert_eq!(
                (&pdf["tagged"], &pdf["ua"]),
                (&Value::Bool(true), &Value::Bool(true)),
                "{theme}, {}",
                shape.name
            );
            assert!(pdf["lang"].as_str().is_some_and(|lang| !lang.is_empty()), "{theme}, {}: {pdf}", shape.name);
            assert!(pdf["title"].as_str().is_some_and(|title| !title.is_empty()), "{theme}, {}", shape.name);
            let fonts = pdf["fonts"].as_object().unwrap();
            assert!(!fonts.is_empty() && fonts.values().all(|embedded| *embedded == Value::Bool(true)), "{fonts:?}");
        }
    }
}

#[test]
fn the_sample_has_at_most_two_pages_and_is_the_same_each_time() {
    for theme in THEMES {
        let sample = &shapes()[0];
        let pdf = compile(theme, sample).unwrap();
        let pages = read(&pdf)["pages"].as_u64().unwrap();
        eprintln!("{theme}: {pages} pages, {} bytes", pdf.len());
        assert!(pages <= 2, "{theme}: {pages}");
        assert_eq!(compile(theme, sample).unwrap(), pdf, "{theme}");
    }
}

#[test]
fn a_script_that_no_font_has_is_named() {
    let japanese = shapes().into_iter().find(|shape| shape.name == "Japanese").unwrap();
    let thai = Shape {
        name: "Thai",
        json: serde_json::json!({"basics": {"name": "สมชาย"}, "meta": {"language": "th"}}),
    };
    for (shape, script) in [(japanese, "Chinese or Japanese"), (thai, "Thai")] {
        let error = compile("default", &shape).unwrap_err().to_string();
        assert!(error.contains(script) && error.contains("site/.fonts/"), "{}: {error}", shape.name);
    }
}
