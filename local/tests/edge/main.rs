//! The local edge before a real ministack, with a real Node: tiny distributions, tiny functions, one rule a test.
//!
//! `VITAE_MINISTACK` is the path of ministack, `VITAE_NODE` that of a Node 22, `VITAE_PYTHON` that of a Python with botocore,
//! `VITAE_CONFORMANCE_MODULES` that of the AWS SDK's signer for Node; `cargo vitae test` sets them all.

mod cache;
mod clients;
mod compression;
mod cors_accident;
mod door;
mod error_pages;
mod fields;
mod flood;
mod function_url;
mod https;
mod key_value_store;
mod lambda_at_edge;
mod live_reload;
mod read_only;
mod refused;
mod signed_urls;
mod site;
mod support;
mod trace;
