//! Parameter names: `/vitae/<stack>/<parameter>`.

use core::fmt;

use crate::Error;

/// The first path segment of every name; the second is the stack's name.
const ROOT: &str = "/vitae/";

/// The longest stack name that CloudFormation accepts, in characters.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html>
const STACK_NAME_CHARS: usize = 128;

/// A parameter of a stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Parameter {
    /// `config`: names, CV, switches.
    Config,
    /// `links/key`: the key of the hashes of visitors' addresses, 32 random bytes in base64; only `links` reads it.
    LinksKey,
    /// `origins/prod`: an additional allowed origin.
    OriginProd,
    /// `origins/dev`: the developer's origin, honoured only while `config.dev_origin` is true.
    OriginDev,
    /// `signer/active`: the key that the edge signs with.
    SignerActive,
    /// `signer/pending`: the key that becomes active next; only `keys` reads it.
    SignerPending,
    /// `signer/next`: a key that the owner supplies.
    SignerNext,
    /// `signer/state`: the state that `keys` keeps between runs.
    SignerState,
    /// `signer/status`: the report of `keys` to the owner.
    SignerStatus,
}

/// The parameters that the edge reads in one `GetParameters` call, which accepts at most ten names.
/// <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameters.html>
pub const EDGE_PARAMETERS: [Parameter; 4] =
    [Parameter::Config, Parameter::OriginDev, Parameter::OriginProd, Parameter::SignerActive];

impl Parameter {
    /// Every parameter, ordered by name.
    pub const ALL: [Self; 9] = [
        Self::Config,
        Self::LinksKey,
        Self::OriginDev,
        Self::OriginProd,
        Self::SignerActive,
        Self::SignerNext,
        Self::SignerPending,
        Self::SignerState,
        Self::SignerStatus,
    ];

    /// The name below the prefix, such as `signer/active`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::LinksKey => "links/key",
            Self::OriginProd => "origins/prod",
            Self::OriginDev => "origins/dev",
            Self::SignerActive => "signer/active",
            Self::SignerPending => "signer/pending",
            Self::SignerNext => "signer/next",
            Self::SignerState => "signer/state",
            Self::SignerStatus => "signer/status",
        }
    }

    /// Whether the value holds a key and so must be a `SecureString`.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::LinksKey | Self::SignerActive | Self::SignerPending | Self::SignerNext)
    }

    /// Whether the edge cannot sign links without it.
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

/// `/vitae/<stack>/`, the prefix of every parameter of one stack.
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
    /// The prefix of the stack with this name.
    ///
    /// # Errors
    /// [`Error::Prefix`] if the name is not a valid stack name: a letter, then letters, digits and hyphens, at most 128
    /// characters.
    pub fn from_stack_name(stack: &str) -> Result<Self, Error> {
        Self::parse(&format!("{ROOT}{stack}/"))
    }

    /// Parses `/vitae/<stack>/`.
    ///
    /// # Errors
    /// [`Error::Prefix`] if the text has another form.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let stack = text.strip_prefix(ROOT).and_then(|rest| rest.strip_suffix('/'));
        match stack {
            Some(stack) if is_stack_name(stack) => Ok(Self(text.to_owned())),
            _ => Err(Error::Prefix { value: text.to_owned() }),
        }
    }

    /// The full name of a parameter, as in `GetParameters`.
    #[must_use]
    pub fn name(&self, parameter: Parameter) -> String {
        format!("{}{parameter}", self.0)
    }

    /// The parameter with this full name, if the name belongs to this stack.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<Parameter> {
        let rest = name.strip_prefix(&self.0)?;
        Parameter::ALL.into_iter().find(|parameter| parameter.as_str() == rest)
    }

    /// The prefix, including both slashes.
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
    fn a_full_name_round_trips() {
        let prefix = Prefix::from_stack_name("Resume-2").unwrap();
        assert_eq!(prefix.stack(), "Resume-2");
        for parameter in Parameter::ALL {
            assert_eq!(prefix.parameter(&prefix.name(parameter)), Some(parameter));
        }
        assert_eq!(prefix.parameter("/vitae/other/config"), None);
        assert_eq!(prefix.parameter("/vitae/Resume-2/signer"), None);
    }

    #[test]
    fn a_prefix_of_another_form_is_rejected() {
        for text in ["", "/", "/vitae/", "/vitae//", "/vitae/a", "vitae/a/", "/vitae/a/b/", "/vitae/1a/", "/vitae/a_b/"]
        {
            assert_eq!(Prefix::parse(text), Err(Error::Prefix { value: text.to_owned() }), "{text}");
        }
        assert!(Prefix::from_stack_name(&"a".repeat(128)).is_ok());
        assert!(Prefix::from_stack_name(&"a".repeat(129)).is_err());
    }

    #[test]
    fn the_edge_reads_every_required_parameter_in_one_call() {
        assert!(Parameter::ALL.into_iter().filter(|p| p.is_required()).all(|p| EDGE_PARAMETERS.contains(&p)));
        assert!(EDGE_PARAMETERS.len() <= 10);
    }
}
