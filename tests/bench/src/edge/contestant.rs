//! The two implementations that are compared, and how their processes are started.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use tempfile::TempDir;
use vitae_bundle::{EdgeOptions, EdgeProfile};

use super::{
    EdgeFailure,
    parameter_store::{PREFIX, ParameterStore},
};

/// The implementation that handles a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Contestant {
    Ours,
    Peer,
}

/// Both implementations, ready to start.
pub(super) struct Ring {
    node: PathBuf,
    scripts: PathBuf,
    ours: PathBuf,
    peer: PathBuf,
    bundle_bytes: usize,
    _scratch: TempDir,
}

/// Node's options in a Lambda function of 128 MB: a tenth for new objects, in two halves, and the rest for old ones.
const MEMORY_OF_128_MB: [&str; 2] = ["--max-semi-space-size=6", "--max-old-space-size=116"];

impl Ring {
    /// Builds the bundle as it is deployed, and places the peer next to its modules.
    pub(super) fn set_up() -> Result<Self, EdgeFailure> {
        let repository = vitae_bundle::repository();
        let variable = |name| std::env::var_os(name).map(PathBuf::from).ok_or(EdgeFailure::Unset(name));
        let (node, modules) = (variable("VITAE_NODE24")?, variable("VITAE_EDGE_PEER_MODULES")?);
        let out = vitae_bundle::target(&repository).join("vitae/artifacts/edge.zip");
        let artifact = vitae_bundle::edge(&EdgeOptions {
            repository: repository.clone(),
            prefix: PREFIX.to_owned(),
            region: "us-east-1".to_owned(),
            profile: EdgeProfile::Deploy,
            out,
        })?;
        let scratch = tempfile::tempdir().map_err(EdgeFailure::io("a scratch folder"))?;
        let peer = scratch.path().join("index.mjs");
        fs::copy(repository.join("tests/peers/edge/index.mjs"), &peer).map_err(EdgeFailure::io("copy the peer"))?;
        std::os::unix::fs::symlink(modules, scratch.path().join("node_modules"))
            .map_err(EdgeFailure::io("link the peer's modules"))?;
        Ok(Self {
            node,
            scripts: repository.join("tests/bench/src/edge"),
            ours: artifact.unpack()?.join("index.mjs"),
            peer,
            bundle_bytes: artifact.bytes(),
            _scratch: scratch,
        })
    }

    pub(super) fn bundle_bytes(&self) -> usize {
        self.bundle_bytes
    }

    /// The version of Node that runs both.
    pub(super) fn node_version(&self) -> Result<String, EdgeFailure> {
        let output = Command::new(&self.node).arg("--version").output().map_err(EdgeFailure::io("start Node"))?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    /// The path of a script of this benchmark.
    pub(super) fn script(&self, name: &str) -> PathBuf {
        self.scripts.join(name)
    }

    /// Node with a script and a contestant's module, in the environment of a Lambda function.
    pub(super) fn command(&self, script: &str, contestant: Contestant, store: &ParameterStore) -> Command {
        let module: &Path = match contestant {
            Contestant::Ours => &self.ours,
            Contestant::Peer => &self.peer,
        };
        let mut command = Command::new(&self.node);
        command
            .args(MEMORY_OF_128_MB)
            .arg(self.script(script))
            .arg(module)
            .env("AWS_ENDPOINT_URL_SSM", store.url())
            .env("AWS_REGION", "us-east-1")
            .env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "not-a-secret")
            .env("AWS_SESSION_TOKEN", "session")
            .stdin(Stdio::null())
            .stdout(Stdio::piped());
        command
    }
}
