//! Installs the tools that Vitae's commands need.
//!
//! Every tool is pinned in a file of this repository and installed once, into [the user's cache folder](cache) and never into
//! the checkout. On Debian, some things come from its packages, which are listed before they are installed: Rust for WASM, if
//! the installed Rust does not have that target, and the libraries of a browser. If everything is installed already, the
//! set-up takes milliseconds.
//!
//! ```no_run
//! use std::path::Path;
//! use vitae_setup::{Need, Progress, set_up};
//!
//! let machine = set_up(Need::Dev, Path::new("."), &Progress::stderr())?;
//! for (name, value) in machine.environment() {
//!     println!("{name}={}", value.display());
//! }
//! # Ok::<(), vitae_setup::SetupError>(())
//! ```

pub mod cache;
mod command;
mod commands;
mod debian;
mod error;
mod guard;
mod machine;
mod nextest;
mod npm;
mod paths;
mod progress;
mod python;
mod wasm;
mod zigbuild;

pub use command::{cargo, run};
pub use commands::{COMMANDS, CommandSpec, Program};
pub use error::SetupError;
pub use machine::{Machine, Need, set_up};
pub use paths::{remapped_paths, repository, target};
pub use progress::{Progress, Step};
pub use wasm::{Profile, WasmToolchain, has_standard_library};
pub use zigbuild::Zigbuild;
