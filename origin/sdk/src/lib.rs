//! How the regional Lambdas reach AWS: the SDK's configuration, read from the environment that Lambda makes.
//!
//! Lambda puts the credentials of a function's role, and its region, into environment variables. So none of the SDK's other
//! sources is asked for them, and none is linked: profiles on a disk that has none, container and instance metadata, STS. A
//! smaller program starts sooner.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime>

use std::time::Duration;

use aws_config::environment::EnvironmentVariableCredentialsProvider;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;

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

/// Lambda set no region.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the environment variable AWS_REGION is missing or empty: Lambda sets it, so set it where Lambda does not run this"
)]
pub struct NoRegion;

/// The configuration of all clients. `variable` looks an environment variable up.
///
/// `AWS_ENDPOINT_URL`, which a local cloud sets, sends all calls there.
/// <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>
///
/// # Errors
/// [`NoRegion`]. Credentials are looked for when they are needed, so that what cannot be called says so by itself.
pub fn configuration(patience: Patience, variable: impl Fn(&str) -> Option<String>) -> Result<SdkConfig, NoRegion> {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    let timeouts =
        TimeoutConfig::builder().connect_timeout(patience.connect).operation_attempt_timeout(patience.attempt).build();
    let mut configuration = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(set("AWS_REGION").ok_or(NoRegion)?))
        .credentials_provider(SharedCredentialsProvider::new(EnvironmentVariableCredentialsProvider::new()))
        .retry_config(RetryConfig::standard().with_max_attempts(patience.attempts))
        .timeout_config(timeouts);
    configuration.set_endpoint_url(set("AWS_ENDPOINT_URL"));
    Ok(configuration.build())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience =
        Patience { attempts: 3, connect: Duration::from_secs(1), attempt: Duration::from_secs(2) };

    fn configured(variables: &[(&str, &str)]) -> Result<SdkConfig, NoRegion> {
        let value =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        configuration(PATIENCE, value)
    }

    #[test]
    fn a_call_is_tried_as_often_and_waited_for_as_long_as_is_said() {
        let configuration = configured(&[("AWS_REGION", "eu-west-1")]).unwrap();
        assert_eq!(configuration.region(), Some(&Region::new("eu-west-1")));
        assert_eq!(configuration.retry_config().map(RetryConfig::max_attempts), Some(3));
        let timeouts = configuration.timeout_config().unwrap();
        assert_eq!(timeouts.connect_timeout(), Some(PATIENCE.connect));
        assert_eq!(timeouts.operation_attempt_timeout(), Some(PATIENCE.attempt));
        assert_eq!(configuration.endpoint_url(), None);
    }

    #[test]
    fn a_local_cloud_is_where_the_environment_says() {
        let cloud = [("AWS_REGION", "eu-west-1"), ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")];
        assert_eq!(configured(&cloud).unwrap().endpoint_url(), Some("http://127.0.0.1:4566"));
        let empty = [("AWS_REGION", "eu-west-1"), ("AWS_ENDPOINT_URL", "")];
        assert_eq!(configured(&empty).unwrap().endpoint_url(), None);
    }

    #[test]
    fn a_missing_region_is_named() {
        assert_eq!(configured(&[]).err(), Some(NoRegion));
        assert_eq!(configured(&[("AWS_REGION", "")]).err(), Some(NoRegion));
    }
}
