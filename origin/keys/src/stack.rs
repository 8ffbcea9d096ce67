//! The names under which a stack's keys stand in the account. Public keys take no tags, so their names say whose they
//! are.

use vitae_parameters::{Parameter, Prefix};

use crate::public_key::PublicKey;

/// How many hex digits a public key's name ends with.
const FINGERPRINT_DIGITS: usize = 16;

/// One stack, by its parameters' prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack(Prefix);

impl Stack {
    /// The parameters of a signer, all of which a deleted stack leaves none of.
    pub const SIGNER: [Parameter; 5] = [
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

    /// The name of one of its public keys, and its caller reference: a repeated registration is refused, not doubled.
    #[must_use]
    pub fn public_key_name(&self, key: &PublicKey) -> String {
        format!("{}-{}", self.group_name(), key.fingerprint())
    }

    /// Whether a public key of this name is one of its own. A stack `a` does not take the keys of a stack `a-b` for its
    /// own: what follows its name is sixteen hex digits and nothing else.
    #[must_use]
    pub fn owns(&self, name: &str) -> bool {
        let fingerprint = name.strip_prefix(&self.group_name()).and_then(|idle| idle.strip_prefix('-'));
        fingerprint.is_some_and(|digits| {
            digits.len() == FINGERPRINT_DIGITS
                && digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
        })
    }

    /// What its group and keys carry as comment, for people.
    #[must_use]
    pub fn comment(&self) -> String {
        format!("Of the Vitae stack {}; its keys function adds and removes it", self.0.stack())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stack(name: &str) -> Stack {
        Stack::new(Prefix::from_stack_name(name).unwrap())
    }

    #[test]
    fn a_stack_knows_its_own_keys_by_name() {
        let key = PublicKey::from_pem("MFkw");
        assert!(stack("resume").owns(&stack("resume").public_key_name(&key)));
    }

    #[test]
    fn a_stack_leaves_the_keys_of_others_alone() {
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
