//! Checks that AWS credentials are available.

use super::{Finding, Observed};
use crate::aws::{AwsClients, CallError};

const CHECK: &str = "credentials";

/// The ARN of the caller.
pub(super) async fn observe(aws: &AwsClients) -> Observed<String> {
    let identity = aws.sts().get_caller_identity().send().await;
    let identity = identity.map_err(|error| CallError::new("GetCallerIdentity", &error))?;
    Ok(identity.arn().unwrap_or_default().to_owned())
}

pub(super) fn judge(identity: &Observed<String>) -> Finding {
    match identity {
        Ok(arn) => Finding::pass(CHECK, arn),
        Err(error) => Finding::fail(
            CHECK,
            super::finding::brief(error),
            "sign in (`aws sso login`, a profile by --profile, or AWS_ACCESS_KEY_ID and its secret); for the running system, \
             see that `cargo vitae dev` still runs",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_credentials_the_fix_is_to_sign_in() {
        let missing = Err(CallError { call: "GetCallerIdentity".into(), reason: "no providers in chain".into() });
        let finding = judge(&missing);
        assert!(finding.is_failure() && finding.fix.unwrap().contains("aws sso login"));
        assert!(!judge(&Ok("arn:aws:iam::123456789012:user/deploy".into())).is_failure());
    }
}
