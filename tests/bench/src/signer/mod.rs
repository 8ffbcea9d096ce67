//! Benchmarks of signing: the npm package, with both of its backends, against the AWS SDK for JavaScript with the same key in the
//! same form, and against `@noble/curves`, which pages use; native code against `aws-lc-rs`.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Error, figure::Figure, report::Report, samples::Samples, tool};

/// Measurements of each case in a warm process.
const ROUNDS: u32 = 60;
/// New processes, for cold starts.
const STARTS: u32 = 15;

/// A type of key, with the goals of the host backend as shares of the AWS SDK's time.
#[derive(Clone, Copy)]
struct Key {
    id: &'static str,
    name: &'static str,
    pem_goal: Option<f64>,
    parsed_goal: Option<f64>,
}

const KEYS: [Key; 2] = [
    Key { id: "p256", name: "P-256", pem_goal: Some(0.5), parsed_goal: Some(1.0) },
    Key { id: "rsa", name: "RSA", pem_goal: Some(0.5), parsed_goal: None },
];

/// What computes the package's signatures.
#[derive(Clone, Copy)]
struct Backend {
    id: &'static str,
    name: &'static str,
    has_goals: bool,
}

const BACKENDS: [Backend; 2] =
    [Backend { id: "host", name: "host", has_goals: true }, Backend { id: "wasm", name: "WASM", has_goals: false }];

/// A Node program, and its name in the report.
struct Node {
    program: PathBuf,
    name: &'static str,
}

/// Runs the benchmarks, in the Node version of the edge and in the next one.
pub(crate) fn measure(repository: &Path) -> Result<Report, Error> {
    let nodes = [
        Node { program: tool("VITAE_NODE")?, name: "Node 22" },
        Node { program: tool("VITAE_NODE24")?, name: "Node 24" },
    ];
    crate::build("signer")?;
    let package = repository.join("wasm/pkg");
    let mut figures = Vec::new();
    for node in &nodes {
        figures.extend(measure_wasm(node, &package)?);
    }
    figures.extend(measure_native(repository)?);
    figures.extend(measure_size(&package)?);
    let programs = nodes.iter().map(|node| node.program.display().to_string());
    let mut measured_on = vec![Report::processor()];
    measured_on.extend(programs.map(|program| version(&program)).collect::<Result<Vec<_>, _>>()?);
    Ok(Report { measured_on, figures })
}

fn measure_wasm(node: &Node, package: &Path) -> Result<Vec<Figure>, Error> {
    let modules = tool("VITAE_CONFORMANCE_MODULES")?;
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/signer");
    let script = |name: &str| {
        let mut command = Command::new(&node.program);
        command.arg(scripts.join(name));
        command
    };
    let mut warm = Samples::default();
    warm.add(script("warm.mjs").arg(package).arg(&modules).arg(ROUNDS.to_string()))?;
    let mut cold = Samples::default();
    for _ in 0..STARTS {
        for key in KEYS {
            for backend in BACKENDS {
                cold.add(script("cold.mjs").args([key.id, backend.id]).arg(package))?;
            }
            cold.add(script("cold.mjs").args([key.id, "aws"]).arg(&modules))?;
        }
    }
    let figure = |what: String, samples: &Samples, ours: &str, peer: &str, goal: Option<f64>| {
        let figure = Figure::new(format!("{}: {what}", node.name), samples.median(ours), "ms", samples.get(ours).len());
        let figure = figure.against(samples.median(peer));
        goal.map_or(figure.clone(), |goal| figure.at_most(goal))
    };
    let mut figures = Vec::new();
    for backend in BACKENDS {
        for key in KEYS {
            for (form, name, goal) in
                [("pem", "PEM, one call", key.pem_goal), ("parsed", "parsed key", key.parsed_goal)]
            {
                let what = format!("{} backend, {}, {name} / AWS SDK", backend.name, key.name);
                let (ours, peer) = (format!("{}.{}.{form}", backend.id, key.id), format!("aws.{}.{form}", key.id));
                figures.push(figure(what, &warm, &ours, &peer, goal.filter(|_| backend.has_goals)));
            }
        }
    }
    let what = "WASM backend, P-256, parsed key / @noble/curves".to_owned();
    figures.push(figure(what, &warm, "wasm.p256.parsed", "noble.p256.parsed", Some(0.3)));
    for backend in BACKENDS {
        for key in KEYS {
            let what = format!("{} backend, {}, import and first URL / AWS SDK", backend.name, key.name);
            let (ours, peer) = (format!("cold.{}.{}", key.id, backend.id), format!("cold.{}.aws", key.id));
            figures.push(figure(what, &cold, &ours, &peer, backend.has_goals.then_some(0.5)));
            let what = format!("{} backend, {}, import / AWS SDK", backend.name, key.name);
            figures.push(figure(what, &cold, &(ours + ".import"), &(peer + ".import"), None));
        }
    }
    Ok(figures)
}

/// Uses a separate release build: the builds for tests are not optimised.
fn measure_native(repository: &Path) -> Result<Vec<Figure>, Error> {
    let mut samples = Samples::default();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["run", "--quiet", "--locked", "--release", "--package", "vitae-peer-signer"];
    samples.add(Command::new(cargo).current_dir(repository).args(arguments))?;
    let figure = |what: &str, ours: &str, peer: &str| {
        Figure::new(format!("native: {what} / aws-lc-rs"), samples.median(ours), "ms", samples.get(ours).len())
            .against(samples.median(peer))
    };
    Ok(vec![
        figure("P-256 with SHA-256", "ours.p256", "aws-lc.p256"),
        figure("RSA with SHA-256", "ours.rsa", "aws-lc.rsa"),
    ])
}

/// The size of the module that a page loads.
fn measure_size(package: &Path) -> Result<Vec<Figure>, Error> {
    let module = package.join("vitae_signer_bg.wasm");
    let bytes = std::fs::read(&module).map_err(|source| Error::Read { path: module.clone(), source })?;
    let mut gzipped = Samples::default();
    let size = "console.log(JSON.stringify({ gzipped: [require('zlib').gzipSync(require('fs').readFileSync(process.argv[1]), { level: 9 }).length] }))";
    gzipped.add(Command::new(tool("VITAE_NODE")?).args(["-e", size]).arg(&module))?;
    #[expect(clippy::cast_precision_loss, reason = "a size of kilobytes")]
    let whole = bytes.len() as f64;
    Ok(vec![
        Figure::new("package: .wasm", whole / 1000.0, "kB", 1).at_most(250.0),
        Figure::new("package: .wasm, gzipped", gzipped.median("gzipped") / 1000.0, "kB", 1).at_most(110.0),
    ])
}

fn version(program: &str) -> Result<String, Error> {
    let command = format!("{program} --version");
    let ran = Command::new(program).arg("--version").output().map_err(|source| Error::Start { command, source })?;
    Ok(format!("Node {}", String::from_utf8_lossy(&ran.stdout).trim()))
}
