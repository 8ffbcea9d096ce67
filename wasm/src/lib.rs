//! Signs CloudFront URLs and cookies: RSA-2048 and ECDSA P-256, SHA-1 and SHA-256, canned and custom policies.
//!
//! ```
//! use core::time::Duration;
//! use vitae_signer::{Expires, KeyPairId, PrivateKey, Signer};
//!
//! # use pkcs8::{EncodePrivateKey, LineEnding};
//! # let pem = p256::SecretKey::from_slice(&[7; 32]).unwrap().to_pkcs8_pem(LineEnding::LF).unwrap();
//! # let mut rng = getrandom::SysRng;
//! # let now = Duration::from_millis(1_767_290_340_500);
//! let key = PrivateKey::from_pem(&pem)?;
//! let hash = key.algorithm().default_hash();
//! let signer = Signer::new(KeyPairId::new("K2JCJMDEHXQW5F")?, key, hash);
//! let expires = Expires::after(now, Duration::from_secs(60))?;
//! let url = signer.sign_url_canned("https://d111111abcdef8.cloudfront.net/cv/resume.pdf", expires, &mut rng)?;
//! assert!(url.contains("?Expires=1767290400&Key-Pair-Id=K2JCJMDEHXQW5F&Signature="));
//! assert!(url.ends_with("&Hash-Algorithm=SHA256"));
//! # Ok::<(), vitae_signer::Error>(())
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

/// Compiles the examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

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
