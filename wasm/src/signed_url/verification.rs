//! Whether a public key verifies a signed URL, and if not, what it was signed for.

use alloc::borrow::ToOwned;
use alloc::string::String;

use super::SignedUrl;
use crate::policy::canned_json;
use crate::{Hash, PublicKey};

/// What a signature is for that does not verify.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Hint {
    /// The signature is of another type of key.
    #[error(
        "the signature is of an {signature} key, and the public key is {key}: it is the key of another key pair ID"
    )]
    OtherAlgorithm {
        /// The algorithm of the signature.
        signature: crate::Algorithm,
        /// The algorithm of the key.
        key: crate::Algorithm,
    },
    /// The signature is for another hash than the URL says.
    #[error("the signature is with {hash}: {}", if *hash == Hash::Sha256 { "add Hash-Algorithm=SHA256" } else { "remove Hash-Algorithm" })]
    OtherHash {
        /// The hash of the signature.
        hash: Hash,
    },
    /// The signature is for another spelling of the URL, or another URL.
    #[error("the signature is for {url}: a URL must be sent exactly as it was signed")]
    OtherUrl {
        /// The URL that was signed.
        url: String,
    },
    /// The signature is for none of these.
    #[error("the signature is of another key, or the URL was changed after signing")]
    Unknown,
}

impl SignedUrl {
    /// Verifies the signature. `Err` is what the signature is for, as far as it can be found.
    ///
    /// # Errors
    /// A [`Hint`] if the signature does not verify, or if the URL has a rejection because of which there is nothing to verify.
    pub fn verify(&self, key: &PublicKey) -> Result<(), Hint> {
        let (Some(signature), Some(json)) = (self.signature(), self.policy_json()) else { return Err(Hint::Unknown) };
        if self.hash().is_some_and(|hash| key.verify(hash, json.as_bytes(), signature)) {
            return Ok(());
        }
        if let Some(algorithm) = crate::signature_format::detect(signature)
            && algorithm != key.algorithm()
        {
            return Err(Hint::OtherAlgorithm { signature: algorithm, key: key.algorithm() });
        }
        let other_hash = Hash::ALL.into_iter().find(|hash| key.verify(*hash, json.as_bytes(), signature));
        if let Some(hash) = other_hash {
            return Err(Hint::OtherHash { hash });
        }
        let (Some(hash), Some(true), Some(expires)) = (self.hash(), self.is_canned(), self.expires()) else {
            return Err(Hint::Unknown);
        };
        for url in spellings(self.url()) {
            let json = canned_json(&url, expires);
            if json.is_some_and(|json| key.verify(hash, json.as_bytes(), signature)) {
                return Err(Hint::OtherUrl { url });
            }
        }
        Err(Hint::Unknown)
    }
}

/// Other spellings of a URL, as signers and proxies confuse them.
fn spellings(url: &str) -> impl Iterator<Item = String> {
    let other_scheme = match url.strip_prefix("https://") {
        Some(rest) => "http://".to_owned() + rest,
        None => url.replacen("http://", "https://", 1),
    };
    let without_query = url.split('?').next().unwrap_or(url).to_owned();
    let replacements =
        [("'", "%27"), ("%27", "'"), ("*", "%2A"), ("%2A", "*"), ("+", "%20"), ("%20", "+"), ("%20", " ")];
    [other_scheme, without_query]
        .into_iter()
        .chain(replacements.into_iter().map(|(from, to)| url.replace(from, to)))
        .filter(|spelling| spelling != url)
        .collect::<alloc::vec::Vec<_>>()
        .into_iter()
}
