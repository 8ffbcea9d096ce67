//! A generated site, and changes of it. The same seed gives the same site.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// One object in eight is a page, and each page refers to this many assets.
const REFERENCES: usize = 4;

/// Whether a key is that of a page.
pub(crate) fn is_page(key: &str) -> bool {
    Path::new(key).extension().is_some_and(|extension| extension == "html")
}

pub(crate) struct Folder {
    path: tempfile::TempDir,
    random: fastrand::Rng,
    /// The content of each asset, by key.
    assets: BTreeMap<String, String>,
    /// The assets and the version of each page, by key.
    pages: BTreeMap<String, (Vec<String>, u32)>,
}

impl Folder {
    /// Generates a site with this number of objects, and a CV.
    pub(crate) fn new(count: usize, seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let pages = (count / 8).max(2);
        let kinds = ["css", "mjs", "svg", "png"];
        let assets: BTreeMap<_, _> = (0..count - pages)
            .map(|n| (format!("{0}/{n:04}.{0}", kinds[n % kinds.len()]), format!("{:016x}", random.u64(..))))
            .collect();
        let keys: Vec<_> = assets.keys().cloned().collect();
        let mut page = |n: usize| {
            let key = if n == 0 { "index.html".to_owned() } else { format!("{n:03}/index.html") };
            (key, ((0..REFERENCES).map(|_| keys[random.usize(..keys.len())].clone()).collect(), 0))
        };
        let pages = (0..pages).map(&mut page).collect();
        let folder = Self { path: tempfile::tempdir().unwrap(), random, assets, pages };
        folder.write();
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.path.path()
    }

    /// Changes a tenth of the assets, and one page, without changing their size. Returns their number.
    pub(crate) fn change_in_place(&mut self) -> usize {
        let mut changed = 0;
        for content in self.assets.values_mut() {
            if self.random.u8(..10) == 0 {
                *content = format!("{:016x}", self.random.u64(..));
                changed += 1;
            }
        }
        let first = self.pages.values_mut().next().unwrap();
        first.1 += 1;
        self.write();
        changed + 1
    }

    /// Gives a tenth of the assets another name and type, and updates their pages. Returns their number.
    pub(crate) fn rename_assets(&mut self) -> usize {
        let renamed: Vec<_> = self.assets.keys().filter(|_| self.random.u8(..10) == 0).cloned().collect();
        for old in &renamed {
            let content = self.assets.remove(old).unwrap();
            let new = format!("new/{:08x}.webp", self.random.u32(..));
            for (references, _) in self.pages.values_mut() {
                references
                    .iter_mut()
                    .filter(|reference| *reference == old)
                    .for_each(|reference| reference.clone_from(&new));
            }
            self.assets.insert(new, content);
        }
        self.write();
        renamed.len()
    }

    /// Removes a fifth of the pages, and the assets that no other page refers to. Returns the number of pages.
    pub(crate) fn remove_pages(&mut self) -> usize {
        let removed: Vec<_> = self.pages.keys().skip(1).step_by(5).cloned().collect();
        for page in &removed {
            let (references, _) = self.pages.remove(page).unwrap();
            for reference in references {
                if !self.pages.values().any(|(others, _)| others.contains(&reference)) {
                    self.assets.remove(&reference);
                }
            }
        }
        self.write();
        removed.len()
    }

    /// The expected content of the site bucket, by key.
    pub(crate) fn objects(&self) -> BTreeMap<String, String> {
        let pages = self.pages.iter().map(|(key, (references, version))| {
            let links = references.join("\">\n<link href=\"/");
            (key.clone(), format!("<!doctype html><title>{version:04}</title>\n<link href=\"/{links}\">\n"))
        });
        self.assets.clone().into_iter().chain(pages).collect()
    }

    fn write(&self) {
        for entry in fs::read_dir(self.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
        }
        let cv = ("cv/resume.pdf".to_owned(), "%PDF".to_owned());
        for (key, content) in self.objects().into_iter().chain([cv]) {
            let path: PathBuf = self.path().join(key);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
    }
}
