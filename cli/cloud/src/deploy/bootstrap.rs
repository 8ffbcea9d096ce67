//! The bootstrap stack of an account, which all systems in it share.

use super::stack::{Error, output_values, physical_id};
use crate::aws::{AwsClients, CallError};

/// The name of the stack of `bootstrap.yaml` in every account.
pub const BOOTSTRAP_STACK: &str = "vitae-bootstrap";

/// The outputs of the bootstrap stack that a deployment needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bootstrap {
    /// The artifact bucket.
    pub artifact_bucket: String,
    /// The permissions boundary of every role of a system.
    pub permissions_boundary: String,
}

impl Bootstrap {
    /// Reads the outputs from the account.
    ///
    /// # Errors
    /// [`Error::NoBootstrap`] if the stack does not exist or was created from another template.
    pub async fn read(aws: &AwsClients) -> Result<Self, Error> {
        let mut outputs = output_values(aws, BOOTSTRAP_STACK).await?.ok_or(Error::NoBootstrap)?;
        let mut output = |name| outputs.remove(name).ok_or(Error::NoBootstrap);
        Ok(Self { artifact_bucket: output("ArtifactBucket")?, permissions_boundary: output("PermissionsBoundary")? })
    }
}

/// The host of GitHub's identity provider, which is the end of the provider's ARN.
const GITHUB: &str = "token.actions.githubusercontent.com";

/// The ARN of the account's GitHub identity provider, if the bootstrap stack did not create it. An account can have only one, and
/// the stack must not delete the one that it created.
///
/// # Errors
/// The call that failed.
pub async fn find_github_provider(aws: &AwsClients) -> Result<Option<String>, CallError> {
    if physical_id(aws, BOOTSTRAP_STACK, "GitHub").await.is_ok_and(|id| !id.is_empty()) {
        return Ok(None);
    }
    let listed = aws.iam().list_open_id_connect_providers().send().await;
    let listed = listed.map_err(|error| CallError::new("ListOpenIDConnectProviders", &error))?;
    let arns = listed.open_id_connect_provider_list().iter().filter_map(|provider| provider.arn());
    Ok(arns.into_iter().find(|arn| arn.ends_with(&format!("/{GITHUB}"))).map(str::to_owned))
}
