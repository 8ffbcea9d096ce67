//! The function's role: its credentials, as Lambda would hand them to the environment.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;

use super::configuration::Configuration;
use crate::cloud::Cloud;

/// Credentials of an environment are renewed by replacing the environment, this long before they end.
const EXPIRY_MARGIN: Duration = Duration::from_mins(5);

/// What an environment may do in the cloud.
#[derive(Clone)]
pub(super) struct RoleCredentials {
    pub(super) credentials: Credentials,
    /// `None` if they do not end.
    ends: Option<SystemTime>,
}

impl RoleCredentials {
    /// A session of the function's role; if its trust policy does not let `local-edge` in, the keys of `local-edge` itself.
    pub(super) async fn of(cloud: &Cloud, configuration: &Configuration) -> Self {
        let session_name: String = configuration.name.chars().take(64).collect();
        let assumed =
            cloud.sts.assume_role().role_arn(&configuration.role).role_session_name(session_name).send().await;
        let session = assumed.ok().and_then(|output| output.credentials().cloned());
        let Some(session) = session else {
            tracing::warn!(
                target: "vitae::edge::function",
                function = %configuration.name,
                "the role {} does not trust the user local-edge: the function runs with the keys of local-edge, and its role's policy is \
                 not tried",
                configuration.role
            );
            return Self { credentials: cloud.credentials.clone(), ends: None };
        };
        let ends = SystemTime::try_from(*session.expiration()).ok();
        let token = Some(session.session_token().to_owned());
        let credentials =
            Credentials::new(session.access_key_id(), session.secret_access_key(), token, ends, "role of the function");
        Self { credentials, ends }
    }

    pub(super) fn are_fresh(&self, now: SystemTime) -> bool {
        self.ends.is_none_or(|ends| now + EXPIRY_MARGIN < ends)
    }
}

impl fmt::Debug for RoleCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RoleCredentials(ends {:?})", self.ends)
    }
}
