//! What a bucket's policy lets CloudFront do.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-s3.html>

use aws_sdk_s3::error::ProvideErrorMetadata;
use http::Method;

use super::policy_document::{Decision, PolicyDocument, Request, also};
use crate::cloud::Cloud;
use crate::distribution::Distribution;

/// A bucket's policy, as CloudFront's requests meet it. S3 refuses an object of an empty policy to everyone.
pub(super) struct BucketPolicy<'a> {
    document: Option<PolicyDocument>,
    bucket: &'a str,
    distribution_arn: &'a str,
    account: &'a str,
}

impl<'a> BucketPolicy<'a> {
    pub(super) async fn read(cloud: &Cloud, bucket: &'a str, distribution: &'a Distribution) -> Result<Self, String> {
        let document = match cloud.s3.get_bucket_policy().bucket(bucket).send().await {
            Ok(output) => output.policy().and_then(PolicyDocument::parse),
            Err(error)
                if error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("NoSuchBucketPolicy") =>
            {
                None
            }
            Err(error) => {
                return Err(crate::cloud::api_error(format!("s3:GetBucketPolicy {bucket}"), &error).to_string());
            }
        };
        // arn:aws:cloudfront::account:distribution/id
        let account = distribution.arn.split(':').nth(4).unwrap_or_default();
        Ok(Self { document, bucket, distribution_arn: &distribution.arn, account })
    }

    fn decide(&self, action: &str, resource: &str) -> Decision {
        let context = [
            ("aws:sourcearn", self.distribution_arn),
            ("aws:sourceaccount", self.account),
            ("aws:securetransport", "true"),
        ];
        let request = Request { action, resource, context: &context };
        self.document.as_ref().map_or(Decision::NotAllowed(Vec::new()), |document| document.decide(request))
    }

    /// # Errors
    /// A sentence that names the statement that is missing, or the one in the way.
    pub(super) fn check(&self, method: &Method, key: &str) -> Result<(), String> {
        let (action, resource) = match *method {
            // The bucket's root is not an object: S3 answers with the list of them.
            Method::GET | Method::HEAD if key.is_empty() => ("s3:ListBucket", format!("arn:aws:s3:::{}", self.bucket)),
            Method::PUT => ("s3:PutObject", format!("arn:aws:s3:::{}/{key}", self.bucket)),
            Method::DELETE => ("s3:DeleteObject", format!("arn:aws:s3:::{}/{key}", self.bucket)),
            _ => ("s3:GetObject", format!("arn:aws:s3:::{}/{key}", self.bucket)),
        };
        match self.decide(action, &resource) {
            Decision::Allowed => Ok(()),
            Decision::Denied(why) => {
                Err(format!("the policy of the bucket {:?} refuses CloudFront {action}: {why}", self.bucket))
            }
            Decision::NotAllowed(nearly) => Err(format!(
                "the policy of the bucket {:?} has no statement that allows the service cloudfront.amazonaws.com {action} on {resource} with \
                 AWS:SourceArn {}{}",
                self.bucket,
                self.distribution_arn,
                also(&nearly)
            )),
        }
    }

    /// Whether CloudFront may list the bucket: without that, S3 says 403 of an object that is not there.
    pub(super) fn may_list(&self) -> bool {
        self.decide("s3:ListBucket", &format!("arn:aws:s3:::{}", self.bucket)) == Decision::Allowed
    }
}
