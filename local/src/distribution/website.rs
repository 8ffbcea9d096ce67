//! S3 website endpoints: the configuration of a bucket's website, for a folder in place of the endpoint.
//!
//! Source: <https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html>

use crate::aws_clients::AwsClients;
use crate::error::Error;

/// The website of a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Website {
    /// What is appended to a path that ends with a slash.
    pub(crate) index: String,
    /// The key of the page for errors.
    pub(crate) error: Option<String>,
    /// The scheme and the host that every request is redirected to.
    pub(crate) redirect: Option<(String, String)>,
}

impl Website {
    /// # Errors
    /// The call failed, or the website has routing rules, which are not modelled.
    pub(super) async fn load(aws: &AwsClients, bucket: &str) -> Result<Self, Error> {
        let action = format!("s3:GetBucketWebsite {bucket}");
        let output = aws.s3.get_bucket_website().bucket(bucket).send().await.map_err(|e| Error::api(&action, &e))?;
        if !output.routing_rules().is_empty() {
            return Err(Error::NotModelled { what: format!("RoutingRules of the website of the bucket {bucket:?}") });
        }
        let redirect = output.redirect_all_requests_to().map(|redirect| {
            let scheme = redirect.protocol().map_or("http", |protocol| protocol.as_str()).to_owned();
            (scheme, redirect.host_name().to_owned())
        });
        Ok(Self {
            index: output.index_document().map_or("index.html", |document| document.suffix()).to_owned(),
            error: output.error_document().map(|document| document.key().to_owned()),
            redirect,
        })
    }
}

/// The bucket of a website endpoint: `name.s3-website-region.amazonaws.com` or `name.s3-website.region.amazonaws.com`.
pub(super) fn website_bucket(domain: &str) -> Option<&str> {
    let host = domain.strip_suffix(".amazonaws.com")?;
    let (name, region) = host.rsplit_once(".s3-website")?;
    let region = region.strip_prefix(['-', '.'])?;
    (!name.is_empty() && !region.is_empty() && !region.contains('.')).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::website_bucket;

    #[test]
    fn a_website_endpoint_has_a_dash_or_a_dot_before_its_region() {
        assert_eq!(website_bucket("www.example.com.s3-website-us-east-1.amazonaws.com"), Some("www.example.com"));
        assert_eq!(website_bucket("site.s3-website.eu-central-1.amazonaws.com"), Some("site"));
        assert_eq!(website_bucket("site.s3.us-east-1.amazonaws.com"), None);
        assert_eq!(website_bucket("s3-website-us-east-1.amazonaws.com"), None);
    }
}
