//! Clients for AWS, or for another cloud at its endpoint.

use std::{error::Error as StdError, time::Duration};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::{
    Credentials,
    provider::{ProvideCredentials as _, SharedCredentialsProvider},
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use vitae_local::{error_chain, service_error};

/// The region of every stack, since Lambda@Edge functions must be in it.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-at-edge-function-restrictions.html>
pub const REGION: &str = "us-east-1";

/// The configuration of one identity in one cloud, and the clients that use it.
#[derive(Clone, Debug)]
pub struct AwsClients {
    config: SdkConfig,
    /// Whether the cloud is not AWS. Its endpoint has no host name per bucket, so buckets are addressed by path.
    has_custom_endpoint: bool,
}

impl AwsClients {
    /// Clients for the local cloud at this endpoint. The machine's AWS configuration is ignored, so that it cannot redirect a
    /// local request.
    #[must_use]
    pub fn local(endpoint: &str, credentials: Credentials) -> Self {
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::from_static(REGION))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .endpoint_url(endpoint)
            .build();
        Self { config, has_custom_endpoint: true }
    }

    /// Clients for an account, with the default credentials of the AWS SDKs: environment, shared configuration, single sign-on,
    /// instance role. `endpoint_url` selects another cloud, such as a local one.
    pub async fn account(profile: Option<&str>, endpoint_url: Option<&str>) -> Self {
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).region(Region::from_static(REGION));
        if let Some(profile) = profile {
            loader = loader.profile_name(profile);
        }
        if let Some(endpoint_url) = endpoint_url {
            loader = loader.endpoint_url(endpoint_url);
        }
        let config = loader.load().await;
        Self { has_custom_endpoint: config.endpoint_url().is_some(), config }
    }

    /// Whether the cloud is AWS, and not one that supports some of its services, such as a local one.
    #[must_use]
    pub const fn is_aws(&self) -> bool {
        !self.has_custom_endpoint
    }

    /// The interval between two status requests. AWS limits their rate.
    #[must_use]
    pub const fn poll_interval(&self) -> Duration {
        if self.has_custom_endpoint { Duration::from_millis(50) } else { Duration::from_secs(2) }
    }

    /// The current credentials.
    ///
    /// # Errors
    /// No credentials were found, or their provider failed.
    pub async fn credentials(&self) -> Result<Credentials, CallError> {
        let call = "loading the AWS credentials";
        let none = || CallError { call: call.to_owned(), reason: "no credentials were found".to_owned() };
        let provider = self.config.credentials_provider().ok_or_else(none)?;
        provider.provide_credentials().await.map_err(|error| CallError::from_error(call, &error))
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

    /// DynamoDB.
    #[must_use]
    pub fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        aws_sdk_dynamodb::Client::new(&self.config)
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

    /// The manager of CloudFront's pricing plans.
    #[must_use]
    pub fn pricing_plans(&self) -> aws_sdk_pricingplanmanager::Client {
        aws_sdk_pricingplanmanager::Client::new(&self.config)
    }

    /// S3.
    #[must_use]
    pub fn s3(&self) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.config).force_path_style(self.has_custom_endpoint).build();
        aws_sdk_s3::Client::from_conf(config)
    }

    /// SES.
    #[must_use]
    pub fn sesv2(&self) -> aws_sdk_sesv2::Client {
        aws_sdk_sesv2::Client::new(&self.config)
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

    /// The configuration, for a call that none of these clients supports.
    pub(crate) const fn config(&self) -> &SdkConfig {
        &self.config
    }
}

/// A call to the cloud that failed.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{call} failed: {reason}")]
pub struct CallError {
    /// The API action and its subject, such as `PutObject of index.html`.
    pub call: String,
    /// The error of the service or the connection.
    pub reason: String,
}

impl CallError {
    /// An error of the service.
    pub fn new<E: StdError + ProvideErrorMetadata + 'static>(call: impl Into<String>, error: &E) -> Self {
        Self { call: call.into(), reason: service_error(error) }
    }

    /// Another error: the request could not be sent, or its response could not be read.
    pub fn from_error(call: impl Into<String>, error: &(dyn StdError + 'static)) -> Self {
        Self { call: call.into(), reason: error_chain(error) }
    }
}
