//! Waiting times of a rotation, and quotas of keys.

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
/// takes to deploy a distribution. AWS documents no time for a key group.
pub const SOAK_S: u64 = 30 * 60;

/// The largest difference between this function's clock and those of Parameter Store and CloudFront, in seconds. AWS
/// rejects requests whose signature differs more, so a function with a worse clock can change nothing.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
pub const CLOCK_MARGIN_S: u64 = 5 * 60;

/// The longest run, in seconds: the function's timeout in `stack.yaml`. What a run has read is at most this old when it acts.
pub const RUN_S: u64 = 60;

/// A run that read the group before a change must have ended when the change has soaked, even with the largest clock
/// difference. Without this the model check found a pair of runs, one outliving a whole rotation, that removed the active
/// key.
const _: () = assert!(SOAK_S > CLOCK_MARGIN_S + RUN_S);

/// How long a key stays in the group after it was last active, in seconds: as long as an edge may still sign with it, plus
/// the lifetime of a URL and the clock margin. The longest lifetime and window of the schema are used, not those of the
/// current `config`, which may have been longer when a URL was signed.
pub const RETIRE_S: u64 = MAX_STALE_MS / 1000 + *LIFETIME_S.end() as u64 + *LIFETIME_S.end() as u64 + CLOCK_MARGIN_S;

/// The default rotation period, in days.
pub const ROTATION_DAYS: u32 = 90;

/// The time after which an unfinished rotation counts as stuck, in seconds.
pub const STUCK_S: u64 = 24 * 60 * 60;

/// Seconds of a day.
pub const DAY_S: u64 = 24 * 60 * 60;

/// The owner's settings, and the times that follow from CloudFront and the edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotationPolicy {
    /// The algorithm of generated keys.
    pub algorithm: Algorithm,
    /// The age at which the active key is replaced, in seconds; `None` for no rotation by age.
    pub rotation_s: Option<u64>,
    /// [`SOAK_S`].
    pub soak_s: u64,
    /// [`RETIRE_S`], which includes [`RotationPolicy::margin_s`].
    pub retire_s: u64,
    /// [`CLOCK_MARGIN_S`].
    pub margin_s: u64,
}

impl RotationPolicy {
    /// Keys of this algorithm, replaced after this number of days; 0 means never.
    #[must_use]
    pub const fn new(algorithm: Algorithm, rotation_days: u32) -> Self {
        let rotation_s = if rotation_days == 0 { None } else { Some(rotation_days as u64 * DAY_S) };
        Self { algorithm, rotation_s, soak_s: SOAK_S, retire_s: RETIRE_S, margin_s: CLOCK_MARGIN_S }
    }
}

impl Default for RotationPolicy {
    fn default() -> Self {
        Self::new(Algorithm::EcdsaP256, ROTATION_DAYS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_run_is_the_templates_timeout() {
        let template = include_str!("../../../cloudformation/stack.yaml");
        let (_, function) = template.split_once("\n  KeysFunction:\n").unwrap();
        let (_, timeout) = function.split_once("\n      Timeout: ").unwrap();
        assert_eq!(timeout.lines().next(), Some(RUN_S.to_string().as_str()));
    }

    #[test]
    fn a_key_outlives_every_url_that_the_schema_allows() {
        assert_eq!(RETIRE_S, 300 + 3600 + 3600 + 300);
        assert_eq!(RotationPolicy::new(Algorithm::Rsa2048, 0).rotation_s, None);
        assert_eq!(RotationPolicy::default().rotation_s, Some(90 * 86_400));
    }
}
