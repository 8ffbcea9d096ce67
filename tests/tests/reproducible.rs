//! The same sources make the same bytes, wherever they are: who has the checkout can tell whether a deployed zip was built from it.
//!
//! The edge's bundle; with `VITAE_FULL=1` the regional Lambdas too, each of which takes minutes.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use vitae_bundle::Artifact;

/// What is built, and not part of a checkout.
const NOT_OURS: [&str; 5] = [".git", "target", "node_modules", "pkg", "__pycache__"];

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, copied) = (entry.path(), to.join(entry.file_name()));
        if NOT_OURS.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(&path, &copied)?;
        } else if fs::read(&path).ok() != fs::read(&copied).ok() {
            // What is the same stays, so that cargo finds nothing to do for it.
            fs::copy(&path, &copied)?;
        }
    }
    Ok(())
}

/// Builds in a checkout with a target folder, and gives the hash of each zip.
fn build(checkout: &Path, target: &Path, what: &[&str]) -> Vec<(String, String)> {
    let program = vitae_bundle::target(&vitae_bundle::repository()).join("debug/vitae-bundle");
    let out = target.join("zips");
    let mut command = Command::new(program);
    command.args(what).arg("--checkout").arg(checkout).arg("--out").arg(&out).env("CARGO_TARGET_DIR", target);
    let built = command.output().expect("vitae-bundle runs");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let hash = |name: &&str| {
        let zip = Artifact::read(name, &out.join(name).with_extension("zip")).expect("a zip");
        ((*name).to_owned(), zip.sha256_hex())
    };
    what.iter().map(hash).collect()
}

#[test]
fn the_same_sources_make_the_same_bytes_in_another_folder() {
    let full = std::env::var_os("VITAE_FULL").is_some_and(|value| value == "1");
    let what: &[&str] = if full { &["edge", "counter", "keys"] } else { &["edge"] };
    let repository = vitae_bundle::repository();
    let elsewhere: PathBuf = vitae_bundle::target(&repository).join("vitae/tests/reproducible");
    let checkout = elsewhere.join("a checkout elsewhere");
    copy(&repository, &checkout).expect("a copy of the checkout");
    let here = build(&repository, &vitae_bundle::target(&repository), what);
    let there = build(&checkout, &elsewhere.join("target"), what);
    println!("{here:#?}");
    assert_eq!(here, there);
}
