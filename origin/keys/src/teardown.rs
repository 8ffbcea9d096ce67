//! What a deleted stack must not leave behind, and in which order it goes.

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
    /// The object that keys are proven with.
    Probe,
    /// Every parameter of the signer.
    Parameters,
}

/// All removals, in order: the group holds the public keys, and the private ones go last, when nothing trusts them.
#[must_use]
pub fn plan(group_id: Option<&str>, public_keys: &[RegisteredKey]) -> Vec<Removal> {
    let group = group_id.map(|id| Removal::Group { id: id.to_owned() });
    let keys = public_keys.iter().map(|key| Removal::PublicKey { id: key.id.clone() });
    group.into_iter().chain(keys).chain([Removal::Probe, Removal::Parameters]).collect()
}

impl Removal {
    /// Whether a failure of this one keeps the idle: while a distribution trusts the group, its keys sign for it.
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
            Self::Parameters => f.write_str("the signer's parameters"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::public_key::PublicKey;

    #[test]
    fn the_group_goes_first_and_the_private_keys_last() {
        let key = RegisteredKey { id: "K".into(), public_key: PublicKey::from_pem("MFkw"), since: 0 };
        let removals = plan(Some("G"), &[key]);
        let group = Removal::Group { id: "G".into() };
        assert_eq!(removals, [group, Removal::PublicKey { id: "K".into() }, Removal::Probe, Removal::Parameters]);
        assert!(removals[0].blocks_the_rest() && !removals[1].blocks_the_rest());
    }

    #[test]
    fn where_nothing_was_made_only_the_probe_and_parameters_are_looked_for() {
        assert_eq!(plan(None, &[]), [Removal::Probe, Removal::Parameters]);
    }
}
