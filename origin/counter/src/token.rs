//! The idempotency key of a visit, which is DynamoDB's `ClientRequestToken`.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::layout::Shards;
use crate::pause;

/// The longest `ClientRequestToken` in characters.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
pub const MAX_CHARS: usize = 36;

/// A well-formed idempotency key: 1 to 36 letters, digits, hyphens or underscores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(String);

/// Why an idempotency key is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// None was sent.
    #[error("the header Idempotency-Key is missing: send one UUID per visit and the same one when retrying")]
    Missing,
    /// Empty or longer than DynamoDB takes.
    #[error("the Idempotency-Key has {chars} characters: send 1 to {MAX_CHARS}, such as a UUID")]
    Length {
        /// How many characters it has.
        chars: usize,
    },
    /// A character that no UUID has.
    #[error("the Idempotency-Key holds {character:?}: send letters, digits, hyphens and underscores only")]
    Character {
        /// The first such character.
        character: char,
    },
}

impl Token {
    /// Reads the header's value. The edge has checked it or made it; it is checked again, because DynamoDB refuses a
    /// longer one with an error that would look like ours.
    ///
    /// # Errors
    /// [`Malformed`] says which rule is broken.
    pub fn parse(value: Option<&str>) -> Result<Self, Malformed> {
        let value = value.ok_or(Malformed::Missing)?;
        let chars = value.chars().count();
        if !(1..=MAX_CHARS).contains(&chars) {
            return Err(Malformed::Length { chars });
        }
        let fine = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
        match value.chars().find(|&character| !fine(character)) {
            Some(character) => Err(Malformed::Character { character }),
            None => Ok(Self(value.to_owned())),
        }
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The shard that this visit is counted in. It follows from the token, not from chance: a retried transaction must
    /// be the same byte for byte, or DynamoDB takes it for a misuse of the token.
    #[must_use]
    pub fn shard(&self, shards: Shards) -> u32 {
        let spread = self.hash(b"shard") % u64::from(shards.count());
        u32::try_from(spread).unwrap_or(0)
    }

    /// How long to wait before try number `attempt` (from 1) of a transaction that met another one: anything up to a
    /// bound that doubles each time. Two visits that meet have different tokens, so the token is jitter enough.
    #[must_use]
    pub fn pause(&self, attempt: u32) -> Duration {
        pause::jittered(self.hash(&attempt.to_be_bytes()), attempt)
    }

    fn hash(&self, purpose: &[u8]) -> u64 {
        let digest = Sha256::new().chain_update(&self.0).chain_update([0]).chain_update(purpose).finalize();
        digest.iter().take(8).fold(0, |sum, &byte| sum << 8 | u64::from(byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> Token {
        Token::parse(Some(text)).unwrap()
    }

    #[test]
    fn a_uuid_and_half_a_hash_are_tokens() {
        for text in ["3e5f1c52-8d7a-4a0e-9a6d-0d4a5c7be1f0", "0123456789abcdef0123456789abcdef", "a"] {
            assert_eq!(token(text).as_str(), text);
        }
    }

    #[test]
    fn what_dynamodb_would_refuse_is_refused_by_name() {
        assert_eq!(Token::parse(None), Err(Malformed::Missing));
        assert_eq!(Token::parse(Some("")), Err(Malformed::Length { chars: 0 }));
        assert_eq!(Token::parse(Some(&"a".repeat(37))), Err(Malformed::Length { chars: 37 }));
    }

    #[test]
    fn two_keys_joined_by_a_comma_are_refused() {
        assert_eq!(Token::parse(Some("a,b")), Err(Malformed::Character { character: ',' }));
        assert_eq!(Token::parse(Some("é")), Err(Malformed::Character { character: 'é' }));
    }

    #[test]
    fn a_token_has_one_shard_and_tokens_are_spread_over_all() {
        let shards = Shards::new(8).unwrap();
        let mut per_shard = [0_u32; 8];
        for number in 0..8_000 {
            let token = token(&format!("visit-{number}"));
            assert_eq!(token.shard(shards), token.shard(shards));
            per_shard[token.shard(shards) as usize] += 1;
        }
        assert!(per_shard.iter().all(|&visits| (800..1_200).contains(&visits)), "{per_shard:?}");
    }

    #[test]
    fn two_visits_that_meet_wait_differently() {
        let pauses = |text: &str| (1..=6).map(|attempt| token(text).pause(attempt)).collect::<Vec<_>>();
        assert_eq!(pauses("one"), pauses("one"));
        assert_ne!(pauses("one"), pauses("other"));
    }
}
