//! The idempotency key of a visit, which is DynamoDB's `ClientRequestToken`.

use sha2::{Digest, Sha256};

use crate::shards::Shards;

/// The longest `ClientRequestToken` in characters.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
pub const MAX_CHARS: usize = 36;

/// A well-formed idempotency key: 1 to 36 letters, digits, hyphens or underscores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token(String);

/// Why an idempotency key is rejected. Nothing of the key is quoted, since the message is logged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadToken {
    /// The header is missing.
    #[error("Idempotency-Key is missing; send one UUID per visit, and the same one in a retry")]
    Missing,
    /// Empty, or longer than DynamoDB accepts.
    #[error("Idempotency-Key has {chars} characters; use 1 to {MAX_CHARS}, such as a UUID")]
    Length {
        /// The number of characters.
        chars: usize,
    },
    /// A character other than a letter, digit, hyphen or underscore.
    #[error("Idempotency-Key has a character other than a letter, digit, hyphen or underscore")]
    Character,
}

impl Token {
    /// Parses the header's value. The edge has checked or made it. It is checked again because DynamoDB rejects an
    /// invalid token with an error that would look like a bug of the counter.
    ///
    /// # Errors
    /// [`BadToken`] names the violated rule.
    pub fn parse(value: Option<&str>) -> Result<Self, BadToken> {
        let value = value.ok_or(BadToken::Missing)?;
        let chars = value.chars().count();
        if !(1..=MAX_CHARS).contains(&chars) {
            return Err(BadToken::Length { chars });
        }
        let is_allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
        if value.chars().all(is_allowed) { Ok(Self(value.to_owned())) } else { Err(BadToken::Character) }
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The shard in which this visit is counted. It is derived from the token and not random: a retried transaction must
    /// be the same byte for byte, or DynamoDB rejects the token.
    #[must_use]
    pub fn shard(&self, shards: Shards) -> u32 {
        let shard = self.hash(b"shard") % u64::from(shards.count());
        u32::try_from(shard).unwrap_or(0)
    }

    /// A number derived from the token, independent for each `purpose`.
    pub(crate) fn hash(&self, purpose: &[u8]) -> u64 {
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
    fn a_token_that_dynamodb_would_reject_is_rejected_with_its_fault() {
        assert_eq!(Token::parse(None), Err(BadToken::Missing));
        assert_eq!(Token::parse(Some("")), Err(BadToken::Length { chars: 0 }));
        assert_eq!(Token::parse(Some(&"a".repeat(37))), Err(BadToken::Length { chars: 37 }));
    }

    #[test]
    fn two_keys_joined_by_a_comma_are_rejected() {
        assert_eq!(Token::parse(Some("a,b")), Err(BadToken::Character));
        assert_eq!(Token::parse(Some("é")), Err(BadToken::Character));
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
}
