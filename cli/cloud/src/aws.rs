//! A cloud: where its endpoints are and as whom it is asked.

use std::{error::Error as StdError, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials as _, SharedCredentialsProvider},
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use vitae_local::{error_chain, service_error};

/// The region of every stack: a Lambda@Edge function must live there.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html>
pub const REGION: &str = "us-east-1";

/// A cloud, asked as one identity. Clients are made from it where they are used; they share nothing but this.
#[derive(Clone, Debug)]
pub struct AwsClients {
    config: SdkConfig,
    /// Whether it is another cloud than AWS: its endpoint has no name per bucket, so that buckets are addressed by path.
    elsewhere: bool,
}

impl AwsClients {
    /// The local cloud at this endpoint. Nothing of the machine's own AWS configuration is read, so that no setting of
    /// it can send a local request elsewhere.
    #[must_use]
    pub fn local(endpoint: &str, credentials: Credentials) -> Self {
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(REGION))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(endpoint)
            .build();
        Self { config, elsewhere: true }
    }

    /// An account, found as the AWS SDKs find it: environment, shared configuration, single sign-on, the machine's own role.
    /// `endpoint_url` asks another cloud than AWS, such as a local one.
    pub async fn account(profile: Option<&str>, endpoint_url: Option<&str>) -> Self {
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).region(Region::from_static(REGION));
        if let Some(profile) = profile {
            loader = loader.profile_name(profile);
        }
        if let Some(endpoint_url) = endpoint_url {
            loader = loader.endpoint_url(endpoint_url);
        }
        let config = loader.load().await;
        Self { elsewhere: config.endpoint_url().is_some(), config }
    }

    /// How long to wait before asking again how something stands. AWS is far away and counts how often it is asked.
    #[must_use]
    pub const fn poll_interval(&self) -> Duration {
        if self.elsewhere { Duration::from_millis(50) } else { Duration::from_secs(2) }
    }

    /// The credentials that it is asked with, as they are now.
    ///
    /// # Errors
    /// Where none are found, or what gives them fails.
    pub async fn credentials(&self) -> Result<Credentials, CallError> {
        let call = "The search for credentials";
        let none = || CallError { call: call.to_owned(), reason: "there are none".to_owned() };
        let provider = self.config.credentials_provider().ok_or_else(none)?;
        provider.provide_credentials().await.map_err(|error| CallError::of(call, &error))
    }

    /// CloudFormation.
    #[must_use]
    pub fn cloudformation(&self) -> aws_sdk_cloudformation::Client {
        aws_sdk_cloudformation::Client::new(&self.config)
    }

    /// CloudFront.
    #[must_use]
    pub fn cloudfront(&self) -> aws_sdk_cloudfront::Client {
        aws_sdk_cloudfront::Client::new(&self.config)
    }

    /// IAM.
    #[must_use]
    pub fn iam(&self) -> aws_sdk_iam::Client {
        aws_sdk_iam::Client::new(&self.config)
    }

    /// Lambda.
    #[must_use]
    pub fn lambda(&self) -> aws_sdk_lambda::Client {
        aws_sdk_lambda::Client::new(&self.config)
    }

    /// S3.
    #[must_use]
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.config).force_path_style(self.elsewhere).build();
        aws_sdk_s3::Client::from_conf(config)
    }

    /// SNS.
    #[must_use]
    pub fn sns(&self) -> aws_sdk_sns::Client {
        aws_sdk_sns::Client::new(&self.config)
    }

    /// Parameter Store.
    #[must_use]
    pub fn ssm(&self) -> aws_sdk_ssm::Client {
        aws_sdk_ssm::Client::new(&self.config)
    }

    /// STS.
    #[must_use]
    pub fn sts(&self) -> aws_sdk_sts::Client {
        aws_sdk_sts::Client::new(&self.config)
    }

    /// Endpoint and credentials, for a call that no client here makes.
    pub(crate) const fn config(&self) -> &SdkConfig {
        &self.config
    }
}

/// A call to the cloud that did not succeed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{call} failed: {reason}")]
pub struct CallError {
    /// The call, in the service's own words, with what it was about: `PutObject of index.html`.
    pub call: String,
    /// Why, in the service's words or the connection's.
    pub reason: String,
}

impl CallError {
    /// A call that failed, in the service's words.
    pub fn new<E: StdError + ProvideErrorMetadata + 'static>(call: impl Into<String>, error: &E) -> Self {
        Self { call: call.into(), reason: service_error(error) }
    }

    /// A call that was not made, or whose answer could not be taken.
    pub fn of(call: impl Into<String>, error: &(dyn StdError + 'static)) -> Self {
        Self { call: call.into(), reason: error_chain(error) }
    }
}
