//! The edge function beside one that is written the usual way: JavaScript, the AWS SDK's client and the AWS SDK's signer
//! (`tests/peers/edge`). Both run in the Node of the edge, from the same parameters, on the same events.

mod bundle_size;
mod contestant;
mod fresh;
mod memory;
mod parameter_store;
mod quota;
mod rounds;

use std::path::PathBuf;

use crate::report::Report;
use contestant::Ring;
use parameter_store::Algorithm;
use quota::Quota;

/// Why the edge could not be measured.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EdgeFailure {
    /// A tool that set-up finds.
    #[error("{0} is not set: run `cargo vitae bench edge`")]
    Unset(&'static str),
    /// The bundle could not be built.
    #[error("the bundle cannot be built: {0}")]
    Bundle(#[from] vitae_bundle::BundleError),
    /// A file, a folder, a process or a socket.
    #[error("{what}: {source}")]
    Io {
        /// What was done.
        what: String,
        /// Why not.
        source: std::io::Error,
    },
    /// A contestant did not do what is measured.
    #[error("{who} said {said:?} where figures were expected")]
    Said {
        /// Which script.
        who: PathBuf,
        /// The line.
        said: String,
    },
}

impl EdgeFailure {
    fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what: what.into(), source }
    }
}

/// Measures everything; minutes.
pub(crate) fn measure() -> Result<Report, EdgeFailure> {
    let ring = Ring::set_up()?;
    let quota = Quota::find();
    let measured_on = vec![
        Report::processor(),
        format!("Node: {}", ring.node_version()?),
        format!("one fourteenth of a processor: {}", quota.name()),
        "the peer's modules are not bundled, as those that Lambda's runtime ships are not".to_owned(),
    ];
    let mut figures = vec![bundle_size::figure(&ring)];
    figures.extend(fresh::figures(&ring, None)?);
    figures.extend(fresh::figures(&ring, Some(&quota))?);
    for algorithm in [Algorithm::P256, Algorithm::Rsa] {
        figures.extend(rounds::figures(&ring, algorithm)?);
    }
    figures.extend(memory::figures(&ring)?);
    Ok(Report { measured_on, figures })
}
