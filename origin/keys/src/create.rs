//! What comes next on the way to a stack's first key.

use core::cmp::Reverse;
use core::fmt;

use vitae_signer::Algorithm;

use crate::world::{RegisteredKey, StoredPair, World};

/// The most public keys of an account, and of a key group.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>
pub const KEYS_PER_ACCOUNT: usize = 10;
/// See [`KEYS_PER_ACCOUNT`].
pub const KEYS_PER_GROUP: usize = 5;

/// Which parameter holds the pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// `signer/active`.
    Active,
    /// `signer/pending`.
    Pending,
}

/// One step, with one effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Make a pair and store it at `signer/pending`, where none may be.
    MakePair(Algorithm),
    /// Register the public half of the stored pair with CloudFront.
    Register(Slot),
    /// Make the key group, with this key.
    CreateGroup {
        /// The key's id.
        key_pair_id: String,
    },
    /// Add this key to the key group.
    AddToGroup {
        /// The key's id.
        key_pair_id: String,
    },
    /// Write the pair to `signer/active` under the id of its public half.
    Promote {
        /// Where the pair stands.
        from: Slot,
        /// Its id.
        key_pair_id: String,
    },
    /// Delete `signer/pending`, whose pair is the active one.
    DeletePending,
    /// Delete a public key that was registered twice and that the key group does not hold.
    Deregister {
        /// Its id.
        key_pair_id: String,
    },
    /// Nothing is left to do.
    Done {
        /// The key group.
        group_id: String,
    },
}

/// Why there is no next step.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stuck {
    /// The account has no room for a key.
    #[error(
        "the account has {keys} public keys in CloudFront and may have {KEYS_PER_ACCOUNT}: delete one that nothing uses \
         and try again; nothing was made"
    )]
    AccountFull {
        /// How many it has.
        keys: usize,
    },
    /// The group has no room for a key.
    #[error("the key group {group_id} has {KEYS_PER_GROUP} keys, the most it may have: remove one that nothing uses")]
    GroupFull {
        /// The key group.
        group_id: String,
    },
}

/// The next step from what is there.
///
/// A pair that is stored is used before one is made, the active one first: whatever is already signing goes on signing.
///
/// # Errors
/// [`Stuck`] if a quota of CloudFront's leaves no room. The account's is looked at before a pair is made.
pub fn decide(world: &World, algorithm: Algorithm) -> Result<Action, Stuck> {
    let active = world.active.as_ref().map(|pair| (Slot::Active, pair));
    let Some((slot, pair)) = active.or(world.pending.as_ref().map(|pair| (Slot::Pending, pair))) else {
        return room_in_account(world).map(|()| Action::MakePair(algorithm));
    };
    let Some(key) = registered(world, pair) else {
        return room_in_account(world).map(|()| Action::Register(slot));
    };
    let key_pair_id = key.id.clone();
    let Some(group) = &world.group else {
        return Ok(Action::CreateGroup { key_pair_id });
    };
    if !group.keys.contains(&key_pair_id) {
        return if group.keys.len() < KEYS_PER_GROUP {
            Ok(Action::AddToGroup { key_pair_id })
        } else {
            Err(Stuck::GroupFull { group_id: group.id.clone() })
        };
    }
    if slot == Slot::Pending || pair.key_pair_id != key_pair_id {
        return Ok(Action::Promote { from: slot, key_pair_id });
    }
    // Another pair at `signer/pending` is a rotation under way, which is none of this function's business.
    if world.pending.as_ref().is_some_and(|pending| pending.public_key == pair.public_key) {
        return Ok(Action::DeletePending);
    }
    // Two runs at once may both have registered the pair.
    let is_copy = |key: &&RegisteredKey| key.public_key == pair.public_key && !group.keys.contains(&key.id);
    if let Some(copy) = world.public_keys.iter().find(is_copy) {
        return Ok(Action::Deregister { key_pair_id: copy.id.clone() });
    }
    Ok(Action::Done { group_id: group.id.clone() })
}

/// The public key of a pair. Should it be registered twice, then the one that the group trusts, or that is named beside
/// the private key; else every run takes the same one.
fn registered<'a>(world: &'a World, pair: &StoredPair) -> Option<&'a RegisteredKey> {
    let trusted = |key: &RegisteredKey| world.group.as_ref().is_some_and(|group| group.keys.contains(&key.id));
    let of_pair = world.public_keys.iter().filter(|key| key.public_key == pair.public_key);
    of_pair.max_by_key(|key| (trusted(key), key.id == pair.key_pair_id, Reverse(&key.id)))
}

fn room_in_account(world: &World) -> Result<(), Stuck> {
    let keys = world.keys_in_account;
    if keys < KEYS_PER_ACCOUNT { Ok(()) } else { Err(Stuck::AccountFull { keys }) }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Active => "signer/active",
            Self::Pending => "signer/pending",
        })
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MakePair(algorithm) => write!(f, "made a pair of {algorithm} at signer/pending"),
            Self::Register(slot) => write!(f, "registered the public key of {slot}"),
            Self::CreateGroup { key_pair_id } => write!(f, "made the key group with {key_pair_id}"),
            Self::AddToGroup { key_pair_id } => write!(f, "added {key_pair_id} to the key group"),
            Self::Promote { from, key_pair_id } => {
                write!(f, "wrote the pair of {from} to signer/active as {key_pair_id}")
            }
            Self::DeletePending => f.write_str("deleted signer/pending"),
            Self::Deregister { key_pair_id } => write!(f, "deleted {key_pair_id}, a second copy of the public key"),
            Self::Done { group_id } => write!(f, "the key group {group_id} has its first key"),
        }
    }
}

#[cfg(test)]
mod tests;
