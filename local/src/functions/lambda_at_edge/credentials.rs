//! Credentials of an execution environment.
//!
//! A function never gets the credentials of the local edge: those are the caller's, and its code may be another person's.

use std::fmt;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_sdk_sts::types::Credentials as SessionCredentials;

use super::configuration::Configuration;
use crate::aws_clients::AwsClients;
use crate::error::service_error;

/// How long before its credentials expire an environment is replaced by a new one.
const EXPIRY_MARGIN: Duration = Duration::from_mins(5);
/// The duration of a federated session. STS allows 15 minutes to 36 hours.
const SESSION_S: i32 = 3600;
/// The name of a federated session.
const SESSION_NAME: &str = "vitae-local-edge";

/// The credentials of an environment.
#[derive(Clone)]
pub(super) struct FunctionCredentials {
    credentials: Option<Credentials>,
    /// `None` if they do not expire.
    expires: Option<SystemTime>,
}

impl FunctionCredentials {
    /// Assumes the function's role, with the session policy if there is one. If the role does not trust the caller and there is
    /// a session policy, calls `GetFederationToken` with it, which gives an IAM user a session with these permissions only.
    /// Otherwise, and if the distribution is from a file, the function has no credentials.
    pub(super) async fn get(aws: &AwsClients, configuration: &Configuration, session_policy: Option<&str>) -> Self {
        if aws.snapshot.is_some() {
            return Self { credentials: None, expires: None };
        }
        let session_name: String = configuration.name.chars().take(64).collect();
        let assume = aws.sts.assume_role().role_arn(&configuration.role).role_session_name(session_name);
        let assume = assume.set_policy(session_policy.map(ToOwned::to_owned));
        let mut reason = match assume.send().await {
            Ok(output) => match output.credentials() {
                Some(session) => return Self::from_session(session),
                None => "AssumeRole returned no credentials".to_owned(),
            },
            Err(error) => format!("AssumeRole of {} failed: {}", configuration.role, service_error(&error)),
        };
        if let Some(policy) = session_policy {
            let federate = aws.sts.get_federation_token().name(SESSION_NAME).policy(policy).duration_seconds(SESSION_S);
            let failure = match federate.send().await {
                Ok(output) => match output.credentials() {
                    Some(session) => return Self::from_session(session),
                    None => "GetFederationToken returned no credentials".to_owned(),
                },
                Err(error) => format!("GetFederationToken failed: {}", service_error(&error)),
            };
            reason = format!("{reason}; {failure}");
        }
        tracing::warn!(
            target: "vitae::edge::function",
            function = %configuration.name,
            "the function runs without credentials, so its calls to AWS fail ({reason}); allow the caller to assume the role in \
             the role's trust policy, or use the access key of an IAM user who may call sts:GetFederationToken"
        );
        Self { credentials: None, expires: None }
    }

    fn from_session(session: &SessionCredentials) -> Self {
        let expires = SystemTime::try_from(*session.expiration()).ok();
        let token = Some(session.session_token().to_owned());
        let (id, secret) = (session.access_key_id(), session.secret_access_key());
        Self { credentials: Some(Credentials::new(id, secret, token, expires, "a session for the function")), expires }
    }

    /// `None` if the function runs without credentials.
    pub(super) const fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }

    pub(super) fn are_fresh(&self, now: SystemTime) -> bool {
        self.expires.is_none_or(|expires| now + EXPIRY_MARGIN < expires)
    }
}

impl fmt::Debug for FunctionCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FunctionCredentials(present {}, expires {:?})", self.credentials.is_some(), self.expires)
    }
}
