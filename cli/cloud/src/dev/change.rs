//! What a saved file means for the running system.

use std::{
    ops::BitOrAssign,
    path::{Component, Path},
};

/// What is to be done anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The site or the CV is to be uploaded.
    pub site: bool,
    /// The stack is to be deployed: its template, or the CloudFront Function that is a parameter of it.
    pub stack: bool,
    /// The functions are to be built, and then deployed.
    pub code: bool,
}

impl Change {
    /// Whether nothing of the system is made from what changed.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self == Self::default()
    }

    /// What a changed file of the checkout means.
    #[must_use]
    pub fn of(repository: &Path, file: &Path) -> Self {
        let mut change = Self::default();
        let Ok(path) = file.strip_prefix(repository) else { return change };
        let names: Vec<&str> = path.components().filter_map(name).collect();
        // What editors write beside a file while it is being saved, and what is hidden from visitors.
        if names.iter().any(|name| name.starts_with(['.', '#']) || name.ends_with('~')) {
            return change;
        }
        let has_extension = |known: &str| path.extension().is_some_and(|extension| extension == known);
        let is_code = has_extension("rs") || has_extension("toml");
        match names.as_slice() {
            ["site", _, ..] => change.site = true,
            ["cloudformation", "stack.yaml"] | ["edge", "cloudfront-function", "site.js"] => change.stack = true,
            ["edge", "entry", entry] => change.code = *entry == "package.json" || has_extension("mjs"),
            ["edge" | "wasm", "src" | "Cargo.toml", ..] | ["edge" | "origin", _, "src" | "Cargo.toml", ..] => {
                change.code = is_code;
            }
            ["Cargo.toml" | "Cargo.lock"] => change.code = true,
            _ => {}
        }
        change
    }
}

impl BitOrAssign for Change {
    fn bitor_assign(&mut self, other: Self) {
        self.site |= other.site;
        self.stack |= other.stack;
        self.code |= other.code;
    }
}

fn name(component: Component<'_>) -> Option<&str> {
    match component {
        // A name that is no UTF-8 is none that is matched here.
        Component::Normal(name) => name.to_str(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Change = Change { site: false, stack: false, code: false };
    const SITE: Change = Change { site: true, ..NOTHING };
    const STACK: Change = Change { stack: true, ..NOTHING };
    const CODE: Change = Change { code: true, ..NOTHING };

    #[test]
    fn a_file_means_what_is_made_from_it() {
        let repository = Path::new("/checkout");
        for (file, meaning) in [
            ("site/index.html", SITE),
            ("site/css/site.css", SITE),
            ("site/cv/resume.pdf", SITE),
            ("cloudformation/stack.yaml", STACK),
            ("edge/cloudfront-function/site.js", STACK),
            ("edge/entry/index.mjs", CODE),
            ("edge/src/link.rs", CODE),
            ("edge/parameters/src/config.rs", CODE),
            ("wasm/src/lib.rs", CODE),
            ("origin/counter/src/store/reads.rs", CODE),
            ("Cargo.toml", CODE),
        ] {
            assert_eq!(Change::of(repository, &repository.join(file)), meaning, "{file}");
        }
    }

    #[test]
    fn other_files_mean_nothing() {
        let repository = Path::new("/checkout");
        for file in [
            "README.md",
            "site/.index.html.swp",
            "site/index.html~",
            "site/.sample/make.sh",
            "edge/tests/entry.rs",
            "edge/src/handler/README.md",
            "edge/entry/vitae_edge.d.ts",
            "wasm/pkg/src/lib.rs",
            "origin/counter/tests/ministack.rs",
            "target/debug/vitae",
            ".git/index",
            "../elsewhere/site/index.html",
        ] {
            assert_eq!(Change::of(repository, &repository.join(file)), NOTHING, "{file}");
        }
        assert_eq!(Change::of(repository, Path::new("/elsewhere/site/index.html")), NOTHING);
    }
}
