//! The processor architectures of Lambda.

use std::fmt;

/// A processor's instruction set, with Lambda's names.
/// <https://docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Architecture {
    /// 64-bit x86.
    #[default]
    X86_64,
    /// 64-bit ARM: Graviton.
    Arm64,
}

impl Architecture {
    /// Parses Lambda's name.
    ///
    /// # Errors
    /// The valid names.
    pub fn parse(word: &str) -> Result<Self, String> {
        let known = [Self::X86_64, Self::Arm64];
        known
            .into_iter()
            .find(|known| known.as_str() == word)
            .ok_or_else(|| format!("Lambda has {} and {}", known[0], known[1]))
    }

    /// Lambda's name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
        }
    }

    /// Rust's target for it, with the system that Lambda runs.
    pub(crate) const fn target(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64-unknown-linux-gnu",
            Self::Arm64 => "aarch64-unknown-linux-gnu",
        }
    }
}

impl fmt::Display for Architecture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
