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
//! - A URL is signed exactly as it is sent. A URL that a browser or an HTTP client would rewrite is an error.
//! - The caller passes the time: the crate reads no clock. Times are whole seconds since 1970.
//! - The caller passes the randomness, which blinds the RSA computation and does not change its result.
//!
//! Without the features `rsa` and `p256`, the crate has no private keys: it prepares what a key elsewhere signs
//! ([`UnsignedUrl`]), and reads signed URLs ([`SignedUrl`]).
//!
//! The format is documented at <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-signed-urls.html>

#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

/// Runs the README's examples as doctests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod algorithm;
#[cfg(any(feature = "rsa", feature = "p256"))]
mod backend;
mod base64;
mod cookies;
mod error;
mod hash;
mod ipv4_cidr;
#[cfg(all(feature = "js", any(feature = "rsa", feature = "p256")))]
mod js;
#[cfg(any(feature = "rsa", feature = "p256"))]
mod key;
mod key_pair_id;
#[cfg(all(test, feature = "rsa", feature = "p256"))]
mod known_mistakes;
#[cfg(all(feature = "host", any(feature = "rsa", feature = "p256")))]
mod node_crypto;
mod policy;
#[cfg(all(test, feature = "rsa", feature = "p256"))]
mod properties;
#[cfg(any(feature = "rsa", feature = "p256"))]
mod public_key;
mod quoted;
mod resource;
mod resource_match;
mod signature_format;
mod signed_url;
#[cfg(any(feature = "rsa", feature = "p256"))]
mod signer;
#[cfg(all(test, feature = "rsa", feature = "p256"))]
mod testing;
mod time;
mod unsigned;
mod url;
mod wildcard;

pub use rand_core;

pub use crate::algorithm::Algorithm;
#[cfg(any(feature = "rsa", feature = "p256"))]
pub use crate::backend::{BackendError, SignatureBackend};
pub use crate::cookies::SignedCookies;
pub use crate::error::Error;
pub use crate::hash::Hash;
pub use crate::ipv4_cidr::Ipv4Cidr;
#[cfg(any(feature = "rsa", feature = "p256"))]
pub use crate::key::PrivateKey;
pub use crate::key_pair_id::KeyPairId;
#[cfg(all(feature = "host", any(feature = "rsa", feature = "p256")))]
pub use crate::node_crypto::NodeCrypto;
pub use crate::policy::CustomPolicy;
#[cfg(any(feature = "rsa", feature = "p256"))]
pub use crate::public_key::PublicKey;
pub use crate::quoted::Quoted;
pub use crate::resource::Resource;
#[cfg(any(feature = "rsa", feature = "p256"))]
pub use crate::signed_url::Hint;
pub use crate::signed_url::{Rejection, SignedUrl};
#[cfg(any(feature = "rsa", feature = "p256"))]
pub use crate::signer::Signer;
pub use crate::time::{Expires, StartTime};
pub use crate::unsigned::{UnsignedCookies, UnsignedUrl};
pub use crate::url::encode_url;
