//! A copy of the checkout, which the benchmark edits.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use vitae_bundle::{repository, target};

use super::{Error, process::Dev, viewer};

/// The source of the page, and the text to replace.
const PAGE: (&str, &str) = ("site/resume.json", "\"name\": \"");
/// Rust code of the edge function to edit, a header of its responses, and the text to replace.
pub(super) const HANDLER: (&str, &str) = ("edge/src/response.rs", "\"no-referrer");
/// Rust code of every function to edit, the `code` of an unknown path under `/api/`, and the text to replace.
pub(super) const CONTRACT: (&str, &str) = ("edge/parameters/src/problem.rs", "\"not_found");

pub(super) struct Checkout {
    /// Its folder.
    pub(super) root: PathBuf,
}

impl Checkout {
    /// Copies the files that git tracks or would track. An unchanged file keeps its time, so that cargo does not
    /// rebuild it.
    pub(super) fn copy() -> Result<Self, Error> {
        let from = repository();
        let root = target(&from).join("vitae/bench/dev/checkout");
        let mut git = Command::new("git");
        git.current_dir(&from).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let listed = git.output().map_err(Error::io("git ls-files"))?;
        for name in String::from_utf8_lossy(&listed.stdout).split('\0').filter(|name| !name.is_empty()) {
            copy(&from.join(name), &root.join(name))?;
        }
        Ok(Self { root })
    }

    /// The copy's target folder.
    pub(super) fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    /// Saves another name; returns the time until the page is notified and served with it.
    pub(super) fn edit_site(&self, dev: &Dev, number: usize) -> Result<Duration, Error> {
        let name = format!("{}{number} ", PAGE.1);
        self.edit(dev, PAGE, &name, ("/", &format!("<title>{number} ")))
    }

    /// Saves other code; returns the time until the edge function responds with it.
    pub(super) fn edit_rust(
        &self,
        dev: &Dev,
        (file, text): (&str, &'static str),
        number: usize,
    ) -> Result<Duration, Error> {
        let edited = format!("{text}-{number}");
        self.edit(dev, (file, text), &edited, ("/api/nothing", edited.trim_start_matches('"')))
    }

    fn edit(
        &self,
        dev: &Dev,
        (file, text): (&str, &'static str),
        new: &str,
        (path, expected): (&'static str, &str),
    ) -> Result<Duration, Error> {
        let original = fs::read_to_string(repository().join(file)).map_err(Error::io(file))?;
        let path_of_copy = self.root.join(file);
        if !original.contains(text) {
            return Err(Error::NoText { path: path_of_copy, text });
        }
        let edited = original.replacen(text, new, 1);
        let reload = viewer::listen(dev.address())?;
        let saved = Instant::now();
        fs::write(&path_of_copy, edited).map_err(Error::io(file))?;
        reload.wait()?;
        let served = viewer::get(dev.address(), path)?;
        let elapsed = saved.elapsed();
        if served.contains(expected) {
            Ok(elapsed)
        } else {
            Err(Error::NotServed { path, expected: expected.to_owned() })
        }
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), Error> {
    // Deleted in the working tree, but still tracked by git.
    let Ok(content) = fs::read(from) else { return Ok(()) };
    if fs::read(to).is_ok_and(|existing| existing == content) {
        return Ok(());
    }
    let failed = || Error::io(to.display().to_string());
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(failed())?;
    }
    fs::write(to, content).map_err(failed())
}
