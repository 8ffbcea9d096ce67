//! Rust to WASM with its JavaScript glue.

use std::path::{Path, PathBuf};

use vitae_setup::{WasmToolchain, run};
use wasm_bindgen_cli_support::Bindgen;

use crate::BundleError;

/// A compiled module and the ES module that loads it.
pub struct Glue {
    /// `<name>.js`: wasm-bindgen's `web` target, with `initSync` and `__wbg_reset_state`.
    pub js: String,
    /// `<name>_bg.wasm`.
    pub wasm: Vec<u8>,
    /// `<name>.d.ts`, where it was asked for.
    pub types: Option<String>,
}

/// Compiles `package` of `repository` for the edge and makes its glue.
///
/// # Errors
/// [`BundleError::NoWasmToolchain`] on a machine that was not set up; [`BundleError::Command`] with the compiler's words;
/// [`BundleError::Glue`] where wasm-bindgen refuses the module.
pub fn build(repository: &Path, package: &str, features: &[&str]) -> Result<Glue, BundleError> {
    let toolchain = WasmToolchain::find().ok_or(BundleError::NoWasmToolchain)?;
    let target = crate::target(repository).join("vitae").join("wasm");
    let mut cargo = toolchain.cargo_build(&target);
    cargo.current_dir(repository).args(["--lib", "--package", package]);
    if !features.is_empty() {
        cargo.arg("--features").arg(features.join(","));
    }
    run(&mut cargo)?;
    let name = package.replace('-', "_");
    glue(&target.join("wasm32-unknown-unknown/wasm").join(&name).with_extension("wasm"), &name)
}

fn glue(module: &Path, name: &str) -> Result<Glue, BundleError> {
    let refused = |error: &dyn std::fmt::Display| BundleError::Glue {
        module: PathBuf::from(module),
        reason: format!("{error:#}"),
    };
    let mut bindgen = Bindgen::new();
    let mut output = bindgen
        .input_path(module)
        .out_name(name)
        .web(true)
        .map_err(|error| refused(&error))?
        .typescript(true)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        // What lets the entry replace an instance that trapped.
        .reset_state_function(true)
        .generate_output()
        .map_err(|error| refused(&error))?;
    let wasm = output.wasm_mut().emit_wasm();
    Ok(Glue { js: output.js().to_owned(), types: output.ts().map(str::to_owned), wasm })
}
