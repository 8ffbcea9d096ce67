//! The signer of the examples.

use std::error::Error;

use getrandom::SysRng;
use p256::elliptic_curve::Generate as _;
use pkcs8::EncodePrivateKey as _;
use vitae_signer::{KeyPairId, PrivateKey, Signer};

/// Reads the key from the PEM file in the first argument, and its ID from the second. Without arguments, generates a
/// P-256 key: CloudFront accepts its signatures only if it has the public half.
pub(crate) fn signer() -> Result<Signer, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let key = match arguments.next() {
        Some(path) => PrivateKey::from_pem(&std::fs::read_to_string(path)?)?,
        None => PrivateKey::from_der(p256::SecretKey::try_generate_from_rng(&mut SysRng)?.to_pkcs8_der()?.as_bytes())?,
    };
    let id = KeyPairId::new(arguments.next().unwrap_or_else(|| "K2JCJMDEHXQW5F".into()))?;
    let hash = key.algorithm().default_hash();
    Ok(Signer::new(id, key, hash))
}
