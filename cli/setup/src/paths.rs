//! The folders of the checkout, and how to keep their paths out of artifacts.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
};

/// The root of the repository that this program was built from.
///
/// Vitae's commands run from a checkout (`cargo vitae ...`), never from an installed binary.
#[must_use]
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Cargo's target folder of a checkout. Vitae's own files are in its subfolder `vitae`.
#[must_use]
pub fn target(repository: &Path) -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| repository.join("target"), |set| repository.join(set))
}

/// The separator of flags in `CARGO_ENCODED_RUSTFLAGS`, so that a path may contain a space.
/// <https://doc.rust-lang.org/cargo/reference/environment-variables.html>
pub(crate) const SEPARATOR: &str = "\u{1f}";

/// The compiler's flags, in the form of `CARGO_ENCODED_RUSTFLAGS`, that replace this machine's folders by short names: the
/// checkout, the target folder, and the sources of the dependencies. Panic messages contain the paths of source files.
#[must_use]
pub fn remapped_paths(repository: &Path, target: &Path) -> OsString {
    // The last match applies, and the target folder is often inside the checkout.
    let folders = [(repository.to_owned(), "/vitae"), (target.to_owned(), "/target"), (cargo_home(), "/cargo")];
    let mut flags = OsString::new();
    for (folder, name) in folders {
        if !flags.is_empty() {
            flags.push(SEPARATOR);
        }
        flags.push("--remap-path-prefix=");
        flags.push(&folder);
        flags.push("=");
        flags.push(name);
    }
    flags
}

/// The folder in which cargo stores the sources of dependencies.
fn cargo_home() -> PathBuf {
    let home = || env::home_dir().unwrap_or_default().join(".cargo");
    env::var_os("CARGO_HOME").map_or_else(home, PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_inside_another_is_named_after_it_so_that_its_name_wins() {
        let flags = remapped_paths(Path::new("/home/me/resume site"), Path::new("/home/me/resume site/target"));
        let flags = flags.to_str().unwrap();
        let flags: Vec<_> = flags.split(SEPARATOR).collect();
        assert_eq!(flags[0], "--remap-path-prefix=/home/me/resume site=/vitae");
        assert_eq!(flags[1], "--remap-path-prefix=/home/me/resume site/target=/target");
    }
}
