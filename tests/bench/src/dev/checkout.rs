//! A copy of the checkout, which may be edited.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use vitae_bundle::{repository, target};

use super::{DevFailure, process::Dev, viewer};

/// The page that is edited, and what of it.
const PAGE: (&str, &str) = ("site/index.html", "<title>");
/// The code that is edited: the `code` of an unknown path under `/api/`.
const CODE: (&str, &str) = ("edge/src/answer/problem.rs", "\"not_found");

pub(super) struct Checkout {
    /// Where it is.
    pub(super) root: PathBuf,
}

impl Checkout {
    /// Copies what git knows or would take up. What is the same already keeps its time, so that nothing of it is built anew.
    pub(super) fn copy() -> Result<Self, DevFailure> {
        let from = repository();
        let root = target(&from).join("vitae/bench/dev/checkout");
        let mut git = Command::new("git");
        git.current_dir(&from).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let listed = git.output().map_err(DevFailure::io("git ls-files"))?;
        for name in String::from_utf8_lossy(&listed.stdout).split('\0').filter(|name| !name.is_empty()) {
            copy(&from.join(name), &root.join(name))?;
        }
        Ok(Self { root })
    }

    /// Cargo's folder of the copy.
    pub(super) fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    /// Saves another title, and gives the time until the page is told and has it.
    pub(super) fn edit_site(&self, dev: &Dev, number: usize) -> Result<Duration, DevFailure> {
        let title = format!("<title>{number} ");
        self.edit(dev, PAGE, &title, ("/", &title))
    }

    /// Saves other code, and gives the time until the edge function answers with it.
    pub(super) fn edit_rust(&self, dev: &Dev, number: usize) -> Result<Duration, DevFailure> {
        let code = format!("\"not_found_{number}");
        self.edit(dev, CODE, &code, ("/api/nothing", &code))
    }

    fn edit(
        &self,
        dev: &Dev,
        (file, text): (&str, &'static str),
        new: &str,
        (path, expected): (&'static str, &str),
    ) -> Result<Duration, DevFailure> {
        let original = fs::read_to_string(repository().join(file)).map_err(DevFailure::io(file))?;
        let path_of_copy = self.root.join(file);
        if !original.contains(text) {
            return Err(DevFailure::NoText { path: path_of_copy, text });
        }
        let edited = original.replacen(text, new, 1);
        let told = viewer::listen(dev.address())?;
        let saved = Instant::now();
        fs::write(&path_of_copy, edited).map_err(DevFailure::io(file))?;
        told.wait()?;
        let served = viewer::get(dev.address(), path)?;
        let took = saved.elapsed();
        if served.contains(expected) {
            Ok(took)
        } else {
            Err(DevFailure::NotServed { path, expected: expected.to_owned() })
        }
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), DevFailure> {
    // Deleted, and not yet for git.
    let Ok(content) = fs::read(from) else { return Ok(()) };
    if fs::read(to).is_ok_and(|there| there == content) {
        return Ok(());
    }
    let failed = || DevFailure::io(to.display().to_string());
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(failed())?;
    }
    fs::write(to, content).map_err(failed())
}
