//! CloudFront Functions on viewer events, and Lambda@Edge on viewer and origin events.

pub(crate) mod cloudfront;
mod edge_headers;
mod edge_uri;
pub(crate) mod lambda_at_edge;

use std::collections::HashMap;
use std::sync::Arc;

use http::StatusCode;
use thiserror::Error as ThisError;

use crate::aws_clients::AwsClients;
use crate::distribution::{Distribution, FunctionAssociation};
use crate::error::Error;
use cloudfront::CloudFrontFunction;
use lambda_at_edge::{LambdaFunction, NodeRuntime};

/// Why a function's run ends in an error page.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub(crate) enum FunctionError {
    /// 503: the function threw, exceeded its time or memory, or did not start.
    #[error("{0}")]
    Execution(String),
    /// 502: CloudFront would reject the function's result.
    #[error("{0}")]
    Validation(String),
    /// 503, Lambda@Edge only: too many requests wait for an execution environment.
    #[error("{0}")]
    LimitExceeded(String),
}

impl FunctionError {
    /// The status of the error page:
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-503-service-unavailable.html> and
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/http-502-bad-gateway.html>.
    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Execution(_) | Self::LimitExceeded(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Validation(_) => StatusCode::BAD_GATEWAY,
        }
    }
}

/// The functions of a distribution, by ARN. Behaviors with the same function share it.
#[derive(Debug, Default)]
pub(crate) struct Functions {
    pub(crate) cloudfront: HashMap<String, Arc<CloudFrontFunction>>,
    pub(crate) lambda: HashMap<String, LambdaFunction>,
}

impl Functions {
    /// Loads every function that a behavior refers to.
    ///
    /// # Errors
    /// A function that CloudFront would reject or that is not modelled, or a failed API call.
    pub(crate) async fn load(
        aws: &AwsClients,
        runtime: &NodeRuntime,
        distribution: &Distribution,
    ) -> Result<Self, Error> {
        let mut functions = Self::default();
        let mut lambda: HashMap<&str, bool> = HashMap::new();
        for behavior in &distribution.behaviors {
            let viewer = [&behavior.functions.viewer_request, &behavior.functions.viewer_response];
            for association in viewer.into_iter().flatten() {
                if let FunctionAssociation::CloudFront { arn } = association {
                    functions.load_cloudfront(aws, arn).await?;
                }
            }
            for (association, is_on_viewer_event) in behavior.functions.lambda() {
                *lambda.entry(&association.arn).or_default() |= is_on_viewer_event;
            }
        }
        for (arn, is_on_viewer_event) in lambda {
            let function = LambdaFunction::load(aws, runtime, arn, is_on_viewer_event).await?;
            functions.lambda.insert(arn.to_owned(), function);
        }
        Ok(functions)
    }

    async fn load_cloudfront(&mut self, aws: &AwsClients, arn: &str) -> Result<(), Error> {
        if !self.cloudfront.contains_key(arn) {
            let function = CloudFrontFunction::load(aws, arn).await?;
            self.cloudfront.insert(arn.to_owned(), Arc::new(function));
        }
        Ok(())
    }
}
