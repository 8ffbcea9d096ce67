//! `vitae-bundle`, the program of `cargo vitae build`.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, ValueEnum};
use serde_json::json;
use vitae_bundle::{
    Architecture, Artifact, BundleError, EdgeOptions, EdgeProfile, Lambda, edge, lambda, repository, signer, target,
};
use vitae_setup::Progress;

/// Build the artifacts to deploy and print their paths.
#[derive(Parser)]
#[command(name = "vitae build", version)]
struct Arguments {
    /// What to build.
    #[arg(value_enum, default_values_t = [What::Edge, What::Counter, What::Regional])]
    what: Vec<What>,

    /// The prefix of the stack's parameters, /vitae/NAME/, which the edge function's zip contains.
    #[arg(long, default_value = "/vitae/vitae/")]
    prefix: String,

    /// The region of the parameters, which the edge function's zip contains.
    #[arg(long, default_value = "us-east-1")]
    region: String,

    /// The folder to write to; by default a folder in cargo's target folder, and `wasm/pkg` for the signer.
    #[arg(long)]
    out: Option<PathBuf>,

    /// The checkout to build; by default the one that this program was built from.
    #[arg(long)]
    checkout: Option<PathBuf>,

    /// The processor of the regional Lambdas: x86_64 or arm64.
    #[arg(long, default_value_t, value_parser = Architecture::parse)]
    arch: Architecture,

    /// Build the edge function without optimization, in seconds, as `dev` does.
    #[arg(long)]
    quick: bool,

    /// Also unpack each zip next to it, for the tests that run its contents.
    #[arg(long)]
    unpacked: bool,

    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    /// The Lambda@Edge bundle: Node entry, WASM, glue.
    Edge,
    /// The Lambda that counts visits.
    Counter,
    /// The other regional Lambdas, such as the one that owns the signing keys.
    Regional,
    /// The signer as an npm package.
    Signer,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match build(&arguments) {
        Ok(artifacts) => {
            print(&artifacts, arguments.json);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("vitae build: {error}");
            ExitCode::FAILURE
        }
    }
}

fn build(arguments: &Arguments) -> Result<Vec<Artifact>, BundleError> {
    let progress = Progress::stderr();
    let repository = arguments.checkout.clone().unwrap_or_else(repository);
    arguments
        .what
        .iter()
        .map(|what| {
            let name = what.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
            let step = progress.step(format!("Build {name}"));
            let artifact = one(*what, arguments, &repository, &name)?;
            if arguments.unpacked && !matches!(what, What::Signer) {
                artifact.unpack()?;
            }
            step.done("");
            Ok(artifact)
        })
        .collect()
}

fn one(what: What, arguments: &Arguments, repository: &Path, name: &str) -> Result<Artifact, BundleError> {
    let artifacts = arguments.out.clone().unwrap_or_else(|| target(repository).join("vitae").join("artifacts"));
    let zip = &artifacts.join(name).with_extension("zip");
    match what {
        What::Edge => edge(&EdgeOptions {
            repository: repository.to_owned(),
            prefix: arguments.prefix.clone(),
            region: arguments.region.clone(),
            profile: if arguments.quick { EdgeProfile::Dev } else { EdgeProfile::Deploy },
            out: zip.clone(),
        }),
        What::Counter => lambda(repository, Lambda::Counter, arguments.arch, zip),
        What::Regional => lambda(repository, Lambda::Regional, arguments.arch, zip),
        What::Signer => {
            let package = arguments.out.as_ref().map_or_else(|| repository.join("wasm/pkg"), |out| out.join(name));
            signer(repository, &package)
        }
    }
}

fn print(artifacts: &[Artifact], as_json: bool) {
    if as_json {
        let rows: Vec<_> = artifacts
            .iter()
            .map(|artifact| json!({ "path": artifact.path(), "sha256": artifact.sha256_hex(), "bytes": artifact.bytes() }))
            .collect();
        println!("{}", json!(rows));
        return;
    }
    for artifact in artifacts {
        println!(
            "{:>10} bytes  sha256 {}…  {}",
            artifact.bytes(),
            &artifact.sha256_hex()[..12],
            artifact.path().display()
        );
    }
}
