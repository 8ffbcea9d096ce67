//! The observed state on which a decision is based. It holds no private key.

use vitae_signer::Algorithm;

use crate::probe::ProbeResult;
use crate::public_key::PublicKey;
use crate::timing::RotationPolicy;

/// A key pair that is stored in a parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPair {
    /// The id that is stored with the key.
    pub key_pair_id: String,
    /// Its public key.
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

/// The value of `signer/next`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextPair {
    /// A key pair that CloudFront accepts.
    Valid(PublicKey),
    /// Anything else, with the reason of its rejection.
    Invalid(String),
}

/// A distribution that trusts the key group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// Its cloudfront.net name.
    pub domain_name: String,
    /// Whether its status is `Deployed`.
    pub is_deployed: bool,
}

/// The result of a probe, for one key and one version of the key group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The key it was signed with.
    pub key_pair_id: String,
    /// The version of the key group at that time. A proof is valid only for it.
    pub etag: String,
    /// The result.
    pub result: ProbeResult,
}

/// The request of this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Create the first key of a new stack, and nothing else.
    Create,
    /// Start a rotation even if none is due.
    Rotate(Algorithm),
    /// Revoke this key.
    Revoke(String),
}

/// The observed state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// The function's clock, in seconds since 1970.
    pub now: u64,
    /// The owner's settings, and the times that follow from CloudFront and the edge.
    pub policy: RotationPolicy,
    /// The request of this run.
    pub intent: Option<Intent>,
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
    /// The number of public keys in the account, including those of others.
    pub keys_in_account: usize,
    /// The last probe of this run.
    pub proof: Option<Proof>,
}

impl Observed {
    /// The public key of a stored pair. If it is registered twice, the one that the group trusts is preferred, then the
    /// one whose id is stored; otherwise every run chooses the same one.
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

    /// Whether the key group contains this id.
    #[must_use]
    pub fn is_trusted(&self, id: &str) -> bool {
        self.group.as_ref().is_some_and(|group| group.keys.iter().any(|key| key == id))
    }

    /// Whether the owner revoked this id.
    #[must_use]
    pub fn is_revoked(&self, id: &str) -> bool {
        self.revoked.iter().any(|revoked| revoked == id)
    }

    /// Whether the active key was revoked.
    #[must_use]
    pub fn is_active_revoked(&self) -> bool {
        self.active.as_ref().is_some_and(|active| self.is_revoked(&active.key_pair_id))
    }
}
