//! The four things that JavaScript asks for, as `@aws-sdk/cloudfront-signer` means them: a URL is percent-encoded before
//! it is signed, a source without a prefix is one address, and whatever a canned policy cannot say makes a custom one.

use alloc::string::String;

use rand_core::TryCryptoRng;

use super::dates;
use crate::quoted::Quoted;
use crate::{CustomPolicy, Error, Hash, KeyPairId, PrivateKey, Resource, SignedCookies, Signer, encode_url};

/// The first byte of every key in DER: the tag of an ASN.1 SEQUENCE. PEM begins with a hyphen.
const DER_SEQUENCE: u8 = 0x30;

pub(super) fn signer(key_pair_id: String, private_key: &[u8], hash: Option<&str>) -> Result<Signer, Error> {
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

pub(super) fn url(
    signer: &Signer,
    url: &str,
    expires: f64,
    starts: Option<f64>,
    source: Option<&str>,
    rng: &mut impl TryCryptoRng,
) -> Result<String, Error> {
    let url = encode_url(url)?;
    match custom(|| Resource::exact(&url), expires, starts, source)? {
        Some(policy) => signer.sign_url_custom(&url, &policy, rng),
        None => signer.sign_url_canned(&url, dates::expires(expires)?, rng),
    }
}

pub(super) fn url_with_policy(
    signer: &Signer,
    url: Option<&str>,
    policy: &str,
    rng: &mut impl TryCryptoRng,
) -> Result<String, Error> {
    let policy = CustomPolicy::parse(policy)?;
    let url = match url {
        Some(url) => encode_url(url)?,
        None => only_url(policy.resource())?,
    };
    signer.sign_url_custom(&url, &policy, rng)
}

/// A wildcard needs a policy of its own, or no file would open: what a canned policy covers is the very URL asked for.
pub(super) fn cookies(
    signer: &Signer,
    url: &str,
    expires: f64,
    starts: Option<f64>,
    source: Option<&str>,
    rng: &mut impl TryCryptoRng,
) -> Result<SignedCookies, Error> {
    if url.contains('*') {
        let policy = CustomPolicy::new(Resource::wildcard(url)?, dates::expires(expires)?);
        return signer.sign_cookies_custom(&restricted(policy, starts, source)?, rng);
    }
    match custom(|| Resource::exact(url), expires, starts, source)? {
        Some(policy) => signer.sign_cookies_custom(&policy, rng),
        None => signer.sign_cookies_canned(url, dates::expires(expires)?, rng),
    }
}

pub(super) fn cookies_with_policy(
    signer: &Signer,
    policy: &str,
    rng: &mut impl TryCryptoRng,
) -> Result<SignedCookies, Error> {
    signer.sign_cookies_custom(&CustomPolicy::parse(policy)?, rng)
}

/// The custom policy, if a canned one cannot say it.
fn custom(
    resource: impl FnOnce() -> Result<Resource, Error>,
    expires: f64,
    starts: Option<f64>,
    source: Option<&str>,
) -> Result<Option<CustomPolicy>, Error> {
    if starts.is_none() && source.is_none() {
        return Ok(None);
    }
    let policy = CustomPolicy::new(resource()?, dates::expires(expires)?);
    restricted(policy, starts, source).map(Some)
}

fn restricted(policy: CustomPolicy, starts: Option<f64>, source: Option<&str>) -> Result<CustomPolicy, Error> {
    let policy = match starts {
        Some(starts) => policy.starting(dates::starts(starts)?)?,
        None => policy,
    };
    Ok(match source {
        Some(source) => policy.from_source(source.parse()?),
        None => policy,
    })
}

/// The one URL that a resource names. Of the schemes that a pattern may have, it is asked for over HTTPS.
fn only_url(resource: &Resource) -> Result<String, Error> {
    let text = resource.as_str();
    let path = text.strip_prefix("*://").or_else(|| text.strip_prefix("http*://"));
    let url = path.map_or_else(|| String::from(text), |path| alloc::format!("https://{path}"));
    if Resource::exact(&url).is_err() {
        return Err(Error::WildcardWithoutUrl { resource: Quoted::new(text) });
    }
    Ok(url)
}
