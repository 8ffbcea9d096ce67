//! The edge function compared with a conventional implementation in JavaScript, with the AWS SDK's client and signer
//! (`tests/peers/edge`). Both run in the edge's Node, with the same parameters and events.

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
    /// The path of a tool is missing from the environment.
    #[error("{0} is not set: run `cargo vitae bench edge`")]
    Unset(&'static str),
    /// The bundle could not be built.
    #[error("could not build the bundle: {0}")]
    Bundle(#[from] vitae_bundle::BundleError),
    /// A file, a folder, a process or a socket.
    #[error("{what}: {source}")]
    Io {
        /// The operation.
        what: String,
        /// The cause.
        source: std::io::Error,
    },
    /// A script printed no figures.
    #[error("{who} printed {output:?} instead of figures")]
    Output {
        /// The script.
        who: PathBuf,
        /// The line.
        output: String,
    },
}

impl EdgeFailure {
    fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        move |source| Self::Io { what: what.into(), source }
    }
}

/// Measures everything, which takes minutes.
pub(crate) fn measure() -> Result<Report, EdgeFailure> {
    let ring = Ring::set_up()?;
    let quota = Quota::find();
    let measured_on = vec![
        Report::processor(),
        format!("Node: {}", ring.node_version()?),
        format!("one fourteenth of a processor: {}", quota.name()),
        "the peer's modules are not bundled, like those of Lambda's runtime".to_owned(),
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
