//! Builds are reproducible: the same sources give the same zips in any folder, so that anyone with the checkout can
//! verify what a deployed zip was built from.
//!
//! The test builds the edge's bundle, and with `VITAE_FULL=1` also the regional Lambdas, each of which takes minutes.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use vitae_bundle::Artifact;

/// Folders that are not part of a checkout.
const EXCLUDED: [&str; 5] = [".git", "target", "node_modules", "pkg", "__pycache__"];

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, copied) = (entry.path(), to.join(entry.file_name()));
        if EXCLUDED.iter().any(|name| entry.file_name() == *name) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            copy(&path, &copied)?;
        } else if fs::read(&path).ok() != fs::read(&copied).ok() {
            // An unchanged file keeps its time, so that cargo does not rebuild.
            fs::copy(&path, &copied)?;
        }
    }
    Ok(())
}

/// Builds artifacts of a checkout, and returns the hash of each zip.
fn build(checkout: &Path, target: &Path, artifacts: &[&str]) -> Vec<(String, String)> {
    let program = vitae_bundle::target(&vitae_bundle::repository()).join("debug/vitae-bundle");
    let out = target.join("zips");
    let mut command = Command::new(program);
    command.args(artifacts).arg("--checkout").arg(checkout).arg("--out").arg(&out).env("CARGO_TARGET_DIR", target);
    let output = command.output().expect("vitae-bundle runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let hash = |name: &&str| {
        let zip = Artifact::read(name, &out.join(name).with_extension("zip")).expect("a zip");
        ((*name).to_owned(), zip.sha256_hex())
    };
    artifacts.iter().map(hash).collect()
}

#[test]
fn the_same_sources_give_the_same_zips_in_another_folder() {
    let full = std::env::var_os("VITAE_FULL").is_some_and(|value| value == "1");
    let artifacts: &[&str] = if full { &["edge", "counter", "regional"] } else { &["edge"] };
    let repository = vitae_bundle::repository();
    let folder: PathBuf = vitae_bundle::target(&repository).join("vitae/tests/reproducible");
    let checkout = folder.join("a checkout elsewhere");
    copy(&repository, &checkout).expect("a copy of the checkout");
    let here = build(&repository, &vitae_bundle::target(&repository), artifacts);
    let there = build(&checkout, &folder.join("target"), artifacts);
    println!("{here:#?}");
    assert_eq!(here, there);
    // A second target folder takes gigabytes. On a developer's machine it makes the next run fast; CI has no next run.
    if std::env::var_os("CI").is_some() {
        fs::remove_dir_all(&folder).expect("the second checkout is deleted");
    }
}
