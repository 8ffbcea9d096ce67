//! Shared by these tests: a separate ministack for each.

use std::path::Path;

use vitae_cloud::dev::{
    ministack::{self, Ministack},
    tools::Tools,
};

/// Options for this state. `cargo vitae test` sets the paths of the programs.
pub(crate) fn options(state: &Path) -> ministack::Options {
    let tools = Tools::from_env().unwrap_or_else(|error| panic!("{error}"));
    ministack::Options { executable: tools.ministack, node: tools.node, state: state.to_owned(), fresh: false }
}

/// Starts a ministack with this state.
pub(crate) async fn start(state: &Path) -> Ministack {
    Ministack::start(&options(state)).await.unwrap_or_else(|error| panic!("{error}"))
}
