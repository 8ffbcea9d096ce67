//! The names of a stack's keys in the account. Public keys have no tags, so their names identify their stack.

use vitae_parameters::{Parameter, Prefix};

use crate::public_key::PublicKey;

/// The number of hexadecimal digits at the end of a public key's name.
const FINGERPRINT_DIGITS: usize = 16;

/// A stack, identified by its parameter prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack(Prefix);

impl Stack {
    /// The parameters of the signer, and the key of named links. Deleting the stack deletes all of them.
    pub const PARAMETERS: [Parameter; 6] = [
        Parameter::LinksKey,
        Parameter::SignerActive,
        Parameter::SignerPending,
        Parameter::SignerNext,
        Parameter::SignerState,
        Parameter::SignerStatus,
    ];

    /// The stack of this prefix.
    #[must_use]
    pub const fn new(prefix: Prefix) -> Self {
        Self(prefix)
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.stack()
    }

    /// The full name of one of its parameters.
    #[must_use]
    pub fn parameter(&self, parameter: Parameter) -> String {
        self.0.name(parameter)
    }

    /// The name of its key group.
    #[must_use]
    pub fn group_name(&self) -> String {
        format!("vitae-{}", self.0.stack())
    }

    /// The name of one of its public keys, which is also the caller reference: CloudFront rejects a repeated registration.
    #[must_use]
    pub fn public_key_name(&self, key: &PublicKey) -> String {
        format!("{}-{}", self.group_name(), key.fingerprint())
    }

    /// Whether a public key of this name belongs to this stack. The stack's name must be followed by 16 hexadecimal digits
    /// only, so that a stack `a` does not own the keys of a stack `a-b`.
    #[must_use]
    pub fn owns(&self, name: &str) -> bool {
        let fingerprint = name.strip_prefix(&self.group_name()).and_then(|idle| idle.strip_prefix('-'));
        fingerprint.is_some_and(|digits| {
            digits.len() == FINGERPRINT_DIGITS
                && digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        })
    }

    /// The comment of its key group and public keys.
    #[must_use]
    pub fn comment(&self) -> String {
        format!("Managed by the keys function of the Vitae stack {}", self.0.stack())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(name: &str) -> Stack {
        Stack::new(Prefix::from_stack_name(name).unwrap())
    }

    #[test]
    fn a_stack_owns_its_keys_by_name() {
        let key = PublicKey::from_pem("MFkw");
        assert!(stack("resume").owns(&stack("resume").public_key_name(&key)));
    }

    #[test]
    fn a_stack_does_not_own_other_keys() {
        let key = PublicKey::from_pem("MFkw");
        let neighbours = [
            stack("resume-b").public_key_name(&key),
            stack("resume-0123456789abcdef").public_key_name(&key),
            stack("resum").public_key_name(&key),
            "vitae-resume".to_owned(),
            "vitae-resume-".to_owned(),
            "vitae-resume-0123456789ABCDEF".to_owned(),
            "vitae-resume-0123456789abcdef0".to_owned(),
            "my-own-key".to_owned(),
        ];
        for name in neighbours {
            assert!(!stack("resume").owns(&name), "{name}");
        }
    }
}
