//! What the local cloud's users may do. Exact actions on exact names: what works here does not work by accident.

use serde_json::{Value, json};
use vitae_edge::parameters::{Parameter, Prefix};

use crate::{cloud::REGION, deploy::Outputs};

/// ministack's account, unless it is told another.
const ACCOUNT: &str = "000000000000";

/// `deploy`: uploads artifacts, runs change sets of this stack, uploads site and CV, writes `origins/dev`.
///
/// It holds no permission on what the template declares, which deploying into an account takes: ministack's
/// CloudFormation asks for none.
#[must_use]
pub fn deploy(stack: &str, artifact_bucket: &str, prefix: &Prefix) -> Value {
    // S3 names are in lower case, and CloudFormation begins the names that it makes with the stack's.
    let bucket = |logical_id: &str| format!("arn:aws:s3:::{}-{logical_id}-*", stack.to_lowercase());
    let (site, cv) = (bucket("sitebucket"), bucket("cvbucket"));
    json!({"Version": "2012-10-17", "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "cloudformation:CreateChangeSet",
                "cloudformation:DeleteChangeSet",
                "cloudformation:DeleteStack",
                "cloudformation:DescribeChangeSet",
                "cloudformation:DescribeStackEvents",
                "cloudformation:DescribeStacks",
                "cloudformation:ExecuteChangeSet",
            ],
            "Resource": format!("arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/{stack}/*"),
        },
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": format!("arn:aws:s3:::{artifact_bucket}/*"),
        },
        {
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": [format!("arn:aws:s3:::{artifact_bucket}"), site, cv],
        },
        {
            "Effect": "Allow",
            "Action": ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            "Resource": [format!("{site}/*"), format!("{cv}/*")],
        },
        {
            "Effect": "Allow",
            "Action": "ssm:PutParameter",
            "Resource": parameter(prefix, Parameter::OriginDev),
        },
    ]})
}

/// `local-edge`: what CloudFront itself may do in an account, and what its replicas of the edge function may. It reads
/// the distribution and the policies that it checks as AWS would, then fetches as itself.
#[must_use]
pub fn local_edge(outputs: &Outputs, prefix: &Prefix) -> Value {
    let counter = format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:*-CounterFunction-*");
    let edge = outputs.edge_function_arn.rsplit_once(':').map_or("", |(function, _version)| function);
    let buckets = [&outputs.site_bucket, &outputs.cv_bucket].map(|bucket| format!("arn:aws:s3:::{bucket}"));
    json!({"Version": "2012-10-17", "Statement": [
        {
            "Effect": "Allow",
            "Action": [
                "cloudfront:DescribeFunction",
                "cloudfront:GetCachePolicy",
                "cloudfront:GetDistribution",
                "cloudfront:GetDistributionConfig",
                "cloudfront:GetFunction",
                "cloudfront:GetKeyGroup",
                "cloudfront:GetOriginAccessControl",
                "cloudfront:GetOriginRequestPolicy",
                "cloudfront:GetPublicKey",
                "cloudfront:GetResponseHeadersPolicy",
            ],
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Action": ["lambda:GetFunction", "lambda:GetFunctionConfiguration"],
            "Resource": [edge, format!("{edge}:*")],
        },
        {
            "Effect": "Allow",
            "Action": [
                "lambda:GetFunctionUrlConfig",
                "lambda:GetPolicy",
                "lambda:InvokeFunction",
                "lambda:InvokeFunctionUrl",
            ],
            "Resource": counter,
        },
        {
            "Effect": "Allow",
            "Action": ["lambda:ListFunctions", "lambda:ListFunctionUrlConfigs"],
            "Resource": "*",
        },
        {
            "Effect": "Allow",
            "Action": ["s3:GetBucketPolicy", "s3:ListBucket"],
            "Resource": buckets,
        },
        {
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": buckets.each_ref().map(|bucket| format!("{bucket}/*")),
        },
        {
            "Effect": "Allow",
            "Action": "ssm:GetParameters",
            "Resource": Parameter::OF_THE_EDGE.map(|name| parameter(prefix, name)),
        },
    ]})
}

fn parameter(prefix: &Prefix, name: Parameter) -> String {
    format!("arn:aws:ssm:{REGION}:{ACCOUNT}:parameter{}", prefix.name(name))
}
