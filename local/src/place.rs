//! Where the cloud's APIs and the origins are: at one address of a local cloud, or each under its own name at AWS.

use http::uri::Authority;

use crate::Error;

/// Where the cloud's APIs and the origins are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A local cloud, without TLS. Its gateway tells origins apart by path (S3) or by `Host` (Function URLs).
    Local(Authority),
    /// AWS, over TLS.
    Aws,
}

/// Where a request goes, and which `Host` it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    pub(crate) scheme: &'static str,
    pub(crate) authority: String,
    pub(crate) host: String,
    pub(crate) path: String,
}

impl Place {
    /// The local cloud at an `http://` URL without a path; without a URL, AWS.
    pub(crate) fn of(endpoint_url: Option<&str>) -> Result<Self, Error> {
        let Some(endpoint_url) = endpoint_url else { return Ok(Self::Aws) };
        let refused = || Error::NotModelled {
            what: format!(
                "an endpoint other than http://HOST:PORT, such as {endpoint_url:?}: a local cloud is reached without TLS"
            ),
        };
        let uri: http::Uri = endpoint_url.parse().map_err(|_| refused())?;
        match (uri.scheme_str(), uri.authority(), uri.path()) {
            (Some("http"), Some(authority), "/" | "") => Ok(Self::Local(authority.clone())),
            _ => Err(refused()),
        }
    }

    /// The address of an object, whose key is encoded.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html>
    pub(crate) fn object(&self, bucket: &str, region: &str, key: &str) -> Address {
        match self {
            Self::Local(authority) => {
                let authority = authority.to_string();
                Address { scheme: "http", host: authority.clone(), authority, path: format!("/{bucket}/{key}") }
            }
            Self::Aws => {
                let host = format!("{bucket}.s3.{region}.amazonaws.com");
                Address { scheme: "https", authority: host.clone(), host, path: format!("/{key}") }
            }
        }
    }

    /// The address of a path under a Function URL's host.
    pub(crate) fn function_url(&self, host: &str, path: &str) -> Address {
        let (scheme, authority) = match self {
            Self::Local(authority) => ("http", authority.to_string()),
            Self::Aws => ("https", host.to_owned()),
        };
        Address { scheme, authority, host: host.to_owned(), path: path.to_owned() }
    }

    /// The address that a link of the cloud's own leads to. A local cloud's may name a host that leads nowhere.
    pub(crate) fn link(&self, link: &http::Uri) -> Option<http::Uri> {
        let path = link.path_and_query().map_or("/", http::uri::PathAndQuery::as_str);
        match self {
            Self::Local(authority) => {
                http::Uri::builder().scheme("http").authority(authority.clone()).path_and_query(path).build().ok()
            }
            Self::Aws => (link.scheme_str() == Some("https")).then(|| link.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOST: &str = "abc.lambda-url.us-east-1.on.aws";

    fn address(scheme: &'static str, authority: &str, host: &str, path: &str) -> Address {
        Address { scheme, authority: authority.into(), host: host.into(), path: path.into() }
    }

    #[test]
    fn a_local_clouds_origins_are_all_at_its_own_address() {
        let place = Place::of(Some("http://127.0.0.1:4566")).unwrap();
        let local = "127.0.0.1:4566";
        assert_eq!(place.object("site", "us-east-1", "a%20b"), address("http", local, local, "/site/a%20b"));
        assert_eq!(place.function_url(HOST, "/api/count"), address("http", local, HOST, "/api/count"));
        let link = "http://elsewhere:1/code?x=1".parse().unwrap();
        assert_eq!(place.link(&link).unwrap().to_string(), "http://127.0.0.1:4566/code?x=1");
    }

    #[test]
    fn at_aws_each_origin_has_its_name_and_is_asked_over_tls() {
        let place = Place::of(None).unwrap();
        let bucket = "site.s3.us-east-1.amazonaws.com";
        assert_eq!(place.object("site", "us-east-1", "a%20b"), address("https", bucket, bucket, "/a%20b"));
        assert_eq!(place.function_url(HOST, "/api/count"), address("https", HOST, HOST, "/api/count"));
        let link = "https://awslambda-us-east-1-tasks.s3.us-east-1.amazonaws.com/code?x=1".parse().unwrap();
        assert_eq!(place.link(&link).as_ref(), Some(&link));
        assert_eq!(place.link(&"http://plain.example/code".parse().unwrap()), None);
    }

    #[test]
    fn only_a_plain_http_endpoint_without_a_path_is_a_local_cloud() {
        let local = Place::Local(Authority::from_static("127.0.0.1:4566"));
        assert_eq!(Place::of(Some("http://127.0.0.1:4566")).unwrap(), local);
        assert_eq!(Place::of(Some("http://127.0.0.1:4566/")).unwrap(), local);
        for url in ["https://cloudfront.amazonaws.com", "http://127.0.0.1:1/x", "127.0.0.1:4566", ""] {
            assert!(Place::of(Some(url)).unwrap_err().to_string().contains("not modelled locally"), "{url}");
        }
    }
}
