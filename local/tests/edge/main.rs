//! Tests of the local edge with ministack and Node: small distributions and functions, one rule for each test.
//!
//! `cargo vitae test` sets the variables with the paths of their tools: `VITAE_MINISTACK`, `VITAE_NODE24` (Node 24),
//! `VITAE_PYTHON` (with botocore) and `VITAE_CONFORMANCE_MODULES` (the AWS SDK's signer for Node).

mod cache;
mod cli_output;
mod clients;
mod compression;
mod corpus;
mod cors_cache;
mod error_pages;
mod folder_origin;
mod function_url;
mod hostile_viewers;
mod https;
mod key_value_store;
mod lambda_at_edge;
mod live_reload;
mod malformed_requests;
mod observed;
mod origin_events;
mod read_only;
mod rejected_distributions;
mod request_trace;
mod signed_urls;
mod site;
mod support;
mod support_table;
mod template;
mod viewer_response;
