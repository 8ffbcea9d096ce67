//! Compares the signer's npm package with other signers: the AWS SDK for JavaScript, botocore and OpenSSL. The scripts
//! are in `conformance/`.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use vitae_tests::{NodeTests, tool};

/// The number of tests in `conformance/`. Fewer would mean that Node did not find some.
const TESTS: u64 = 314;

/// The number of tests in `conformance/package.test.mjs` and `conformance/backends.test.mjs`.
const PACKAGE_TESTS: u64 = 14;

/// The package that `cargo vitae build signer` builds.
fn package() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../wasm/pkg")
}

/// What computes the package's signatures: `node:crypto` or the WASM.
const BACKENDS: [&str; 2] = ["host", "wasm"];

/// Runs Node's test runner in `conformance/`, with a backend.
fn run(node: impl AsRef<OsStr>, backend: &str, arguments: &[&str]) -> NodeTests {
    let mut command = Command::new(node);
    command.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance"));
    command.args(["--test", "--test-reporter=tap"]).args(arguments).env("VITAE_SIGNER_PACKAGE", package());
    command.env("VITAE_SIGNER_BACKEND", backend);
    for name in ["VITAE_CONFORMANCE_MODULES", "VITAE_BROWSER_MODULES", "VITAE_PYTHON"] {
        command.env(name, tool(name));
    }
    NodeTests::run(&mut command)
}

#[test]
fn the_package_signs_like_other_signers_where_they_are_right() {
    for backend in BACKENDS {
        let tests = run(tool("VITAE_NODE"), backend, &[]);
        eprintln!("signer, {backend}: {} passed, {} skipped", tests.passed, tests.skipped);
        assert!(tests.passed >= TESTS && tests.skipped == 0, "tests are missing:\n{}", tests.output);
    }
}

#[test]
fn the_package_runs_in_the_next_node_and_in_the_systems() {
    for node in [tool("VITAE_NODE24"), "node".into()] {
        let tests = run(&node, "host", &["package.test.mjs", "backends.test.mjs"]);
        assert!(tests.passed >= PACKAGE_TESTS && tests.skipped == 0, "{node:?}:\n{}", tests.output);
    }
}

/// Runs `cargo check` on the crate with only these features.
fn check(features: &str) -> Output {
    Command::new(env!("CARGO"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(".."))
        .args([
            "check",
            "--quiet",
            "--locked",
            "--package",
            "vitae-signer",
            "--no-default-features",
            "--features",
            features,
        ])
        .output()
        .expect("cargo starts")
}

#[test]
fn every_combination_of_features_compiles_without_warnings() {
    for features in ["", "p256", "rsa", "std", "p256,rsa", "p256,std", "rsa,std", "host,p256,rsa"] {
        let checked = check(features);
        assert!(checked.status.success() && checked.stderr.is_empty(), "{features:?}: {checked:?}");
    }
}
