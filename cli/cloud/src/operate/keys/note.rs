//! What an owner may not expect of an answer.

use vitae_keys::command::Command;
use vitae_keys::status::Status;

/// A sentence for whoever asked for something else than what was done; none where the answer speaks for itself.
#[must_use]
pub fn note(command: &Command, status: &Status) -> Option<String> {
    let is_under_way = || status.keys.iter().any(|key| key.phase < vitae_keys::status::Phase::Active);
    let begun = || status.steps.iter().any(|step| step.starts_with("generated a key pair"));
    match command {
        Command::Rotate { now: true, .. } if !begun() && is_under_way() => Some(
            "A rotation was under way already: no second one was begun, and its key keeps its algorithm.".to_owned(),
        ),
        Command::Rotate { now: false, .. } if status.steps.is_empty() && !is_under_way() => {
            Some("No rotation is due: --now begins one.".to_owned())
        }
        Command::Status | Command::Rotate { .. } => None,
        Command::Revoke { id } => Some(format!(
            "Every link that {id} signed dies as the edges hear of it, within minutes; then new links work."
        )),
    }
}

#[cfg(test)]
mod tests {
    use vitae_keys::status::{KeyStatus, Phase};

    use super::*;

    fn status(phases: &[Phase], steps: &[&str]) -> Status {
        let key = |phase: &Phase| KeyStatus {
            id: None,
            algorithm: None,
            phase: *phase,
            since: 0,
            next: String::new(),
            at: None,
        };
        let steps = steps.iter().map(|step| (*step).to_owned()).collect();
        Status { now: 0, keys: phases.iter().map(key).collect(), idle_reason: String::new(), next_key: None, steps }
    }

    #[test]
    fn a_second_wish_hears_of_the_rotation_under_way_and_the_first_does_not() {
        let now = Command::Rotate { now: true, algorithm: None };
        let two = [Phase::InGroup, Phase::Active];
        assert!(note(&now, &status(&two, &[])).unwrap().contains("already"));
        let begun =
            ["generated a key pair of ecdsa-p256 at signer/pending", "registered the public key of signer/pending"];
        assert_eq!(note(&now, &status(&two, &begun)), None);
    }

    #[test]
    fn a_rotation_that_is_not_due_is_told_how_to_begin() {
        let due = Command::Rotate { now: false, algorithm: None };
        assert!(note(&due, &status(&[Phase::Active], &[])).unwrap().contains("--now"));
        assert_eq!(note(&due, &status(&[Phase::InGroup, Phase::Active], &[])), None);
    }

    #[test]
    fn a_revocation_says_what_dies() {
        let note = note(&Command::Revoke { id: "K1".into() }, &status(&[Phase::Active], &[])).unwrap();
        assert!(note.contains("Every link that K1 signed"), "{note}");
    }
}
