//! The requests of the JavaScript interface, with the meaning they have in `@aws-sdk/cloudfront-signer`: a URL is
//! percent-encoded before it is signed, a source without a prefix is a single address, and a request that a canned policy
//! cannot express uses a custom one.

use alloc::string::String;
use alloc::vec::Vec;
use core::time::Duration;

use crate::quoted::Quoted;
use crate::resource::Everything;
use crate::{
    CustomPolicy, Error, Expires, Hash, KeyPairId, NodeCrypto, PrivateKey, Resource, Signer, StartTime,
    UnsignedCookies, UnsignedUrl, encode_url,
};

/// The first byte of every DER key: the tag of an ASN.1 SEQUENCE. PEM starts with a hyphen.
const DER_SEQUENCE: u8 = 0x30;

/// 2000-01-01T00:00:00Z in seconds. CloudFront did not exist then, so an earlier date was most likely given in seconds.
const YEAR_2000: u64 = 946_684_800;

pub(super) fn new_signer(
    key_pair_id: String,
    private_key: &[u8],
    hash: Option<&str>,
    crypto: Option<&NodeCrypto>,
) -> Result<Signer, Error> {
    let key_pair_id = KeyPairId::new(key_pair_id)?;
    let hash: Option<Hash> = hash.map(str::parse).transpose()?;
    let key = if private_key.first() == Some(&DER_SEQUENCE) {
        PrivateKey::from_der(private_key)?
    } else {
        PrivateKey::from_pem(core::str::from_utf8(private_key).map_err(|_| Error::NotPem)?)?
    };
    let hash = hash.unwrap_or_else(|| key.algorithm().default_hash());
    let signer = Signer::new(key_pair_id, key, hash);
    match crypto {
        Some(crypto) => signer.with_node_crypto(crypto),
        None => Ok(signer),
    }
}

/// What is signed: a URL or cookies.
#[derive(Debug)]
pub(super) enum Unsigned {
    Url(UnsignedUrl),
    Cookies(UnsignedCookies),
}

impl Unsigned {
    pub(super) fn message(&self) -> &[u8] {
        match self {
            Self::Url(url) => url.message(),
            Self::Cookies(cookies) => cookies.message(),
        }
    }

    pub(super) fn digest(&self) -> Vec<u8> {
        match self {
            Self::Url(url) => url.digest(),
            Self::Cookies(cookies) => cookies.digest(),
        }
    }

    /// The URL; or the cookies as name, value, name, value.
    pub(super) fn finish(&self, signature: &[u8]) -> Result<Vec<String>, Error> {
        Ok(match self {
            Self::Url(url) => Vec::from([url.finish(signature)?]),
            Self::Cookies(cookies) => {
                cookies.finish(signature)?.into_iter().flat_map(|(name, value)| [String::from(name), value]).collect()
            }
        })
    }
}

/// The arguments of a request. Dates are milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Request<'a> {
    pub(super) is_cookies: bool,
    pub(super) url: Option<&'a str>,
    /// The JSON of a policy, instead of dates and an address.
    pub(super) policy: Option<&'a str>,
    pub(super) expires_ms: Option<f64>,
    pub(super) start_ms: Option<f64>,
    pub(super) source_ip: Option<&'a str>,
    pub(super) allow_everything: bool,
}

impl Request<'_> {
    /// Checks the arguments.
    pub(super) fn prepare(self, id: KeyPairId, hash: Hash) -> Result<Unsigned, Error> {
        if self.is_cookies {
            return self.cookies(id, hash).map(Unsigned::Cookies);
        }
        let unsigned = match (self.policy, self.url) {
            (Some(policy), url) => {
                let policy = CustomPolicy::parse_with(policy, self.everything())?;
                let url = match url {
                    Some(url) => encode_url(url)?,
                    None => url_from_resource(policy.resource())?,
                };
                UnsignedUrl::custom(id, hash, &url, &policy)
            }
            (None, url) => {
                let url = encode_url(url.unwrap_or_default())?;
                if self.is_canned() {
                    UnsignedUrl::canned(id, hash, &url, self.expires()?)
                } else {
                    UnsignedUrl::custom(id, hash, &url, &self.custom_policy(Resource::exact(&url)?)?)
                }
            }
        };
        unsigned.map(Unsigned::Url)
    }

    fn cookies(self, id: KeyPairId, hash: Hash) -> Result<UnsignedCookies, Error> {
        if let Some(policy) = self.policy {
            return Ok(UnsignedCookies::custom(id, hash, &CustomPolicy::parse_with(policy, self.everything())?));
        }
        let url = self.url.unwrap_or_default();
        // A wildcard needs a custom policy: a canned one covers the exact URL of a request only.
        let resource = if url.contains('*') {
            Resource::parse(url, self.everything())?
        } else if self.is_canned() {
            return UnsignedCookies::canned(id, hash, url, self.expires()?);
        } else {
            Resource::exact(url)?
        };
        Ok(UnsignedCookies::custom(id, hash, &self.custom_policy(resource)?))
    }

    fn everything(self) -> Everything {
        if self.allow_everything { Everything::Allowed } else { Everything::Rejected }
    }

    /// Whether a canned policy, which has only an expiry, can express the request.
    fn is_canned(self) -> bool {
        self.start_ms.is_none() && self.source_ip.is_none()
    }

    fn expires(self) -> Result<Expires, Error> {
        Expires::from_duration_since_epoch(since_epoch(self.expires_ms.unwrap_or(f64::NAN))?)
    }

    fn custom_policy(self, resource: Resource) -> Result<CustomPolicy, Error> {
        let mut policy = CustomPolicy::new(resource, self.expires()?);
        if let Some(milliseconds) = self.start_ms {
            policy = policy.with_start_time(StartTime::from_duration_since_epoch(since_epoch(milliseconds)?)?)?;
        }
        if let Some(source_ip) = self.source_ip {
            policy = policy.with_source_ip(source_ip.parse()?);
        }
        Ok(policy)
    }
}

/// The time since 1970 of a JavaScript date.
fn since_epoch(milliseconds: f64) -> Result<Duration, Error> {
    let since_epoch = Duration::try_from_secs_f64(milliseconds / 1000.0).map_err(|_| Error::InvalidDate)?;
    if since_epoch.as_secs() < YEAR_2000 {
        return Err(Error::BeforeYear2000 { seconds: since_epoch.as_secs() });
    }
    Ok(since_epoch)
}

/// The single URL that a resource names. If its scheme is a pattern, the URL uses HTTPS.
fn url_from_resource(resource: &Resource) -> Result<String, Error> {
    let text = resource.as_str();
    let path = text.strip_prefix("*://").or_else(|| text.strip_prefix("http*://"));
    let url = path.map_or_else(|| String::from(text), |path| alloc::format!("https://{path}"));
    if Resource::exact(&url).is_err() {
        return Err(Error::WildcardWithoutUrl { resource: Quoted::new(text) });
    }
    Ok(url)
}
