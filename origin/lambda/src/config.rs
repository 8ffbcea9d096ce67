//! The configuration of the SDK's clients, from the environment variables that Lambda sets.
//!
//! Lambda sets the region and the credentials of the function's role. The SDK's other sources of credentials (profiles,
//! container and instance metadata, STS) are neither used nor linked, because a smaller program starts faster.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::{Connector, tls};
use aws_smithy_runtime_api::client::behavior_version::BehaviorVersion;
use aws_smithy_runtime_api::client::http::{
    HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use aws_types::region::Region;

/// The number of attempts of a call, and their timeouts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// The number of attempts, with the SDK's standard backoff between them.
    pub attempts: u32,
    /// The timeout of a connection.
    pub connect: Duration,
    /// The timeout of one attempt.
    pub attempt: Duration,
}

/// A required environment variable is missing or empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "environment variable {name} is missing or empty: Lambda sets those of AWS, the function's configuration the others"
)]
pub struct MissingVariable {
    /// The variable's name.
    pub name: &'static str,
}

/// Looks up an environment variable that must not be empty.
///
/// # Errors
/// [`MissingVariable`] names it.
pub fn required(variable: impl Fn(&str) -> Option<String>, name: &'static str) -> Result<String, MissingVariable> {
    variable(name).filter(|value| !value.is_empty()).ok_or(MissingVariable { name })
}

/// The configuration of all clients. `variable` looks up an environment variable.
///
/// `AWS_ENDPOINT_URL` sends all calls to a local cloud.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
///
/// # Errors
/// [`MissingVariable`] names a variable of the region or the credentials.
pub fn sdk_config(timeouts: Timeouts, variable: impl Fn(&str) -> Option<String>) -> Result<SdkConfig, MissingVariable> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let credentials = Credentials::new(
        required(&variable, "AWS_ACCESS_KEY_ID")?,
        required(&variable, "AWS_SECRET_ACCESS_KEY")?,
        set("AWS_SESSION_TOKEN"),
        // Valid for as long as the execution environment exists.
        None,
        "the environment of Lambda",
    );
    let limits =
        TimeoutConfig::builder().connect_timeout(timeouts.connect).operation_attempt_timeout(timeouts.attempt).build();
    let mut configuration = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(required(&variable, "AWS_REGION")?))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::standard().with_max_attempts(timeouts.attempts))
        .timeout_config(limits);
    let endpoint = set("AWS_ENDPOINT_URL");
    if endpoint.as_ref().is_some_and(|endpoint| endpoint.starts_with("http://")) {
        configuration.set_http_client(Some(client_without_tls(timeouts)));
    }
    configuration.set_endpoint_url(endpoint);
    Ok(configuration.build())
}

/// The SDK's default client reads all trusted certificates before it connects, even to an endpoint without TLS.
fn client_without_tls(timeouts: Timeouts) -> SharedHttpClient {
    let settings =
        HttpConnectorSettings::builder().connect_timeout(timeouts.connect).read_timeout(timeouts.attempt).build();
    // One connector for all calls: it pools the connections.
    let connector = Connector::builder().connector_settings(settings).sleep_impl(TokioSleep::new()).build_http();
    let connector = SharedHttpConnector::new(connector);
    http_client_fn(move |_, _| connector.clone())
}

/// A connector for requests that are not calls of an SDK, to HTTP and HTTPS addresses. `read` is the timeout of the response's
/// head.
#[must_use]
pub fn http_connector(connect: Duration, read: Duration) -> SharedHttpConnector {
    let settings = HttpConnectorSettings::builder().connect_timeout(connect).read_timeout(read).build();
    let connector = Connector::builder()
        .connector_settings(settings)
        .sleep_impl(TokioSleep::new())
        .tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc))
        .build();
    SharedHttpConnector::new(connector)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMEOUTS: Timeouts =
        Timeouts { attempts: 3, connect: Duration::from_secs(1), attempt: Duration::from_secs(2) };

    const LAMBDAS: [(&str, &str); 3] =
        [("AWS_REGION", "eu-west-1"), ("AWS_ACCESS_KEY_ID", "id"), ("AWS_SECRET_ACCESS_KEY", "secret")];

    /// A configuration from Lambda's variables and these, which take precedence.
    fn configured(variables: &[(&str, &str)]) -> Result<SdkConfig, MissingVariable> {
        let all = [&LAMBDAS, variables].concat();
        sdk_config(TIMEOUTS, |name| {
            all.iter().rev().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn attempts_and_timeouts_are_those_configured() {
        let configuration = configured(&[]).unwrap();
        assert_eq!(configuration.region(), Some(&Region::new("eu-west-1")));
        assert_eq!(configuration.retry_config().map(RetryConfig::max_attempts), Some(3));
        let timeouts = configuration.timeout_config().unwrap();
        assert_eq!(timeouts.connect_timeout(), Some(TIMEOUTS.connect));
        assert_eq!(timeouts.operation_attempt_timeout(), Some(TIMEOUTS.attempt));
        assert_eq!(configuration.endpoint_url(), None);
    }

    #[test]
    fn a_local_cloud_is_reached_without_setting_up_tls() {
        let local = configured(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")]).unwrap();
        assert_eq!(local.endpoint_url(), Some("http://127.0.0.1:4566"));
        assert!(local.http_client().is_some(), "TLS is set up for an endpoint without it");
        let real = configured(&[("AWS_ENDPOINT_URL", "")]).unwrap();
        assert_eq!(real.endpoint_url(), None);
        assert!(real.http_client().is_none());
    }

    #[test]
    fn a_missing_variable_is_named() {
        for (name, _) in LAMBDAS {
            assert_eq!(configured(&[(name, "")]).err(), Some(MissingVariable { name }));
        }
    }

    #[test]
    fn debug_output_does_not_contain_the_secret() {
        let debug = format!("{:?}", configured(&[("AWS_SECRET_ACCESS_KEY", "do not show")]).unwrap());
        assert!(!debug.contains("do not show"), "{debug}");
    }
}
