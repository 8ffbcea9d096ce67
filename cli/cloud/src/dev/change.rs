//! Which parts of the running system a saved file affects.

use std::{
    ops::BitOrAssign,
    path::{Component, Path},
};

/// The parts of the system that must be updated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// The site or the CV must be uploaded.
    pub site: bool,
    /// The stack must be deployed: its template changed, or the CloudFront Function, which is one of its parameters.
    pub stack: bool,
    /// The functions that must be built, and then deployed.
    pub functions: Functions,
}

/// The functions, by how they are built.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Functions {
    /// The edge function.
    pub edge: bool,
    /// The regional functions.
    pub regional: bool,
}

impl Functions {
    /// Neither.
    pub const NONE: Self = Self { edge: false, regional: false };
}

impl Change {
    /// Whether no part of the system is affected.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }

    /// The parts that a changed file of the checkout affects.
    #[must_use]
    pub fn from_path(repository: &Path, file: &Path) -> Self {
        let mut change = Self::default();
        let Ok(path) = file.strip_prefix(repository) else { return change };
        let names: Vec<&str> = path.components().filter_map(name).collect();
        // Temporary files of editors, and files that are hidden from visitors.
        if names.iter().any(|name| name.starts_with(['.', '#']) || name.ends_with('~')) {
            return change;
        }
        let has_extension = |known: &str| path.extension().is_some_and(|extension| extension == known);
        let is_code = has_extension("rs") || has_extension("toml");
        match names.as_slice() {
            ["site", _, ..] => change.site = true,
            ["cloudformation", "stack.yaml"] | ["edge", "cloudfront-function", "site.js"] => change.stack = true,
            ["edge", "entry", entry] => change.functions.edge = *entry == "package.json" || has_extension("mjs"),
            ["edge", "src" | "Cargo.toml", ..] => change.functions.edge = is_code,
            ["origin", _, "src" | "Cargo.toml", ..] => change.functions.regional = is_code,
            // Both kinds of functions are built from the contract and from the signer.
            ["wasm", "src" | "Cargo.toml", ..] | ["edge", "parameters", "src" | "Cargo.toml", ..] => {
                change.functions = Functions { edge: is_code, regional: is_code };
            }
            ["Cargo.toml" | "Cargo.lock"] => change.functions = Functions { edge: true, regional: true },
            _ => {}
        }
        change
    }
}

impl BitOrAssign for Change {
    fn bitor_assign(&mut self, other: Self) {
        self.site |= other.site;
        self.stack |= other.stack;
        self.functions.edge |= other.functions.edge;
        self.functions.regional |= other.functions.regional;
    }
}

fn name(component: Component<'_>) -> Option<&str> {
    match component {
        // All names that are matched here are UTF-8.
        Component::Normal(name) => name.to_str(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: Change = Change { site: false, stack: false, functions: Functions::NONE };
    const SITE: Change = Change { site: true, ..NOTHING };
    const STACK: Change = Change { stack: true, ..NOTHING };
    const EDGE: Change = Change { functions: Functions { edge: true, regional: false }, ..NOTHING };
    const REGIONAL: Change = Change { functions: Functions { edge: false, regional: true }, ..NOTHING };
    const FUNCTIONS: Change = Change { functions: Functions { edge: true, regional: true }, ..NOTHING };

    #[test]
    fn a_file_affects_what_is_built_from_it() {
        let repository = Path::new("/checkout");
        for (file, expected) in [
            ("site/index.html", SITE),
            ("site/css/site.css", SITE),
            ("site/cv/resume.pdf", SITE),
            ("cloudformation/stack.yaml", STACK),
            ("edge/cloudfront-function/site.js", STACK),
            ("edge/entry/index.mjs", EDGE),
            ("edge/src/link.rs", EDGE),
            ("edge/parameters/src/config.rs", FUNCTIONS),
            ("wasm/src/lib.rs", FUNCTIONS),
            ("origin/counter/src/store/reads.rs", REGIONAL),
            ("Cargo.toml", FUNCTIONS),
        ] {
            assert_eq!(Change::from_path(repository, &repository.join(file)), expected, "{file}");
        }
    }

    #[test]
    fn other_files_affect_nothing() {
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
            assert_eq!(Change::from_path(repository, &repository.join(file)), NOTHING, "{file}");
        }
        assert_eq!(Change::from_path(repository, Path::new("/elsewhere/site/index.html")), NOTHING);
    }
}
