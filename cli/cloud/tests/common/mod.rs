//! What these tests share: a ministack with a state of its own.

use std::path::Path;

use vitae_cloud::dev::{
    ministack::{self, Ministack},
    tools::Tools,
};

/// How to start it on this state. `cargo vitae test` says where the programs are.
pub(crate) fn options(state: &Path) -> ministack::Options {
    let tools = Tools::from_env().unwrap_or_else(|error| panic!("{error}"));
    ministack::Options { executable: tools.ministack, node: tools.node, state: state.to_owned(), fresh: false }
}

/// A running one.
pub(crate) async fn start(state: &Path) -> Ministack {
    Ministack::start(&options(state)).await.unwrap_or_else(|error| panic!("{error}"))
}
