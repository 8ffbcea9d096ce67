//! Builds a site: the owner's files, the theme's files, the pages, and the documents, in one folder of plain files.
//!
//! [`Build::pages`] takes milliseconds. [`Build::documents`] calls Typst for each PDF and for the preview picture, and only if one
//! of their inputs has changed.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    date::Today,
    language::Labels,
    output::{self, Output},
    page::{LanguageLink, Page, Surroundings},
    resume::{InvalidResume, Resume},
    theme::{Theme, ThemeError},
    typst::{Document, Typst, TypstError},
};

/// The file of the default language.
pub const RESUME_FILE: &str = "resume.json";
/// The folder with the themes.
pub const THEMES: &str = "themes";
/// The folder with fonts for the PDF, which is hidden and so never uploaded.
const FONTS: &str = ".fonts";
/// The picture that links to the site show.
const PICTURE: &str = "preview.png";
/// The folder of the documents.
const CV: &str = "cv";
/// The language of a resume that names none.
const DEFAULT_LANGUAGE: &str = "en";
/// The theme of a resume that names none.
const DEFAULT_THEME: &str = "default";

/// A build.
#[derive(Clone, Debug)]
pub struct Build {
    /// The file of the default language. Those of other languages, the owner's files and the themes are next to it.
    pub source: PathBuf,
    /// The folder of themes that is used if the source has none next to it.
    pub themes: PathBuf,
    /// The folder of the result.
    pub out: PathBuf,
    /// The month to which present positions extend.
    pub today: Today,
}

/// Why a site was not built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A file or folder.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// A resume that is not valid.
    #[error("{} is not a valid resume:\n{source}", path.display())]
    Resume {
        /// The file.
        path: PathBuf,
        /// The findings.
        source: InvalidResume,
    },
    /// A file whose name has no language.
    #[error("{}: {reason}; name the file of a language resume.LANGUAGE.json, such as resume.de.json", path.display())]
    Language {
        /// The file.
        path: PathBuf,
        /// The reason.
        reason: String,
    },
    /// A link or a special file.
    #[error("{}: links and special files cannot be uploaded", path.display())]
    SpecialFile {
        /// The file.
        path: PathBuf,
    },
    /// The theme.
    #[error(transparent)]
    Theme(#[from] ThemeError),
    /// The documents.
    #[error(transparent)]
    Typst(#[from] TypstError),
    /// The folder of the result has files of someone else.
    #[error("{} is not empty, and was not written by this command: choose a new folder, or empty it", path.display())]
    ForeignFolder {
        /// The folder.
        path: PathBuf,
    },
}

impl BuildError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }
}

/// What a build wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// The number of files that were written, because they are new or have changed.
    pub written: usize,
    /// The number of files that were deleted.
    pub deleted: usize,
    /// Files of the owner that replace files of the build.
    pub replaced: Vec<String>,
    /// The number of pages.
    pub pages: usize,
}

/// What is remembered in the folder of the result between builds.
#[derive(Debug, Default, Serialize, Deserialize)]
struct State {
    /// A hash of the inputs of each document.
    documents: BTreeMap<String, String>,
}

/// The inputs of a site.
struct Inputs {
    theme: Theme,
    /// The default language first.
    pages: Vec<Page>,
}

impl Build {
    /// A build of `source` into `out` as of now, or of `SOURCE_DATE_EPOCH`:
    /// <https://reproducible-builds.org/docs/source-date-epoch/>.
    #[must_use]
    pub fn now(source: PathBuf, themes: PathBuf, out: PathBuf) -> Self {
        let fixed = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
        let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |elapsed| elapsed.as_secs());
        Self { source, themes, out, today: Today::from_unix(fixed.unwrap_or_else(clock)) }
    }

    /// The folder of the site.
    fn folder(&self) -> &Path {
        match self.source.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    /// Writes the pages and all files that need no Typst, and deletes those of earlier builds. `is_ignored` decides about a file or
    /// folder of the owner; the second argument is whether it is a folder.
    ///
    /// # Errors
    /// See [`BuildError`]. An invalid resume leaves the folder unchanged.
    pub fn pages(&self, is_ignored: impl Fn(&Path, bool) -> bool) -> Result<Built, BuildError> {
        let inputs = self.inputs()?;
        let own = self.own_files(&is_ignored)?;
        let mut files = inputs.theme.render(&inputs.pages)?;
        let replaced = files.keys().filter(|key| own.contains_key(*key)).cloned().collect();
        files.extend(own);
        let documents: BTreeSet<String> = self.documents_of(&inputs).into_iter().map(|(name, ..)| name).collect();
        let output = Output::open(&self.out)?;
        let (written, deleted) = output.equalize(&files, &documents)?;
        Ok(Built { written, deleted, replaced, pages: inputs.pages.len() })
    }

    /// Writes the documents whose inputs have changed, and returns their names. Run [`Self::pages`] before.
    ///
    /// # Errors
    /// See [`BuildError`]. A document that fails keeps its previous version.
    pub fn documents(&self, typst: Option<&Typst>) -> Result<Vec<String>, BuildError> {
        let inputs = self.inputs()?;
        let output = Output::open(&self.out)?;
        let mut state: State = output.state();
        let mut outdated = Vec::new();
        for (name, main, page) in self.documents_of(&inputs) {
            let data = serde_json::to_string(page).unwrap_or_default();
            let photo = self.photo(page)?;
            let hash = self.hash(&inputs.theme, main, &data, photo.as_deref())?;
            if state.documents.get(&name) != Some(&hash) || !output.has(&name) {
                outdated.push((name, main, page, data, photo, hash));
            }
        }
        if outdated.is_empty() {
            return Ok(Vec::new());
        }
        let typst = typst.ok_or(TypstError::NotSet)?;
        let fonts = self.folder().join(FONTS);
        let mut written = Vec::new();
        for (name, main, page, data, photo, hash) in outdated {
            let document = Document {
                main,
                sources: inputs.theme.typst(),
                data: &data,
                photo: photo.as_deref().map(|content| (page.photo.trim_start_matches('/'), content)),
                fonts: fonts.is_dir().then_some(fonts.as_path()),
            };
            let content = if name == PICTURE { typst.png(&document)? } else { typst.pdf(&document)? };
            output.write(&name, &content)?;
            state.documents.insert(name.clone(), hash);
            written.push(name);
        }
        output.save_state(&state)?;
        Ok(written)
    }

    fn inputs(&self) -> Result<Inputs, BuildError> {
        let resumes = self.resumes()?;
        let default = resumes.first().map(|(_, resume)| &resume.meta);
        let name = default.map_or("", |meta| meta.theme.as_str());
        let name = if name.is_empty() { DEFAULT_THEME } else { name };
        let own = self.folder().join(THEMES);
        let themes = if own.is_dir() { &own } else { &self.themes };
        let theme = Theme::read(themes, name)?;
        let languages: Vec<_> =
            resumes.iter().enumerate().map(|(index, (lang, resume))| link(index, lang, resume)).collect();
        let pages = resumes.into_iter().enumerate().map(|(index, (lang, resume))| {
            let has_picture = theme.has_typst("picture.typ");
            let languages = languages.iter().enumerate();
            let languages: Vec<_> =
                languages.map(|(other, link)| LanguageLink { is_current: other == index, ..link.clone() }).collect();
            let surroundings = Surroundings {
                path: languages[index].path.clone(),
                languages,
                document: if index == 0 { "resume.pdf".to_owned() } else { format!("resume.{lang}.pdf") },
                picture: if has_picture { format!("/{PICTURE}") } else { String::new() },
                today: self.today,
                lang,
            };
            Page::new(&resume, surroundings)
        });
        Ok(Inputs { pages: pages.collect(), theme })
    }

    /// The resumes with their languages, the default one first.
    fn resumes(&self) -> Result<Vec<(String, Resume)>, BuildError> {
        let folder = self.folder();
        let default = read_resume(&self.source)?;
        let language = &default.meta.language;
        let language = if language.is_empty() { DEFAULT_LANGUAGE.to_owned() } else { language.clone() };
        let mut others = BTreeMap::new();
        let stem = self.source.file_stem().and_then(OsStr::to_str).unwrap_or("resume").to_owned();
        for entry in fs::read_dir(folder).map_err(BuildError::io(folder))? {
            let path = entry.map_err(BuildError::io(folder))?.path();
            let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
            let tag = name.strip_prefix(&format!("{stem}.")).and_then(|rest| rest.strip_suffix(".json"));
            let Some(tag) = tag.map(str::to_owned) else { continue };
            let language_error = |reason: String| BuildError::Language { path: path.clone(), reason };
            crate::language::check(&tag).map_err(|error| language_error(error.to_string()))?;
            if tag == language {
                return Err(language_error(format!("{language:?} is the language of {}", self.source.display())));
            }
            others.insert(tag, read_resume(&path)?);
        }
        Ok([(language, default)].into_iter().chain(others).collect())
    }

    /// The documents to make: name, Typst source and page. A file of the owner with that name is used instead.
    fn documents_of<'a>(&self, inputs: &'a Inputs) -> Vec<(String, &'static str, &'a Page)> {
        let mut documents = Vec::new();
        for page in &inputs.pages {
            if inputs.theme.has_typst("resume.typ") {
                documents.push((format!("{CV}/{}", page.document), "resume.typ", page));
            }
        }
        // One picture for all languages.
        if let Some(page) = inputs.pages.first().filter(|page| !page.picture.is_empty()) {
            documents.push((PICTURE.to_owned(), "picture.typ", page));
        }
        documents.retain(|(name, ..)| !self.folder().join(name).is_file());
        documents
    }

    fn photo(&self, page: &Page) -> Result<Option<Vec<u8>>, BuildError> {
        if page.photo.is_empty() {
            return Ok(None);
        }
        let path = self.folder().join(page.photo.trim_start_matches('/'));
        fs::read(&path).map(Some).map_err(BuildError::io(&path))
    }

    fn hash(&self, theme: &Theme, main: &str, data: &str, photo: Option<&[u8]>) -> Result<String, BuildError> {
        let mut hash = Sha256::new();
        let mut add = |part: &[u8]| {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        };
        add(main.as_bytes());
        add(data.as_bytes());
        add(photo.unwrap_or_default());
        for (name, content) in theme.typst() {
            add(name.as_bytes());
            add(content);
        }
        let fonts = self.folder().join(FONTS);
        if fonts.is_dir() {
            for path in output::files_below(&fonts).map_err(BuildError::io(&fonts))? {
                add(&fs::read(&path).map_err(BuildError::io(&path))?);
            }
        }
        Ok(hex::encode(hash.finalize()))
    }

    /// The files of the owner to copy, by path.
    fn own_files(&self, is_ignored: &impl Fn(&Path, bool) -> bool) -> Result<BTreeMap<String, Vec<u8>>, BuildError> {
        let mut files = BTreeMap::new();
        let mut folders = vec![(self.folder().to_owned(), String::new())];
        while let Some((folder, prefix)) = folders.pop() {
            for entry in fs::read_dir(&folder).map_err(BuildError::io(&folder))? {
                let entry = entry.map_err(BuildError::io(&folder))?;
                let path = entry.path();
                let name = entry.file_name();
                let name = name.to_str().ok_or_else(|| BuildError::SpecialFile { path: path.clone() })?;
                let kind = entry.file_type().map_err(BuildError::io(&path))?;
                if is_source(name, &prefix, &self.source) || is_ignored(&path, kind.is_dir()) {
                } else if kind.is_dir() {
                    folders.push((path, format!("{prefix}{name}/")));
                } else if kind.is_file() {
                    let content = fs::read(&path).map_err(BuildError::io(&path))?;
                    files.insert(format!("{prefix}{name}"), content);
                } else {
                    return Err(BuildError::SpecialFile { path });
                }
            }
        }
        Ok(files)
    }
}

/// Whether a file or folder is an input of the build and not a part of the site. Hidden files are never uploaded, except those
/// below `.well-known`.
fn is_source(name: &str, prefix: &str, source: &Path) -> bool {
    if !prefix.is_empty() {
        return name.starts_with('.');
    }
    let stem = source.file_stem().and_then(OsStr::to_str).unwrap_or_default();
    let rest = name.strip_prefix(stem).and_then(|rest| rest.strip_suffix(".json"));
    let is_resume = rest.is_some_and(|language| language.is_empty() || language.starts_with('.'));
    is_resume || name == THEMES || (name.starts_with('.') && name != ".well-known")
}

fn link(index: usize, lang: &str, resume: &Resume) -> LanguageLink {
    let name = Labels::new(lang, &resume.meta.labels).get("language_name").to_owned();
    let path = if index == 0 { "/".to_owned() } else { format!("/{lang}/") };
    LanguageLink { lang: lang.to_owned(), name, path, is_current: false }
}

fn read_resume(path: &Path) -> Result<Resume, BuildError> {
    let text = fs::read_to_string(path).map_err(BuildError::io(path))?;
    // Some editors begin a file with a byte order mark, which JSON does not allow.
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Resume::parse(text).map_err(|source| BuildError::Resume { path: path.to_owned(), source })
}
