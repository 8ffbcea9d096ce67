//! URLs and cookies whose signature is computed elsewhere, such as in AWS KMS.

mod cookies;
mod url;

#[cfg(all(test, feature = "rsa", feature = "p256"))]
mod tests;

use alloc::format;
use alloc::string::String;

pub use cookies::UnsignedCookies;
pub use url::UnsignedUrl;

use crate::url::Url;
use crate::{CustomPolicy, Error, Expires, Hash, KeyPairId, base64, policy, signature_format};

/// What is signed, and what the result has besides the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Unsigned {
    key_pair_id: KeyPairId,
    hash: Hash,
    /// The JSON that is signed.
    policy: String,
    /// The parameter that carries the policy.
    parameter: Parameter,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parameter {
    /// `Expires`: CloudFront rebuilds the policy from the request.
    Expires(Expires),
    /// `Policy`.
    Policy,
}

impl Unsigned {
    fn canned(key_pair_id: KeyPairId, hash: Hash, url: &Url<'_>, expires: Expires) -> Self {
        Self { key_pair_id, hash, policy: policy::canned(url, expires), parameter: Parameter::Expires(expires) }
    }

    fn custom(key_pair_id: KeyPairId, hash: Hash, policy: &CustomPolicy) -> Self {
        Self { key_pair_id, hash, policy: String::from(policy.as_json()), parameter: Parameter::Policy }
    }

    /// The value of the parameter that carries the policy.
    fn value(&self) -> String {
        match self.parameter {
            Parameter::Expires(expires) => format!("{expires}"),
            Parameter::Policy => base64::encode(self.policy.as_bytes()),
        }
    }
}

fn check_format(signature: &[u8]) -> Result<(), Error> {
    if signature_format::detect(signature).is_none() {
        return Err(Error::NotASignature { bytes: signature.len() });
    }
    Ok(())
}
