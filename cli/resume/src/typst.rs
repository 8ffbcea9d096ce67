//! The PDF and the preview picture, by Typst. `cargo vitae setup` installs it from PyPI and sets `VITAE_TYPST`.

use std::{
    collections::BTreeMap,
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// The program that calls Typst.
const SCRIPT: &str = include_str!("typst.py");

/// The variable with the path of the Python that has Typst.
pub const VARIABLE: &str = "VITAE_TYPST";

/// The standard of the PDF: PDF/UA-1 (ISO 14289-1) requires tags, a title, a language, alternative texts and a glyph for each
/// character.
const STANDARD: &str = "ua-1";

/// Typst.
#[derive(Clone, Debug)]
pub struct Typst {
    python: PathBuf,
}

/// A document to compile.
#[derive(Debug)]
pub struct Document<'a> {
    /// The name of its source.
    pub main: &'a str,
    /// The sources and fonts by path.
    pub sources: &'a BTreeMap<String, Vec<u8>>,
    /// The data, which is the file `data.json`.
    pub data: &'a str,
    /// The picture of the person: its path on the site without the leading slash, and its content.
    pub photo: Option<(&'a str, &'a [u8])>,
    /// A folder with more fonts.
    pub fonts: Option<&'a Path>,
}

/// Why a document could not be compiled.
#[derive(Debug, thiserror::Error)]
pub enum TypstError {
    /// The variable is not set.
    #[error("{VARIABLE} is not set: run this through `cargo vitae`, which installs Typst and sets the variable")]
    NotSet,
    /// Python or a file.
    #[error("{what}: {source}")]
    Io {
        /// The program or file.
        what: String,
        /// The cause.
        source: io::Error,
    },
    /// No font has a character of the resume.
    #[error(
        "no font of the PDF has the {script} text {text:?}: put a font that has it into site/.fonts/ as .ttf or .otf"
    )]
    NoGlyph {
        /// The name of the script.
        script: &'static str,
        /// The text.
        text: String,
    },
    /// Another error of Typst.
    #[error("{main}: {message}")]
    Failed {
        /// The source.
        main: String,
        /// Typst's message.
        message: String,
    },
}

impl Typst {
    /// Typst that is run by this Python.
    #[must_use]
    pub const fn new(python: PathBuf) -> Self {
        Self { python }
    }

    /// Reads the variable; `None` if it is not set.
    #[must_use]
    pub fn from_env() -> Option<Self> {
        env::var_os(VARIABLE).map(|python| Self::new(python.into()))
    }

    /// Compiles a PDF that is tagged and conforms to PDF/UA-1.
    ///
    /// # Errors
    /// See [`TypstError`].
    pub fn pdf(&self, document: &Document<'_>) -> Result<Vec<u8>, TypstError> {
        self.compile(document, "pdf", STANDARD)
    }

    /// Compiles a picture of the first page, one pixel per point.
    ///
    /// # Errors
    /// See [`TypstError`].
    pub fn png(&self, document: &Document<'_>) -> Result<Vec<u8>, TypstError> {
        self.compile(document, "png", "-")
    }

    fn compile(&self, document: &Document<'_>, format: &str, standard: &str) -> Result<Vec<u8>, TypstError> {
        let root =
            tempfile::tempdir().map_err(|source| TypstError::Io { what: "a temporary folder".into(), source })?;
        let write = |name: &str, content: &[u8]| {
            let path = root.path().join(name);
            let failed = |source| TypstError::Io { what: path.display().to_string(), source };
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(failed)?;
            }
            fs::write(&path, content).map_err(failed)
        };
        for (name, content) in document.sources {
            write(name, content)?;
        }
        write("data.json", document.data.as_bytes())?;
        if let Some((name, content)) = document.photo {
            write(name, content)?;
        }
        let mut command = Command::new(&self.python);
        command.args(["-I", "-c", SCRIPT]).arg(root.path()).args([document.main, format, standard]).arg(root.path());
        command.args(document.fonts);
        let output = command.stdin(Stdio::null()).output();
        let output = output.map_err(|source| TypstError::Io { what: self.python.display().to_string(), source })?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(parse_error(document.main, &String::from_utf8_lossy(&output.stderr)))
        }
    }
}

/// The error of Typst's message. For a missing glyph it is
/// `PDF/UA-1 error: the text "…" could not be displayed with font "…"`.
fn parse_error(main: &str, message: &str) -> TypstError {
    let missing =
        message.split_once("the text `\"").and_then(|(_, rest)| rest.split_once("\"` could not be displayed"));
    match missing {
        Some((text, _)) => TypstError::NoGlyph { script: script(text), text: text.to_owned() },
        None => TypstError::Failed { main: main.to_owned(), message: message.trim().to_owned() },
    }
}

/// Scripts by the first and last character of their blocks: <https://www.unicode.org/Public/UCD/latest/ucd/Blocks.txt>.
const SCRIPTS: [(char, char, &str); 17] = [
    ('\u{0370}', '\u{03FF}', "Greek"),
    ('\u{0400}', '\u{052F}', "Cyrillic"),
    ('\u{0530}', '\u{058F}', "Armenian"),
    ('\u{0590}', '\u{05FF}', "Hebrew"),
    ('\u{0600}', '\u{077F}', "Arabic"),
    ('\u{0900}', '\u{097F}', "Devanagari"),
    ('\u{0980}', '\u{09FF}', "Bengali"),
    ('\u{0B80}', '\u{0BFF}', "Tamil"),
    ('\u{0E00}', '\u{0E7F}', "Thai"),
    ('\u{10A0}', '\u{10FF}', "Georgian"),
    ('\u{1200}', '\u{137F}', "Ethiopic"),
    ('\u{3040}', '\u{30FF}', "Japanese"),
    ('\u{3000}', '\u{303F}', "Chinese or Japanese"),
    ('\u{3400}', '\u{9FFF}', "Chinese or Japanese"),
    ('\u{AC00}', '\u{D7AF}', "Korean"),
    ('\u{20000}', '\u{3FFFF}', "Chinese or Japanese"),
    ('\u{1F000}', '\u{1FAFF}', "emoji"),
];

/// The name of the script of a text's first character that has one.
fn script(text: &str) -> &'static str {
    let name = |c: char| SCRIPTS.iter().find(|(first, last, _)| (*first..=*last).contains(&c)).map(|(.., name)| *name);
    text.chars().find_map(name).unwrap_or("special")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_glyph_is_reported_with_its_script() {
        let message = "PDF/UA-1 error: the text `\"山田\"` could not be displayed with font `\"Libertinus Serif\"`";
        let error = parse_error("resume.typ", message).to_string();
        assert!(error.contains("Chinese or Japanese text \"山田\"") && error.contains("site/.fonts/"), "{error}");
    }

    #[test]
    fn another_error_is_quoted() {
        assert_eq!(parse_error("resume.typ", "unknown variable: x\n").to_string(), "resume.typ: unknown variable: x");
    }
}
