//! The resources that a deleted stack removes, in order.

use core::fmt;

use crate::observed::RegisteredKey;

/// One removal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Removal {
    /// The key group.
    Group {
        /// Its id.
        id: String,
    },
    /// A public key.
    PublicKey {
        /// Its id.
        id: String,
    },
    /// The probe object.
    Probe,
    /// Every parameter of the signer, and the key of named links.
    Parameters,
}

/// All removals, in order: the group before its public keys, and private keys last, when nothing trusts them.
#[must_use]
pub fn plan(group_id: Option<&str>, public_keys: &[RegisteredKey]) -> Vec<Removal> {
    let group = group_id.map(|id| Removal::Group { id: id.to_owned() });
    let keys = public_keys.iter().map(|key| Removal::PublicKey { id: key.id.clone() });
    group.into_iter().chain(keys).chain([Removal::Probe, Removal::Parameters]).collect()
}

impl Removal {
    /// Whether a failure stops the others: while a distribution trusts the group, its keys are in use.
    #[must_use]
    pub const fn blocks_the_rest(&self) -> bool {
        matches!(self, Self::Group { .. })
    }
}

impl fmt::Display for Removal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Group { id } => write!(f, "the key group {id}"),
            Self::PublicKey { id } => write!(f, "the public key {id}"),
            Self::Probe => f.write_str("the probe"),
            Self::Parameters => f.write_str("the parameters"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::public_key::PublicKey;

    #[test]
    fn the_group_is_removed_first_and_the_private_keys_last() {
        let key = RegisteredKey { id: "K".into(), public_key: PublicKey::from_pem("MFkw"), since: 0 };
        let removals = plan(Some("G"), &[key]);
        let group = Removal::Group { id: "G".into() };
        assert_eq!(removals, [group, Removal::PublicKey { id: "K".into() }, Removal::Probe, Removal::Parameters]);
        assert!(removals[0].blocks_the_rest() && !removals[1].blocks_the_rest());
    }

    #[test]
    fn without_a_group_only_the_probe_and_parameters_are_removed() {
        assert_eq!(plan(None, &[]), [Removal::Probe, Removal::Parameters]);
    }
}
