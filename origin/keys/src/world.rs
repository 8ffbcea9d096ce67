//! What is there: everything that a decision is made from. No private key is part of it.

use vitae_signer::Algorithm;

use crate::probe::Verdict;
use crate::public_key::PublicKey;
use crate::rules::Rules;

/// A pair that is stored in a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPair {
    /// The id that stands beside the key.
    pub key_pair_id: String,
    /// Its public half.
    pub public_key: PublicKey,
    /// When the parameter was written, in seconds since 1970, by Parameter Store's clock.
    pub since: u64,
}

/// A public key of this stack that CloudFront knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisteredKey {
    /// CloudFront's id, which URLs carry as `Key-Pair-Id`.
    pub id: String,
    /// The key.
    pub public_key: PublicKey,
    /// When it was registered, in seconds since 1970, by CloudFront's clock.
    pub since: u64,
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
    /// When it was last changed, in seconds since 1970, by CloudFront's clock.
    pub since: u64,
}

/// What stands at `signer/next`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextPair {
    /// A pair that CloudFront takes.
    Good(PublicKey),
    /// Anything else, and why it is refused.
    Bad(String),
}

/// A distribution that trusts the key group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// Its cloudfront.net name.
    pub domain_name: String,
    /// Whether its status is `Deployed`.
    pub is_deployed: bool,
}

/// What a signed request for the probe was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The key it was signed with.
    pub key_pair_id: String,
    /// The version of the key group at that time: a proof holds for no other.
    pub etag: String,
    /// What the answer says.
    pub verdict: Verdict,
}

/// What the owner asks for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The first key of a new stack, and nothing beyond.
    Create,
    /// A new key, though none is due.
    Rotate(Algorithm),
    /// An end of this key.
    Revoke(String),
}

/// What is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct World {
    /// The function's clock, in seconds since 1970.
    pub now: u64,
    /// What the stack's owner decided.
    pub rules: Rules,
    /// What the owner asks for now.
    pub wish: Option<Wish>,
    /// `signer/pending`.
    pub pending: Option<StoredPair>,
    /// `signer/active`.
    pub active: Option<StoredPair>,
    /// `signer/next`.
    pub next: Option<NextPair>,
    /// The ids in `signer/state` of keys that the owner revoked.
    pub revoked: Vec<String>,
    /// The public keys of this stack.
    pub public_keys: Vec<RegisteredKey>,
    /// The key group of this stack.
    pub group: Option<Group>,
    /// The distributions that trust it.
    pub distributions: Vec<Distribution>,
    /// How many public keys the account has, of whomever.
    pub keys_in_account: usize,
    /// The last probe of this run.
    pub proof: Option<Proof>,
}

impl World {
    /// The public key of a stored pair. Should it be registered twice, then the one that the group trusts, or that is
    /// named beside the private key; else every run takes the same one.
    #[must_use]
    pub fn registered(&self, pair: &StoredPair) -> Option<&RegisteredKey> {
        let of_pair = self.public_keys.iter().filter(|key| key.public_key == pair.public_key);
        of_pair.max_by_key(|key| (self.is_trusted(&key.id), key.id == pair.key_pair_id, core::cmp::Reverse(&key.id)))
    }

    /// The public key of `signer/active`.
    #[must_use]
    pub fn active_key(&self) -> Option<&RegisteredKey> {
        self.active.as_ref().and_then(|pair| self.registered(pair))
    }

    /// The public key of `signer/pending`.
    #[must_use]
    pub fn pending_key(&self) -> Option<&RegisteredKey> {
        self.pending.as_ref().and_then(|pair| self.registered(pair))
    }

    /// Whether the key group holds this id.
    #[must_use]
    pub fn is_trusted(&self, id: &str) -> bool {
        self.group.as_ref().is_some_and(|group| group.keys.iter().any(|key| key == id))
    }

    /// Whether the owner revoked this id.
    #[must_use]
    pub fn is_revoked(&self, id: &str) -> bool {
        self.revoked.iter().any(|revoked| revoked == id)
    }

    /// Whether the key that the edge signs with was revoked.
    #[must_use]
    pub fn is_active_revoked(&self) -> bool {
        self.active.as_ref().is_some_and(|active| self.is_revoked(&active.key_pair_id))
    }
}
