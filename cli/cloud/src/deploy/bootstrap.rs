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

/// Two stack names of which one grants permissions on the other's resources.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "stack names {name:?} and {other:?}: permissions are granted by prefix, so neither may start with the other and a hyphen"
)]
pub struct StackNameError {
    name: String,
    other: String,
}

/// Checks the names of an account's stacks. A role of the stack `a` may manage every resource whose name starts with `a-`.
/// The name of an environment in another account is empty.
///
/// # Errors
/// [`StackNameError`].
pub fn check_stack_names(staging: &str, production: &str) -> Result<(), StackNameError> {
    let names = [staging, production, BOOTSTRAP_STACK];
    let begins =
        |name: &str, other: &str| other == name || other.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'));
    for (index, name) in names.iter().enumerate() {
        for other in &names[index + 1..] {
            if !name.is_empty() && !other.is_empty() && (begins(name, other) || begins(other, name)) {
                return Err(StackNameError { name: (*name).to_owned(), other: (*other).to_owned() });
            }
        }
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_name_that_grants_permissions_on_another_stacks_resources_is_refused() {
        for (staging, production) in [
            ("vitae", "production"),
            ("staging", "vitae"),
            ("vitae-bootstrap", "production"),
            ("staging", "vitae-bootstrap-two"),
            ("resume", "resume-production"),
            ("resume-staging", "resume"),
            ("resume", "resume"),
            ("", "vitae-bootstrap"),
        ] {
            let error = check_stack_names(staging, production).unwrap_err().to_string();
            assert!(error.contains("prefix"), "{staging:?} {production:?}: {error}");
        }
        for (staging, production) in [
            ("vitae-staging", "vitae-production"),
            ("resume", "resume2"),
            ("", "vitae-production"),
            ("vitae-staging", ""),
        ] {
            check_stack_names(staging, production).unwrap();
        }
    }
}
