//! The most memory that the WASM may have.

/// In bytes: hundreds of times what the largest event needs, and little of the 128 MB that the function has. What asks for
/// more traps, which costs its own request and not the environment.
const MEMORY_BYTES: u32 = 16 * 1024 * 1024;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo::rustc-link-arg-cdylib=--max-memory={MEMORY_BYTES}");
    }
}
