//! Hints after a keys command.

use vitae_keys::command::Command;
use vitae_keys::status::Status;

/// A hint if the result is not what the command requested.
#[must_use]
pub fn note(command: &Command, status: &Status) -> Option<String> {
    let is_under_way = || status.keys.iter().any(|key| key.phase < vitae_keys::status::Phase::Active);
    let started = || status.steps.iter().any(|step| step.starts_with("generated a key pair"));
    match command {
        Command::Rotate { now: true, .. } if !started() && is_under_way() => Some(
            "A rotation was already in progress. No second one was started, and its key keeps its algorithm."
                .to_owned(),
        ),
        Command::Rotate { now: false, .. } if status.steps.is_empty() && !is_under_way() => {
            Some("No rotation is due. Pass --now to start one.".to_owned())
        }
        Command::Status | Command::Rotate { .. } => None,
        Command::Revoke { id } => Some(format!(
            "Links signed by {id} stop working within minutes, as the change reaches the edges. New links work after that."
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
    fn a_second_rotation_gets_a_hint_and_the_first_does_not() {
        let now = Command::Rotate { now: true, algorithm: None };
        let two = [Phase::InGroup, Phase::Active];
        assert!(note(&now, &status(&two, &[])).unwrap().contains("already"));
        let started =
            ["generated a key pair of ecdsa-p256 at signer/pending", "registered the public key of signer/pending"];
        assert_eq!(note(&now, &status(&two, &started)), None);
    }

    #[test]
    fn a_rotation_that_is_not_due_gets_a_hint() {
        let due = Command::Rotate { now: false, algorithm: None };
        assert!(note(&due, &status(&[Phase::Active], &[])).unwrap().contains("--now"));
        assert_eq!(note(&due, &status(&[Phase::InGroup, Phase::Active], &[])), None);
    }

    #[test]
    fn a_revocation_explains_when_links_stop() {
        let note = note(&Command::Revoke { id: "K1".into() }, &status(&[Phase::Active], &[])).unwrap();
        assert!(note.contains("Links signed by K1"), "{note}");
    }
}
