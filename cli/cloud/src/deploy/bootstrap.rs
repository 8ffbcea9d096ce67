//! What `bootstrap.yaml` made in the account, once, for all stacks.

use super::stack::{Error, physical_id, values};
use crate::aws::{AwsClients, CallError};

/// The name that the stack of `bootstrap.yaml` has in every account.
pub const BOOTSTRAP: &str = "vitae-bootstrap";

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
    pub async fn read(aws: &AwsClients) -> Result<Self, Error> {
        let mut outputs = values(aws, BOOTSTRAP).await?.ok_or(Error::NoBootstrap)?;
        let mut of = |name| outputs.remove(name).ok_or(Error::NoBootstrap);
        Ok(Self { artifact_bucket: of("ArtifactBucket")?, permissions_boundary: of("PermissionsBoundary")? })
    }
}

/// The host of GitHub's identity provider, which ends the ARN that an account knows it by.
const GITHUB: &str = "token.actions.githubusercontent.com";

/// The account's identity provider for GitHub, if it has one that `bootstrap.yaml` did not make: an account can have only one, and
/// the stack must not let go of its own.
///
/// # Errors
/// The call that failed.
pub async fn github_provider(aws: &AwsClients) -> Result<Option<String>, CallError> {
    if physical_id(aws, BOOTSTRAP, "GitHub").await.is_ok_and(|id| !id.is_empty()) {
        return Ok(None);
    }
    let listed = aws.iam().list_open_id_connect_providers().send().await;
    let listed = listed.map_err(|error| CallError::new("ListOpenIDConnectProviders", &error))?;
    let arns = listed.open_id_connect_provider_list().iter().filter_map(|provider| provider.arn());
    Ok(arns.into_iter().find(|arn| arn.ends_with(&format!("/{GITHUB}"))).map(str::to_owned))
}
