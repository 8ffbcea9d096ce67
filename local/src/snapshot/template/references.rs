//! `Ref` and `Fn::GetAtt`: the names and attributes of resources.
//!
//! A resource's id is made of its logical id. Attributes that a distribution needs, such as the domain name of a load
//! balancer, have a value in the documented form; it leads nowhere, because origins are replaced. Every other attribute
//! must be set.
//!
//! Source: the section "Return values" of each resource in
//! <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html>

use serde_json::Value;

use super::super::documents::{ACCOUNT, DISTRIBUTION_DOMAIN, canonical_user};
use super::super::error::SnapshotError;
use super::super::path::Path;
use super::functions::resource_and_attribute;
use super::resolver::{Resolver, invalid, scalar_text};
use super::{distribution_id, parameters};

impl Resolver<'_> {
    /// The value of `Ref`; `None` for `AWS::NoValue`.
    pub(super) fn reference(&self, name: &str, at: &Path<'_>) -> Result<Option<Value>, SnapshotError> {
        if parameters::is_pseudo(name) {
            return self.pseudo_parameter(name, at);
        }
        if let Some(parameter) = self.template().entry("Parameters", name) {
            return self.parameter(name, parameter, at).map(Some);
        }
        if let Some(value) = self.settings().values.get(name) {
            return Ok(Some(Value::String(value.clone())));
        }
        // The version that AWS SAM creates for a function: `Function.Version`.
        if let Some(function) = name.strip_suffix(".Version")
            && self.template().type_of(function) == Some("AWS::Serverless::Function")
        {
            return Ok(Some(Value::String(self.version_arn(function))));
        }
        // The stage that AWS SAM creates for an API: `Api.Stage`.
        if let Some(api) = name.strip_suffix(".Stage")
            && self.template().type_of(api) == Some("AWS::Serverless::Api")
        {
            let stage = self.property(api, "StageName")?;
            return Ok(Some(stage.unwrap_or_else(|| Value::from("Prod"))));
        }
        self.physical_id(name, at).map(|id| Some(Value::String(id)))
    }

    /// The value of `Fn::GetAtt`.
    pub(super) fn attribute(&self, argument: &Value, at: &Path<'_>) -> Result<String, SnapshotError> {
        if let Some((resource, attribute)) = resource_and_attribute(argument) {
            return self.attribute_of(&resource, &self.text(attribute, at)?, at);
        }
        let (resource, attribute) = argument
            .as_str()
            .and_then(|path| path.split_once('.'))
            .ok_or_else(|| invalid(at, "must have a resource and an attribute".to_owned()))?;
        self.attribute_of(resource, attribute, at)
    }

    /// The type of a resource that exists.
    fn existing(&self, id: &str, at: &Path<'_>) -> Result<&str, SnapshotError> {
        let Some(kind) = self.template().type_of(id) else {
            return Err(invalid(at, format!("{id:?} is neither a parameter nor a resource of the template")));
        };
        if self.exists(id)? {
            return Ok(kind);
        }
        Err(invalid(at, format!("the resource {id:?} has a condition that does not hold")))
    }

    fn physical_id(&self, id: &str, at: &Path<'_>) -> Result<String, SnapshotError> {
        Ok(match self.existing(id, at)? {
            "AWS::S3::Bucket" => self.bucket_name(id)?,
            "AWS::CloudFront::Distribution" => distribution_id(id),
            "AWS::CloudFront::Function" => arn("cloudfront", "", &format!("function/{id}")),
            "AWS::Lambda::Version" => self.version_arn(&self.function_of(id)?),
            "AWS::CertificateManager::Certificate" => arn("acm", "us-east-1", &format!("certificate/{id}")),
            "AWS::ApiGateway::RestApi"
            | "AWS::ApiGatewayV2::Api"
            | "AWS::Serverless::Api"
            | "AWS::Serverless::HttpApi" => id.to_ascii_lowercase(),
            _ => id.to_owned(),
        })
    }

    /// The value of `Resource.Attribute`.
    pub(super) fn attribute_of(&self, id: &str, attribute: &str, at: &Path<'_>) -> Result<String, SnapshotError> {
        let name = format!("{id}.{attribute}");
        if let Some(value) = self.settings().values.get(&name) {
            return Ok(value.clone());
        }
        let kind = self.existing(id, at)?;
        let (host, region) = (id.to_ascii_lowercase(), &self.settings().region);
        let value = match (kind, attribute) {
            ("AWS::S3::Bucket", _) => return self.bucket_attribute(id, attribute, at),
            ("AWS::CloudFront::Distribution", "DomainName") => DISTRIBUTION_DOMAIN.to_owned(),
            ("AWS::CloudFront::Distribution", "Id") => distribution_id(id),
            ("AWS::CloudFront::Function", "FunctionARN" | "FunctionMetadata.FunctionARN") => {
                arn("cloudfront", "", &format!("function/{id}"))
            }
            ("AWS::CloudFront::KeyValueStore", "Arn") => arn("cloudfront", "", &format!("key-value-store/{id}")),
            (kind, "Id") if kind.starts_with("AWS::CloudFront::") => id.to_owned(),
            ("AWS::CloudFront::CloudFrontOriginAccessIdentity", "S3CanonicalUserId") => canonical_user(id),
            ("AWS::Lambda::Function" | "AWS::Serverless::Function", "Arn") => self.function_arn(id),
            ("AWS::Lambda::Version", "FunctionArn") => self.version_arn(&self.function_of(id)?),
            ("AWS::Lambda::Version", "Version") => "1".to_owned(),
            ("AWS::Lambda::Url", "FunctionUrl") => format!("https://{host}.lambda-url.{region}.on.aws/"),
            ("AWS::ElasticLoadBalancingV2::LoadBalancer" | "AWS::ElasticLoadBalancing::LoadBalancer", "DNSName") => {
                format!("{host}.{region}.elb.amazonaws.com")
            }
            ("AWS::ApiGatewayV2::Api" | "AWS::Serverless::HttpApi", "ApiEndpoint") => {
                format!("https://{host}.execute-api.{region}.amazonaws.com")
            }
            ("AWS::ApiGateway::RestApi" | "AWS::Serverless::Api", "RootResourceId") => "root".to_owned(),
            ("AWS::ElasticBeanstalk::Environment", "EndpointURL") => format!("{host}.{region}.elb.amazonaws.com"),
            ("AWS::EC2::Instance", "PublicDnsName") => format!("{host}.compute-1.amazonaws.com"),
            ("AWS::AppSync::GraphQLApi", "GraphQLUrl") => {
                format!("https://{host}.appsync-api.{region}.amazonaws.com/graphql")
            }
            (kind, "Arn") => arn(&kind.split("::").nth(1).unwrap_or("aws").to_ascii_lowercase(), region, id),
            _ => return self.external(&name, &format!("the attribute {name} ({kind})"), at),
        };
        Ok(value)
    }

    fn bucket_name(&self, id: &str) -> Result<String, SnapshotError> {
        let name = self.property(id, "BucketName")?;
        Ok(name.as_ref().and_then(scalar_text).unwrap_or_else(|| id.to_ascii_lowercase()))
    }

    fn bucket_attribute(&self, id: &str, attribute: &str, at: &Path<'_>) -> Result<String, SnapshotError> {
        let (name, region) = (self.bucket_name(id)?, &self.settings().region);
        Ok(match attribute {
            "Arn" => format!("arn:aws:s3:::{name}"),
            "DomainName" => format!("{name}.s3.amazonaws.com"),
            "RegionalDomainName" => format!("{name}.s3.{region}.amazonaws.com"),
            "DualStackDomainName" => format!("{name}.s3.dualstack.{region}.amazonaws.com"),
            "WebsiteURL" => format!("http://{name}.s3-website-{region}.amazonaws.com"),
            other => return Err(invalid(at, format!("a bucket has no attribute {other:?}"))),
        })
    }

    /// The function of an `AWS::Lambda::Version`: its logical id.
    fn function_of(&self, version: &str) -> Result<String, SnapshotError> {
        let name = self.property(version, "FunctionName")?;
        let name = name.as_ref().and_then(scalar_text).unwrap_or_default();
        Ok(name.rsplit_once(":function:").map_or(name.as_str(), |(_, name)| name).to_owned())
    }

    fn function_arn(&self, function: &str) -> String {
        arn("lambda", &self.settings().region, &format!("function:{function}"))
    }

    /// The first version of a function, by its logical id.
    fn version_arn(&self, function: &str) -> String {
        format!("{}:1", self.function_arn(function))
    }
}

fn arn(service: &str, region: &str, resource: &str) -> String {
    format!("arn:aws:{service}:{region}:{ACCOUNT}:{resource}")
}
