//! Signs CloudFront URLs and cookies: RSA-2048 and ECDSA P-256, SHA-1 and SHA-256, canned and custom policies.
//!
//! ```
//! use vitae_signer::{Expires, Hash, KeyPairId, PrivateKey, Signer};
//!
//! # fn sign(pem: &str, rng: &mut impl rand_core::CryptoRng) -> Result<String, vitae_signer::Error> {
//! let key = PrivateKey::from_pem(pem)?;
//! let hash = key.algorithm().default_hash();
//! let signer = Signer::new(KeyPairId::new("K2JCJMDEHXQW5F")?, key, hash);
//! let expires = Expires::from_epoch_seconds(1_767_290_400)?;
//! signer.sign_url_canned("https://d111111abcdef8.cloudfront.net/cv/resume.pdf", expires, rng)
//! # }
//! ```
//!
//! The URL is signed exactly as it will be sent: what a browser or an HTTP client would rewrite on its way is refused.
//! Times are whole seconds since 1970 and given by the caller; no clock is read here. Randomness, which blinds the RSA
//! computation and changes no byte of its result, is given by the caller too.
//!
//! Source of the format: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-urls.html>

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod algorithm;
mod cookies;
mod encoding;
mod error;
mod expires;
mod hash;
mod ipv4_cidr;
#[cfg(feature = "js")]
mod js;
mod key;
mod key_pair_id;
mod policy;
#[cfg(test)]
mod properties;
mod quoted;
mod resource;
mod seconds;
mod signer;
mod starts;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod traps;
mod url;
mod wildcard;

pub use rand_core;

pub use crate::algorithm::Algorithm;
pub use crate::cookies::SignedCookies;
pub use crate::error::Error;
pub use crate::expires::Expires;
pub use crate::hash::Hash;
pub use crate::ipv4_cidr::Ipv4Cidr;
pub use crate::key::PrivateKey;
pub use crate::key_pair_id::KeyPairId;
pub use crate::policy::CustomPolicy;
pub use crate::quoted::Quoted;
pub use crate::resource::Resource;
pub use crate::signer::Signer;
pub use crate::starts::Starts;
pub use crate::url::encode_url;
