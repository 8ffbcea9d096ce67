//! Benchmarks of signing: the WASM against the AWS SDK for JavaScript and `node:crypto`, native code against `aws-lc-rs`.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Error, figure::Figure, report::Report, samples::Samples, tool};

/// Measurements of each case in a warm process.
const ROUNDS: u32 = 60;
/// New processes, for cold starts.
const STARTS: u32 = 15;

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
        cold.add(script("cold.mjs").arg("ours").arg(package))?;
        cold.add(script("cold.mjs").arg("aws").arg(&modules))?;
    }
    let name = |what: &str| format!("{}: {what}", node.name);
    let figure = |what: &str, samples: &Samples, of: &str| {
        Figure::new(name(what), samples.median(of), "ms", samples.get(of).len())
    };
    let aws = warm.median("aws.rsa");
    Ok(vec![
        figure("P-256 URL by Signer / AWS SDK's RSA URL", &warm, "signer.p256").against(aws).at_most(0.25),
        figure("P-256 URL by getSignedUrl / AWS SDK's RSA URL", &warm, "once.p256").against(aws).at_most(0.25),
        figure("P-256 URL by Signer / bare node:crypto", &warm, "signer.p256")
            .against(warm.median("node.p256"))
            .at_most(8.0),
        figure("RSA URL by Signer / bare node:crypto", &warm, "signer.rsa").against(warm.median("node.rsa")),
        figure("RSA URL by getSignedUrl / AWS SDK's RSA URL", &warm, "once.rsa").against(aws),
        figure("cold: import", &cold, "cold.import"),
        figure("cold: instantiate", &cold, "cold.instantiate"),
        figure("cold: parse the P-256 key", &cold, "cold.parse"),
        figure("cold: first P-256 URL", &cold, "cold.first"),
        figure("cold: total / AWS SDK's first RSA URL", &cold, "cold.ours").against(cold.median("cold.aws")),
    ])
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
