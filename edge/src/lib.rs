//! What happens at CloudFront's edge: who may count and who may mint, and the link that is minted.
//!
//! Lambda@Edge runs Node or Python, so this crate is compiled to WASM and called by a small Node entry. Nothing here
//! reads a clock, a file or the network: the event, the configuration and the time come as arguments.

pub mod parameters;

#[cfg(test)]
mod testing;
