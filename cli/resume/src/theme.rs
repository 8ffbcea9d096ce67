//! A theme: a folder of templates, styles and pictures.
//!
//! | file | result |
//! |---|---|
//! | `page.html` | `index.html` of each language |
//! | another `*.html`, `*.txt` or `*.xml` of the folder itself | the file of that name; nothing if the result is empty |
//! | `_*` | nothing; for `include` in a template |
//! | `resume.typ` | the PDF of each language |
//! | `picture.typ` | `preview.png`, which links to the site show |
//! | `*.ttf`, `*.otf` | fonts of the PDF |
//! | `*.md` | nothing |
//! | anything else | copied |

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
};

use minijinja::{Environment, UndefinedBehavior, context};

use crate::page::Page;

/// The template of a page.
const PAGE: &str = "page.html";

/// A theme that was read.
#[derive(Debug)]
pub struct Theme {
    folder: PathBuf,
    templates: Environment<'static>,
    /// The names of the templates that make one file each.
    files: Vec<String>,
    /// Files to copy, by their path in the folder.
    assets: BTreeMap<String, Vec<u8>>,
    /// The Typst sources by name.
    typst: BTreeMap<String, Vec<u8>>,
}

/// A theme that cannot be read or rendered.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// A file or folder.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// No theme of this name.
    #[error("the theme {name:?} does not exist: {} has no {PAGE}; set meta.theme to one of {known}", folder.display())]
    Missing {
        /// The name.
        name: String,
        /// Its folder.
        folder: PathBuf,
        /// The themes that exist.
        known: String,
    },
    /// A template.
    #[error("{}: {reason}", path.display())]
    Template {
        /// The file.
        path: PathBuf,
        /// The reason, with its line.
        reason: String,
    },
}

impl Theme {
    /// Reads the theme `name` of the folder `themes`.
    ///
    /// # Errors
    /// See [`ThemeError`].
    pub fn read(themes: &Path, name: &str) -> Result<Self, ThemeError> {
        let folder = themes.join(name);
        if !folder.join(PAGE).is_file() {
            return Err(ThemeError::Missing { name: name.to_owned(), folder, known: known(themes) });
        }
        let mut templates = Environment::new();
        // A misspelled variable is an error and not an empty text.
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_trim_blocks(true);
        templates.set_lstrip_blocks(true);
        let mut theme = Self {
            folder: folder.clone(),
            templates,
            files: Vec::new(),
            assets: BTreeMap::new(),
            typst: BTreeMap::new(),
        };
        theme.read_folder(&folder, "")?;
        Ok(theme)
    }

    fn read_folder(&mut self, folder: &Path, prefix: &str) -> Result<(), ThemeError> {
        let io_error = |path: &Path| {
            let path = path.to_owned();
            move |source| ThemeError::Io { path, source }
        };
        for entry in fs::read_dir(folder).map_err(io_error(folder))? {
            let path = entry.map_err(io_error(folder))?.path();
            let Some(name) = path.file_name().and_then(OsStr::to_str) else { continue };
            if name.starts_with('.') || name.ends_with('~') {
                continue;
            }
            let key = format!("{prefix}{name}");
            if path.is_dir() {
                self.read_folder(&path, &format!("{key}/"))?;
                continue;
            }
            let content = fs::read(&path).map_err(io_error(&path))?;
            match path.extension().and_then(OsStr::to_str).unwrap_or_default() {
                "typ" | "ttf" | "otf" => drop(self.typst.insert(key, content)),
                "md" => {}
                "html" | "txt" | "xml" if prefix.is_empty() => self.add_template(name, content)?,
                _ => drop(self.assets.insert(key, content)),
            }
        }
        Ok(())
    }

    fn add_template(&mut self, name: &str, content: Vec<u8>) -> Result<(), ThemeError> {
        let source = String::from_utf8(content).map_err(|error| self.error(name, &error))?;
        self.templates.add_template_owned(name.to_owned(), source).map_err(|error| self.error(name, &error))?;
        if name != PAGE && !name.starts_with('_') {
            self.files.push(name.to_owned());
        }
        Ok(())
    }

    fn error(&self, name: &str, error: &impl ToString) -> ThemeError {
        ThemeError::Template { path: self.folder.join(name), reason: error.to_string() }
    }

    /// Whether the theme has this Typst source.
    #[must_use]
    pub fn has_typst(&self, name: &str) -> bool {
        self.typst.contains_key(name)
    }

    /// The Typst sources and fonts, by their path in the folder.
    #[must_use]
    pub const fn typst(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.typst
    }

    /// Renders the pages and the other files of a site, by path. `pages` has the default language first.
    ///
    /// # Errors
    /// [`ThemeError::Template`].
    pub fn render(&self, pages: &[Page]) -> Result<BTreeMap<String, Vec<u8>>, ThemeError> {
        let mut files = self.assets.clone();
        let Some(default) = pages.first() else { return Ok(files) };
        for page in pages {
            let path = page_path(page);
            files.insert(path, self.render_one(PAGE, page, pages)?.into_bytes());
        }
        for name in &self.files {
            let text = self.render_one(name, default, pages)?;
            if !text.trim().is_empty() {
                files.insert(name.clone(), text.into_bytes());
            }
        }
        Ok(files)
    }

    fn render_one(&self, name: &str, page: &Page, pages: &[Page]) -> Result<String, ThemeError> {
        let template = self.templates.get_template(name).map_err(|error| self.error(name, &error))?;
        let json_ld = minijinja::Value::from_safe_string(page.json_ld.clone());
        let context = context! { page, pages, json_ld, has_work => page.has_work(), t => page.labels };
        template.render(context).map_err(|error| self.error(name, &error))
    }
}

/// The path of the file of a page: the default language is at the root.
fn page_path(page: &Page) -> String {
    let current = page.languages.iter().find(|language| language.is_current);
    let path = current.map_or("/", |language| language.path.as_str());
    format!("{}index.html", path.trim_start_matches('/'))
}

/// The names of the themes that exist.
fn known(themes: &Path) -> String {
    let entries = fs::read_dir(themes).into_iter().flatten().filter_map(Result::ok);
    let mut names: Vec<String> = entries
        .filter(|entry| entry.path().join(PAGE).is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    if names.is_empty() { "the folders that you create there".to_owned() } else { names.join(", ") }
}
