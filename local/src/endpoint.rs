//! Where AWS APIs and origins are reached: at the one address of a local cloud, or at AWS under their own names.

use http::uri::{Authority, PathAndQuery, Uri};

use crate::error::Error;

/// Where AWS APIs and origins are reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// A local cloud, without TLS. Its gateway distinguishes origins by path (S3) or by `Host` (Function URLs).
    Local(Authority),
    /// AWS, over TLS.
    Aws,
}

/// Where an origin request is sent, and its `Host`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) scheme: &'static str,
    pub(crate) authority: String,
    pub(crate) host: String,
    pub(crate) path: String,
}

impl Endpoint {
    /// The local cloud at an `http://` URL without a path, or AWS if there is no URL.
    pub(crate) fn from_url(endpoint_url: Option<&str>) -> Result<Self, Error> {
        let Some(endpoint_url) = endpoint_url else { return Ok(Self::Aws) };
        let not_modelled = || Error::NotModelled {
            what: format!(
                "an endpoint other than http://HOST:PORT, such as {endpoint_url:?}: a local cloud is reached without TLS"
            ),
        };
        let uri: Uri = endpoint_url.parse().map_err(|_| not_modelled())?;
        match (uri.scheme_str(), uri.authority(), uri.path()) {
            (Some("http"), Some(authority), "/" | "") => Ok(Self::Local(authority.clone())),
            _ => Err(not_modelled()),
        }
    }

    /// The address of a link that an API returned. A local cloud's link may name a host that does not
    /// resolve, so only its path is used. At AWS a link must be `https`.
    pub(crate) fn resolve_link(&self, link: &Uri) -> Option<Uri> {
        let path = link.path_and_query().map_or("/", PathAndQuery::as_str);
        match self {
            Self::Local(authority) => {
                Uri::builder().scheme("http").authority(authority.clone()).path_and_query(path).build().ok()
            }
            Self::Aws => (link.scheme_str() == Some("https")).then(|| link.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_is_followed_at_the_local_cloud_or_over_tls() {
        let local = Endpoint::from_url(Some("http://127.0.0.1:4566")).unwrap();
        let link = "http://elsewhere:1/code?x=1".parse().unwrap();
        assert_eq!(local.resolve_link(&link).unwrap().to_string(), "http://127.0.0.1:4566/code?x=1");
        let aws = Endpoint::from_url(None).unwrap();
        let link = "https://awslambda-us-east-1-tasks.s3.us-east-1.amazonaws.com/code?x=1".parse().unwrap();
        assert_eq!(aws.resolve_link(&link).as_ref(), Some(&link));
        assert_eq!(aws.resolve_link(&"http://plain.example/code".parse().unwrap()), None);
    }

    #[test]
    fn only_a_plain_http_endpoint_without_a_path_is_a_local_cloud() {
        let local = Endpoint::Local(Authority::from_static("127.0.0.1:4566"));
        assert_eq!(Endpoint::from_url(Some("http://127.0.0.1:4566")).unwrap(), local);
        assert_eq!(Endpoint::from_url(Some("http://127.0.0.1:4566/")).unwrap(), local);
        for url in ["https://cloudfront.amazonaws.com", "http://127.0.0.1:1/x", "127.0.0.1:4566", ""] {
            assert!(Endpoint::from_url(Some(url)).unwrap_err().to_string().contains("not modelled locally"), "{url}");
        }
    }
}
