//! How much a test run does, and its random numbers.

/// The seed of a run without `VITAE_SEED`.
const SEED: u64 = 20_261_121;

/// `full` in a full run (`VITAE_FULL=1`), else `short`.
pub fn scale<T>(short: T, full: T) -> T {
    if std::env::var_os("VITAE_FULL").is_some_and(|value| value == "1") { full } else { short }
}

/// The random numbers of one test. Tokens are not bound to a table, so no two tests may draw the same.
///
/// # Panics
/// If `VITAE_SEED` is not a number.
#[must_use]
pub fn random(test: &str) -> fastrand::Rng {
    fastrand::Rng::with_seed(test.bytes().fold(seed(), |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into())))
}

/// The seed of this run, which a test prints: `VITAE_SEED` if set.
///
/// # Panics
/// If it is not a number.
#[must_use]
pub fn seed() -> u64 {
    let set = std::env::var("VITAE_SEED").ok();
    set.map_or(SEED, |seed| seed.parse().expect("VITAE_SEED is a number"))
}
