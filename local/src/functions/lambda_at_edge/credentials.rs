//! Credentials of the function's role, which Lambda gives to an environment.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;

use super::configuration::Configuration;
use crate::aws_clients::AwsClients;

/// How long before its credentials expire an environment is replaced by a new one.
const EXPIRY_MARGIN: Duration = Duration::from_mins(5);

/// The credentials of an environment.
#[derive(Clone)]
pub(super) struct RoleCredentials {
    pub(super) credentials: Credentials,
    /// `None` if they do not expire.
    expires: Option<SystemTime>,
}

impl RoleCredentials {
    /// Assumes the function's role. If its trust policy does not allow that to `local-edge`, uses the credentials of
    /// `local-edge` itself.
    pub(super) async fn assume(aws: &AwsClients, configuration: &Configuration) -> Self {
        let session_name: String = configuration.name.chars().take(64).collect();
        let assumed = aws.sts.assume_role().role_arn(&configuration.role).role_session_name(session_name).send().await;
        let session = assumed.ok().and_then(|output| output.credentials().cloned());
        let Some(session) = session else {
            tracing::warn!(
                target: "vitae::edge::function",
                function = %configuration.name,
                "the role {} does not trust the user local-edge; the function runs with the credentials of local-edge, so its \
                 role's policy is not tested",
                configuration.role
            );
            return Self { credentials: aws.credentials.clone(), expires: None };
        };
        let expires = SystemTime::try_from(*session.expiration()).ok();
        let token = Some(session.session_token().to_owned());
        let credentials = Credentials::new(
            session.access_key_id(),
            session.secret_access_key(),
            token,
            expires,
            "role of the function",
        );
        Self { credentials, expires }
    }

    pub(super) fn are_fresh(&self, now: SystemTime) -> bool {
        self.expires.is_none_or(|expires| now + EXPIRY_MARGIN < expires)
    }
}

impl fmt::Debug for RoleCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RoleCredentials(expires {:?})", self.expires)
    }
}
