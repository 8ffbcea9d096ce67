//! How long a key must wait, and how many keys there may be.

use vitae_parameters::LIFETIME_S;
use vitae_parameters::MAX_STALE_MS;
use vitae_signer::Algorithm;

/// The most public keys of an account.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>
pub const KEYS_PER_ACCOUNT: usize = 10;

/// The most public keys of a key group.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>
pub const KEYS_PER_GROUP: usize = 5;

/// How long a key is in the group before it may be proven, in seconds. Half an hour is several times what CloudFront
/// takes to deploy a change; how long a key group takes, nobody promises.
pub const SOAK_S: u64 = 30 * 60;

/// By how much this function's clock may be off the clocks of Parameter Store and CloudFront, in seconds. AWS refuses
/// requests whose signature is further off, so that a function with a worse clock can do nothing at all.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
pub const CLOCK_MARGIN_S: u64 = 5 * 60;

/// How long a run lasts at most, in seconds: the function's timeout in `stack.yaml`. What a run has read is no older when it acts.
pub const RUN_S: u64 = 60;

/// No run that read the group before it changed still acts when the change has soaked, whatever the clocks say: the model check
/// found two runs, of which one outlived a whole rotation, that took the key away which signed.
const _: () = assert!(SOAK_S > CLOCK_MARGIN_S + RUN_S);

/// How long a key stays in the group after it was last active, in seconds: as long as an edge may go on signing with it,
/// then as long as a URL lives, and the margin of the clocks. The longest lifetime and window that the schema allows
/// count, not those of today's `config`, which may have been longer when a URL was minted.
pub const RETIRE_S: u64 = MAX_STALE_MS / 1000 + *LIFETIME_S.end() as u64 + *LIFETIME_S.end() as u64 + CLOCK_MARGIN_S;

/// After how many days a key is due, unless the owner says otherwise.
pub const ROTATION_DAYS: u32 = 90;

/// After what time an unfinished rotation is stuck, in seconds.
pub const STUCK_S: u64 = 24 * 60 * 60;

/// Seconds of a day.
pub const DAY_S: u64 = 24 * 60 * 60;

/// What the stack's owner decided, and the times that follow from CloudFront and the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The algorithm of the keys that this function makes.
    pub algorithm: Algorithm,
    /// How old an active key gets, in seconds; `None` for as old as it may.
    pub rotation_s: Option<u64>,
    /// [`SOAK_S`].
    pub soak_s: u64,
    /// [`RETIRE_S`], of which [`Rules::margin_s`] is a part.
    pub retire_s: u64,
    /// [`CLOCK_MARGIN_S`].
    pub margin_s: u64,
}

impl Rules {
    /// Keys of this algorithm, replaced after so many days; after none if that is 0.
    #[must_use]
    pub const fn new(algorithm: Algorithm, rotation_days: u32) -> Self {
        let rotation_s = if rotation_days == 0 { None } else { Some(rotation_days as u64 * DAY_S) };
        Self { algorithm, rotation_s, soak_s: SOAK_S, retire_s: RETIRE_S, margin_s: CLOCK_MARGIN_S }
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self::new(Algorithm::EcdsaP256, ROTATION_DAYS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_ends_when_the_template_says() {
        let template = include_str!("../../../cloudformation/stack.yaml");
        let (_, function) = template.split_once("\n  KeysFunction:\n").unwrap();
        let (_, timeout) = function.split_once("\n      Timeout: ").unwrap();
        assert_eq!(timeout.lines().next(), Some(RUN_S.to_string().as_str()));
    }

    #[test]
    fn a_key_outlives_every_url_that_the_schema_allows() {
        assert_eq!(RETIRE_S, 300 + 3600 + 3600 + 300);
        assert_eq!(Rules::new(Algorithm::Rsa2048, 0).rotation_s, None);
        assert_eq!(Rules::default().rotation_s, Some(90 * 86_400));
    }
}
