//! Where a parameter stands: `/vitae/<stack>/<parameter>`.

use core::fmt;

use crate::Error;

/// The first path segment of every name; the second is the stack's.
const ROOT: &str = "/vitae/";

/// The longest name that CloudFormation gives a stack, in characters.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>
const STACK_NAME_CHARS: usize = 128;

/// One of the parameters of a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Parameter {
    /// `config`: names, CV, switches.
    Config,
    /// `origins/prod`: one more allowed origin.
    OriginProd,
    /// `origins/dev`: the developer's origin, heeded only while `config.dev_origin` is true.
    OriginDev,
    /// `signer/active`: the key that the edge signs with.
    SignerActive,
    /// `signer/pending`: the key that is to become active; for `keys` alone.
    SignerPending,
    /// `signer/next`: a key that the owner brings.
    SignerNext,
    /// `signer/state`: what `keys` remembers between runs.
    SignerState,
    /// `signer/status`: what `keys` reports to the owner.
    SignerStatus,
}

impl Parameter {
    /// All of them, in the order of their names.
    pub const ALL: [Self; 8] = [
        Self::Config,
        Self::OriginDev,
        Self::OriginProd,
        Self::SignerActive,
        Self::SignerNext,
        Self::SignerPending,
        Self::SignerState,
        Self::SignerStatus,
    ];

    /// Those that the edge reads, in one `GetParameters` call, which takes at most ten names.
    /// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>
    pub const EDGE_PARAMETERS: [Self; 4] = [Self::Config, Self::OriginDev, Self::OriginProd, Self::SignerActive];

    /// The name below the prefix, such as `signer/active`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::OriginProd => "origins/prod",
            Self::OriginDev => "origins/dev",
            Self::SignerActive => "signer/active",
            Self::SignerPending => "signer/pending",
            Self::SignerNext => "signer/next",
            Self::SignerState => "signer/state",
            Self::SignerStatus => "signer/status",
        }
    }

    /// Whether the value holds a private key and so must be a `SecureString`.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::SignerActive | Self::SignerPending | Self::SignerNext)
    }

    /// Whether the edge cannot mint without it.
    #[must_use]
    pub const fn is_required(self) -> bool {
        matches!(self, Self::Config | Self::SignerActive)
    }
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `/vitae/<stack>/`, which every parameter of one stack begins with.
///
/// ```
/// use vitae_parameters::{Parameter, Prefix};
///
/// let prefix = Prefix::from_stack_name("resume")?;
/// assert_eq!(prefix.name(Parameter::SignerActive), "/vitae/resume/signer/active");
/// # Ok::<(), vitae_parameters::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Prefix(String);

impl Prefix {
    /// The prefix of the stack of this name.
    ///
    /// # Errors
    /// [`Error::Prefix`] if CloudFormation would not take the name: a letter, then letters, digits and hyphens, at most
    /// 128 characters.
    pub fn from_stack_name(stack: &str) -> Result<Self, Error> {
        Self::parse(&format!("{ROOT}{stack}/"))
    }

    /// Reads `/vitae/<stack>/`.
    ///
    /// # Errors
    /// [`Error::Prefix`] if it has another form.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let stack = text.strip_prefix(ROOT).and_then(|rest| rest.strip_suffix('/'));
        match stack {
            Some(stack) if is_stack_name(stack) => Ok(Self(text.to_owned())),
            _ => Err(Error::Prefix { value: text.to_owned() }),
        }
    }

    /// The full name of a parameter, as `GetParameters` takes it.
    #[must_use]
    pub fn name(&self, parameter: Parameter) -> String {
        format!("{}{parameter}", self.0)
    }

    /// Which parameter a full name means, if it is one of this stack's.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Parameter> {
        let rest = name.strip_prefix(&self.0)?;
        Parameter::ALL.into_iter().find(|parameter| parameter.as_str() == rest)
    }

    /// The prefix itself, with both slashes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The stack's name.
    #[must_use]
    pub fn stack(&self) -> &str {
        self.0[ROOT.len()..].trim_end_matches('/')
    }
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_stack_name(name: &str) -> bool {
    name.len() <= STACK_NAME_CHARS
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_name_is_read_back_as_its_parameter() {
        let prefix = Prefix::from_stack_name("Resume-2").unwrap();
        assert_eq!(prefix.stack(), "Resume-2");
        for parameter in Parameter::ALL {
            assert_eq!(prefix.parameter(&prefix.name(parameter)), Some(parameter));
        }
        assert_eq!(prefix.parameter("/vitae/other/config"), None);
        assert_eq!(prefix.parameter("/vitae/Resume-2/signer"), None);
    }

    #[test]
    fn a_prefix_that_is_not_of_one_stack_is_refused() {
        for text in ["", "/", "/vitae/", "/vitae//", "/vitae/a", "vitae/a/", "/vitae/a/b/", "/vitae/1a/", "/vitae/a_b/"]
        {
            assert_eq!(Prefix::parse(text), Err(Error::Prefix { value: text.to_owned() }), "{text}");
        }
        assert!(Prefix::from_stack_name(&"a".repeat(128)).is_ok());
        assert!(Prefix::from_stack_name(&"a".repeat(129)).is_err());
    }

    #[test]
    fn what_the_edge_reads_holds_what_it_requires() {
        assert!(
            Parameter::ALL.into_iter().filter(|p| p.is_required()).all(|p| Parameter::EDGE_PARAMETERS.contains(&p))
        );
        assert!(Parameter::EDGE_PARAMETERS.len() <= 10);
    }
}
