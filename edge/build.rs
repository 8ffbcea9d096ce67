//! Limits the memory of the WASM module.

/// In bytes: hundreds of times the largest event's need, and a small part of the function's 128 MB. A request that needs
/// more traps, which costs that request and not the environment.
const MEMORY_BYTES: u32 = 16 * 1024 * 1024;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo::rustc-link-arg-cdylib=--max-memory={MEMORY_BYTES}");
    }
}
