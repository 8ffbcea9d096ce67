use getrandom::SysRng;
use getrandom::rand_core::TryRng as _;

use crate::code::{RandomnessError, hex};

/// The id of one run, with which it claims what it sends. It is not Lambda's request id, which a retry of the same event has
/// too: a retry must not take over the claim of a run that was killed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunId(String);

impl RunId {
    /// A new id.
    ///
    /// # Errors
    /// [`RandomnessError`].
    pub fn generate() -> Result<Self, RandomnessError> {
        let mut bytes = [0; 16];
        SysRng.try_fill_bytes(&mut bytes).map_err(|_| RandomnessError)?;
        Ok(Self(hex(&bytes)))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
