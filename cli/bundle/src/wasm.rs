//! Rust to WASM with its JavaScript glue.

use std::path::{Path, PathBuf};

use vitae_setup::{Profile, WasmToolchain, run};
use wasm_bindgen_cli_support::Bindgen;

use crate::{BundleError, zeros};

/// A compiled module and the ES module that loads it.
pub(crate) struct Glue {
    /// `<name>.js`: wasm-bindgen's `web` target, with `initSync`.
    pub(crate) js: String,
    /// `<name>_bg.wasm`.
    pub(crate) wasm: Vec<u8>,
}

/// What to compile, and how.
pub(crate) struct Recipe {
    pub(crate) package: &'static str,
    pub(crate) features: &'static [&'static str],
    pub(crate) profile: Profile,
    /// Dependencies that are built for size, each with its `opt-level`: `s` or `z`.
    pub(crate) small: &'static [(&'static str, &'static str)],
    /// Whether the glue gets `__wbg_reset_state`, which replaces an instance that trapped.
    pub(crate) replaceable: bool,
}

/// Compiles a package of `repository` and generates its glue.
///
/// # Errors
/// [`BundleError::NoWasmToolchain`] on a machine that was not set up; [`BundleError::Command`] with the compiler's output;
/// [`BundleError::Glue`] if wasm-bindgen rejects the module.
pub(crate) fn build(repository: &Path, recipe: &Recipe) -> Result<Glue, BundleError> {
    let toolchain = WasmToolchain::find().ok_or(BundleError::NoWasmToolchain)?;
    let target = crate::target(repository).join("vitae").join("wasm");
    let mut cargo = toolchain.cargo(recipe.profile, repository, &target);
    cargo.args(["--package", recipe.package]);
    if !recipe.features.is_empty() {
        cargo.arg("--features").arg(recipe.features.join(","));
    }
    for (dependency, level) in recipe.small {
        let profile = recipe.profile.name();
        cargo.arg("--config").arg(format!("profile.{profile}.package.{dependency}.opt-level={level:?}"));
    }
    run(&mut cargo)?;
    let name = recipe.package.replace('-', "_");
    let built = target.join("wasm32-unknown-unknown").join(recipe.profile.name());
    glue(&built.join(&name).with_extension("wasm"), &name, recipe.replaceable)
}

fn glue(module: &Path, name: &str, replaceable: bool) -> Result<Glue, BundleError> {
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
        // The types are written by hand, with documentation.
        .typescript(false)
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .reset_state_function(replaceable)
        .generate_output()
        .map_err(|error| refused(&error))?;
    zeros::leave_out(output.wasm_mut());
    let wasm = output.wasm_mut().emit_wasm();
    Ok(Glue { js: output.js().to_owned(), wasm })
}
