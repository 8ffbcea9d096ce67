//! How the regional Lambdas reach AWS: the SDK's configuration, read from the environment that Lambda makes.
//!
//! Lambda puts the credentials of a function's role, and its region, into environment variables. So none of the SDK's other
//! sources is asked for them, and none is linked: profiles on a disk that has none, container and instance metadata, STS. A
//! smaller program starts sooner.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::Connector;
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

/// How long a call is pursued.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// How often a call is tried in all, with the SDK's standard pauses between.
    pub attempts: u32,
    /// How long it waits for a connection.
    pub connect: Duration,
    /// How long it waits for the answer to one try.
    pub attempt: Duration,
}

/// Lambda did not set what it sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the environment variable {name} is missing or empty: Lambda sets it, so set it where Lambda does not run this"
)]
pub struct Missing {
    /// The variable's name.
    pub name: &'static str,
}

/// The configuration of all clients. `variable` looks an environment variable up.
///
/// `AWS_ENDPOINT_URL`, which a local cloud sets, sends all calls there.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
///
/// # Errors
/// [`Missing`] names a variable of the region or the credentials.
pub fn configuration(patience: Patience, variable: impl Fn(&str) -> Option<String>) -> Result<SdkConfig, Missing> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let required = |name: &'static str| set(name).ok_or(Missing { name });
    let credentials = Credentials::new(
        required("AWS_ACCESS_KEY_ID")?,
        required("AWS_SECRET_ACCESS_KEY")?,
        set("AWS_SESSION_TOKEN"),
        // They live as long as the environment: Lambda sees to that.
        None,
        "the environment of Lambda",
    );
    let timeouts =
        TimeoutConfig::builder().connect_timeout(patience.connect).operation_attempt_timeout(patience.attempt).build();
    let mut configuration = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(required("AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::standard().with_max_attempts(patience.attempts))
        .timeout_config(timeouts);
    let endpoint = set("AWS_ENDPOINT_URL");
    if endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://")) {
        configuration.set_http_client(Some(without_tls(patience)));
    }
    configuration.set_endpoint_url(endpoint);
    Ok(configuration.build())
}

/// The SDK's own HTTP client reads all certificates that the system trusts before it connects, also where none is asked for.
fn without_tls(patience: Patience) -> SharedHttpClient {
    let settings =
        HttpConnectorSettings::builder().connect_timeout(patience.connect).read_timeout(patience.attempt).build();
    // One for all calls: it keeps the connections.
    let connector = Connector::builder().connector_settings(settings).sleep_impl(TokioSleep::new()).build_http();
    let connector = SharedHttpConnector::new(connector);
    http_client_fn(move |_, _| connector.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience =
        Patience { attempts: 3, connect: Duration::from_secs(1), attempt: Duration::from_secs(2) };

    const LAMBDAS: [(&str, &str); 3] =
        [("AWS_REGION", "eu-west-1"), ("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "secret")];

    /// What Lambda sets, and these: later ones count.
    fn configured(variables: &[(&str, &str)]) -> Result<SdkConfig, Missing> {
        let all = [&LAMBDAS, variables].concat();
        configuration(PATIENCE, |name| {
            all.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn a_call_is_tried_as_often_and_waited_for_as_long_as_is_said() {
        let configuration = configured(&[]).unwrap();
        assert_eq!(configuration.region(), Some(&Region::new("eu-west-1")));
        assert_eq!(configuration.retry_config().map(RetryConfig::max_attempts), Some(3));
        let timeouts = configuration.timeout_config().unwrap();
        assert_eq!(timeouts.connect_timeout(), Some(PATIENCE.connect));
        assert_eq!(timeouts.operation_attempt_timeout(), Some(PATIENCE.attempt));
        assert_eq!(configuration.endpoint_url(), None);
    }

    #[test]
    fn a_local_cloud_is_where_the_environment_says() {
        let local = configured(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")]).unwrap();
        assert_eq!(local.endpoint_url(), Some("http://127.0.0.1:4566"));
        assert!(local.http_client().is_some(), "TLS is set up for a cloud that has none");
        let real = configured(&[("AWS_ENDPOINT_URL", "")]).unwrap();
        assert_eq!(real.endpoint_url(), None);
        assert!(real.http_client().is_none());
    }

    #[test]
    fn what_is_missing_is_named() {
        for (name, _) in LAMBDAS {
            assert_eq!(configured(&[(name, "")]).err(), Some(Missing { name }));
        }
    }

    #[test]
    fn the_secret_is_not_shown() {
        let shown = format!("{:?}", configured(&[("AWS_SECRET_ACCESS_KEY", "do not show")]).unwrap());
        assert!(!shown.contains("do not show"), "{shown}");
    }
}
