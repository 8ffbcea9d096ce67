//! Checks what an account needs once: the bootstrap stack, and GitHub's identity provider, with which CI signs in.

use std::collections::BTreeMap;

use aws_sdk_iam::error::ProvideErrorMetadata as _;

use super::{Finding, Observed};
use crate::{
    aws::{AwsClients, CallError},
    deploy::{self, BOOTSTRAP_STACK},
};

const CHECK: &str = "bootstrap";

/// The audience of GitHub's tokens for AWS.
const AUDIENCE: &str = "sts.amazonaws.com";

pub(super) struct Facts {
    /// The outputs of the bootstrap stack, if it exists.
    outputs: Observed<Option<BTreeMap<String, String>>>,
    /// The audiences of the provider that the stack's roles trust; `None` if the account has no such provider.
    audiences: Observed<Option<Vec<String>>>,
}

impl Facts {
    fn output(&self, name: &str) -> Option<&str> {
        self.outputs.as_ref().ok()?.as_ref()?.get(name).map(String::as_str)
    }

    pub(super) fn artifact_bucket(&self) -> Option<&str> {
        self.output("ArtifactBucket")
    }

    pub(super) fn permissions_boundary(&self) -> Option<&str> {
        self.output("PermissionsBoundary")
    }
}

pub(super) async fn observe(aws: &AwsClients) -> Facts {
    let outputs = deploy::output_values(aws, BOOTSTRAP_STACK).await;
    let provider = outputs.as_ref().ok().and_then(Option::as_ref).and_then(|outputs| outputs.get("OidcProvider"));
    let audiences = match provider {
        None => Ok(None),
        Some(arn) => audiences(aws, arn).await,
    };
    Facts { outputs, audiences }
}

async fn audiences(aws: &AwsClients, arn: &str) -> Observed<Option<Vec<String>>> {
    match aws.iam().get_open_id_connect_provider().open_id_connect_provider_arn(arn).send().await {
        Ok(provider) => Ok(Some(provider.client_id_list().to_vec())),
        Err(error) if matches!(error.code(), Some("NoSuchEntity" | "NoSuchEntityException")) => Ok(None),
        Err(error) => Err(CallError::new(format!("GetOpenIDConnectProvider of {arn}"), &error)),
    }
}

pub(super) fn judge(facts: &Facts) -> Finding {
    let outputs = match &facts.outputs {
        Err(error) => return Finding::skipped(CHECK, error),
        Ok(None) => {
            return Finding::fail(
                CHECK,
                format!("the account has no stack {BOOTSTRAP_STACK}"),
                "as an administrator, run `cargo vitae bootstrap --repository OWNER/NAME`: it creates the artifact bucket, the \
                 permissions boundary, CI's roles, and GitHub's identity provider unless the account has it",
            );
        }
        Ok(Some(outputs)) => outputs,
    };
    let missing = ["ArtifactBucket", "PermissionsBoundary", "OidcProvider"];
    if let Some(name) = missing.into_iter().find(|name| !outputs.contains_key(*name)) {
        let found = format!("{BOOTSTRAP_STACK} has no output {name}");
        return Finding::fail(CHECK, found, "update it: run `cargo vitae bootstrap` of this version");
    }
    let provider = &outputs["OidcProvider"];
    match &facts.audiences {
        Err(error) => Finding::skipped(CHECK, error),
        Ok(None) => Finding::fail(
            CHECK,
            format!("the identity provider {provider} does not exist, so CI cannot sign in"),
            "run `cargo vitae bootstrap` again: it creates the provider",
        ),
        Ok(Some(audiences)) if !audiences.iter().any(|audience| audience == AUDIENCE) => Finding::fail(
            CHECK,
            format!("{provider} accepts tokens for {} and not for {AUDIENCE}", audiences.join(", ")),
            format!(
                "`aws iam add-client-id-to-open-id-connect-provider --open-id-connect-provider-arn {provider} --client-id {AUDIENCE}`"
            ),
        ),
        Ok(Some(_)) => Finding::pass(CHECK, format!("{BOOTSTRAP_STACK}, whose roles trust {provider}")),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::Verdict, *};

    fn facts(outputs: &[&str], audiences: Option<&[&str]>) -> Facts {
        let outputs = outputs.iter().map(|name| ((*name).to_owned(), format!("the {name}"))).collect();
        let audiences = audiences.map(|audiences| audiences.iter().map(|one| (*one).to_owned()).collect());
        Facts { outputs: Ok(Some(outputs)), audiences: Ok(audiences) }
    }

    #[test]
    fn a_missing_stack_provider_or_audience_is_a_failure() {
        let all = ["ArtifactBucket", "PermissionsBoundary", "OidcProvider"];
        let good = facts(&all, Some(&["sts.amazonaws.com"]));
        assert_eq!(judge(&good).verdict, Verdict::Pass);
        assert_eq!(good.artifact_bucket(), Some("the ArtifactBucket"));
        for (facts, fix) in [
            (Facts { outputs: Ok(None), audiences: Ok(None) }, "cargo vitae bootstrap --repository"),
            (facts(&all[..2], None), "of this version"),
            (facts(&all, None), "again"),
            (facts(&all, Some(&["sigstore"])), "--client-id sts.amazonaws.com"),
        ] {
            let finding = judge(&facts);
            assert!(finding.is_failure() && finding.fix.as_ref().unwrap().contains(fix), "{finding:?}");
        }
    }
}
