//! Puts what Vitae needs on a machine.
//!
//! Every tool is pinned in a file of this repository and installed once, into [the user's cache folder](cache), never into the
//! tree; what only the system's package manager has (a WASM standard library where rustup cannot be asked, the libraries of a
//! browser) comes from Debian's packages and is named before it is installed. Running it again finds everything in place and
//! takes milliseconds.
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
