//! What is there: everything that a decision is made from. No private key is part of it.

use crate::public_key::PublicKey;

/// A pair that is stored in a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPair {
    /// The id that stands beside the key.
    pub key_pair_id: String,
    /// Its public half.
    pub public_key: PublicKey,
}

/// A public key of this stack that CloudFront knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredKey {
    /// CloudFront's id, which URLs carry as `Key-Pair-Id`.
    pub id: String,
    /// The key.
    pub public_key: PublicKey,
}

/// The stack's key group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// CloudFront's id, which the distribution trusts.
    pub id: String,
    /// The version that was read, for `If-Match`.
    pub etag: String,
    /// The ids of its public keys.
    pub keys: Vec<String>,
}

/// What is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct World {
    /// `signer/pending`.
    pub pending: Option<StoredPair>,
    /// `signer/active`.
    pub active: Option<StoredPair>,
    /// The public keys of this stack.
    pub public_keys: Vec<RegisteredKey>,
    /// The key group of this stack.
    pub group: Option<Group>,
    /// How many public keys the account has, of whomever.
    pub keys_in_account: usize,
}
