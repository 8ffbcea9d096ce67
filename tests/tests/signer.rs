//! The signer's npm package beside other signers: the AWS SDK for JavaScript, botocore, OpenSSL. The scripts are in
//! `conformance/`; here they get the package, the Nodes and the others.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
    process::Command,
};

use vitae_tests::{NodeTests, tool};

/// As many tests as were written; fewer would mean that some were not found.
const TESTS: u64 = 261;

/// Of these, the tests of the package itself.
const TESTS_OF_THE_PACKAGE: u64 = 7;

/// The package that `cargo vitae build signer` built.
fn package() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../wasm/pkg")
}

/// `program` in the folder of the tests, which are run as `arguments` say.
fn run(program: impl AsRef<OsStr>, arguments: &[&str]) -> NodeTests {
    let mut node = Command::new(program);
    node.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("conformance"));
    node.args(["--test", "--test-reporter=tap"]).args(arguments).env("VITAE_SIGNER_PACKAGE", package());
    for name in ["VITAE_CONFORMANCE_MODULES", "VITAE_BROWSER_MODULES", "VITAE_PYTHON"] {
        node.env(name, tool(name));
    }
    NodeTests::run(&mut node)
}

#[test]
fn the_package_signs_as_other_signers_do_where_they_are_right() {
    let tests = run(tool("VITAE_NODE"), &[]);
    eprintln!("signer: {} passed, {} skipped", tests.passed, tests.skipped);
    assert!(tests.passed >= TESTS && tests.skipped == 0, "tests are missing:\n{}", tests.output);
}

#[test]
fn the_package_runs_in_the_node_that_comes_next_and_in_the_machines_own() {
    for node in [tool("VITAE_NODE24"), "node".into()] {
        let tests = run(&node, &["package.test.mjs"]);
        assert!(tests.passed >= TESTS_OF_THE_PACKAGE && tests.skipped == 0, "{node:?}:\n{}", tests.output);
    }
}
