//! What `bootstrap.yaml` made in the account, once, for all stacks.

use super::{Error, stack::values};
use crate::cloud::Cloud;

/// The name that the stack of `bootstrap.yaml` has in every account.
pub(super) const STACK: &str = "vitae-bootstrap";

/// What a deployment takes from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bootstrap {
    /// The bucket of the functions' zips.
    pub artifact_bucket: String,
    /// The policy beyond which no role of a stack can go.
    pub permissions_boundary: String,
}

impl Bootstrap {
    /// Reads it from the account.
    ///
    /// # Errors
    /// [`Error::NoBootstrap`] if it was not made there, or not by this template.
    pub async fn read(cloud: &Cloud) -> Result<Self, Error> {
        let mut outputs = values(cloud, STACK).await?.ok_or(Error::NoBootstrap)?;
        let mut of = |name| outputs.remove(name).ok_or(Error::NoBootstrap);
        Ok(Self { artifact_bucket: of("ArtifactBucket")?, permissions_boundary: of("PermissionsBoundary")? })
    }
}
