//! The requests of the JavaScript interface, with the meaning they have in `@aws-sdk/cloudfront-signer`: a URL is
//! percent-encoded before it is signed, a source without a prefix is a single address, and a request that a canned policy
//! cannot express uses a custom one.

use alloc::string::String;
use core::time::Duration;

use rand_core::TryCryptoRng;

use crate::quoted::Quoted;
use crate::{
    CustomPolicy, Error, Expires, Hash, KeyPairId, PrivateKey, Resource, SignedCookies, Signer, StartTime, encode_url,
};

/// The first byte of every DER key: the tag of an ASN.1 SEQUENCE. PEM starts with a hyphen.
const DER_SEQUENCE: u8 = 0x30;

/// 2000-01-01T00:00:00Z in seconds. CloudFront did not exist then, so an earlier date was most likely given in seconds.
const YEAR_2000: u64 = 946_684_800;

pub(super) fn new_signer(key_pair_id: String, private_key: &[u8], hash: Option<&str>) -> Result<Signer, Error> {
    let key_pair_id = KeyPairId::new(key_pair_id)?;
    let hash: Option<Hash> = hash.map(str::parse).transpose()?;
    let key = if private_key.first() == Some(&DER_SEQUENCE) {
        PrivateKey::from_der(private_key)?
    } else {
        PrivateKey::from_pem(core::str::from_utf8(private_key).map_err(|_| Error::NotPem)?)?
    };
    let hash = hash.unwrap_or_else(|| key.algorithm().default_hash());
    Ok(Signer::new(key_pair_id, key, hash))
}

pub(super) fn sign_url(
    signer: &Signer,
    url: &str,
    expires_ms: f64,
    start_ms: Option<f64>,
    source_ip: Option<&str>,
    rng: &mut impl TryCryptoRng,
) -> Result<String, Error> {
    let url = encode_url(url)?;
    if start_ms.is_none() && source_ip.is_none() {
        return signer.sign_url_canned(&url, expires(expires_ms)?, rng);
    }
    let policy = custom_policy(Resource::exact(&url)?, expires_ms, start_ms, source_ip)?;
    signer.sign_url_custom(&url, &policy, rng)
}

pub(super) fn sign_url_with_policy(
    signer: &Signer,
    url: Option<&str>,
    policy: &str,
    rng: &mut impl TryCryptoRng,
) -> Result<String, Error> {
    let policy = CustomPolicy::parse(policy)?;
    let url = match url {
        Some(url) => encode_url(url)?,
        None => url_from_resource(policy.resource())?,
    };
    signer.sign_url_custom(&url, &policy, rng)
}

pub(super) fn sign_cookies(
    signer: &Signer,
    url: &str,
    expires_ms: f64,
    start_ms: Option<f64>,
    source_ip: Option<&str>,
    rng: &mut impl TryCryptoRng,
) -> Result<SignedCookies, Error> {
    // A wildcard needs a custom policy: a canned one covers the exact URL of a request only.
    let resource = if url.contains('*') {
        Resource::wildcard(url)?
    } else if start_ms.is_none() && source_ip.is_none() {
        return signer.sign_cookies_canned(url, expires(expires_ms)?, rng);
    } else {
        Resource::exact(url)?
    };
    signer.sign_cookies_custom(&custom_policy(resource, expires_ms, start_ms, source_ip)?, rng)
}

pub(super) fn sign_cookies_with_policy(
    signer: &Signer,
    policy: &str,
    rng: &mut impl TryCryptoRng,
) -> Result<SignedCookies, Error> {
    signer.sign_cookies_custom(&CustomPolicy::parse(policy)?, rng)
}

fn custom_policy(
    resource: Resource,
    expires_ms: f64,
    start_ms: Option<f64>,
    source_ip: Option<&str>,
) -> Result<CustomPolicy, Error> {
    let mut policy = CustomPolicy::new(resource, expires(expires_ms)?);
    if let Some(milliseconds) = start_ms {
        policy = policy.with_start_time(StartTime::from_duration_since_epoch(since_epoch(milliseconds)?)?)?;
    }
    if let Some(source_ip) = source_ip {
        policy = policy.with_source_ip(source_ip.parse()?);
    }
    Ok(policy)
}

fn expires(milliseconds: f64) -> Result<Expires, Error> {
    Expires::from_duration_since_epoch(since_epoch(milliseconds)?)
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
