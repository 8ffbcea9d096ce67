//! Checks that CloudFront trusts the key that the edge signs with.

use aws_sdk_ssm::operation::get_parameter::GetParameterError;
use vitae_keys::{command::Command, public_key::PublicKey, status::Phase};
use vitae_parameters::{Parameter, SignerParameter};

use super::{Finding, Observed, Subject};
use crate::{aws::CallError, operate::keys};

const CHECK: &str = "signing key";
const FIX: &str = "`cargo vitae keys status` shows the keys; `cargo vitae keys rotate --now` replaces the key";

pub(super) struct Facts {
    group_id: String,
    /// The ids of the group's keys.
    group: Vec<String>,
    active: Active,
    /// The public half that CloudFront has under the active id.
    registered: Option<PublicKey>,
}

/// The active key.
pub(super) enum Active {
    /// The parameter is readable; only this part of it is kept.
    Readable { id: String, public_key: PublicKey },
    /// The parameter is not readable; the keys function returned the id.
    Reported { id: Option<String>, why: &'static str },
    /// The parameter is missing.
    Missing,
    /// The edge would reject it.
    Malformed(String),
}

pub(super) async fn observe(subject: &Subject) -> Observed<Facts> {
    let cloudfront = subject.aws.cloudfront();
    let group_id = subject.outputs.key_group_id.clone();
    let group = cloudfront.get_key_group().id(&group_id).send().await;
    let group = group.map_err(|error| CallError::new(format!("GetKeyGroup of {group_id}"), &error))?;
    let config = group.key_group().and_then(|group| group.key_group_config());
    let group = config.map(|config| config.items().to_vec()).unwrap_or_default();
    let active = active(subject).await?;
    let registered = match active.id() {
        Some(id) => cloudfront.get_public_key().id(id).send().await.ok().and_then(|got| {
            let config = got.public_key()?.public_key_config()?;
            Some(PublicKey::from_pem(config.encoded_key()))
        }),
        None => None,
    };
    Ok(Facts { group_id, group, active, registered })
}

async fn active(subject: &Subject) -> Observed<Active> {
    let name = subject.prefix.name(Parameter::SignerActive);
    match subject.aws.ssm().get_parameter().name(&name).with_decryption(true).send().await {
        Ok(got) => {
            let value = got.parameter.and_then(|parameter| parameter.value).unwrap_or_default();
            Ok(match SignerParameter::parse(&value) {
                Ok(signer) => Active::Readable {
                    id: signer.key_pair_id().to_string(),
                    public_key: PublicKey::from_pem(&signer.private_key().public_key_pem()),
                },
                // Its messages contain nothing of the key.
                Err(error) => Active::Malformed(error.to_string()),
            })
        }
        Err(error) if error.as_service_error().is_some_and(GetParameterError::is_parameter_not_found) => {
            Ok(Active::Missing)
        }
        Err(error) => {
            let error = CallError::new(format!("GetParameter of {name}"), &error);
            if !error.reason.contains("AccessDenied") {
                return Err(error);
            }
            let status = keys::invoke(&subject.aws, &subject.name, &Command::Status).await;
            let status = status
                .map_err(|status| CallError { reason: format!("{}; {status}", error.reason), ..error.clone() })?;
            let id = status.keys.into_iter().find(|key| key.phase == Phase::Active).and_then(|key| key.id);
            Ok(Active::Reported { id, why: "these credentials may not read the key" })
        }
    }
}

impl Active {
    fn id(&self) -> Option<&str> {
        match self {
            Self::Readable { id, .. } => Some(id),
            Self::Reported { id, .. } => id.as_deref(),
            Self::Missing | Self::Malformed(_) => None,
        }
    }
}

pub(super) fn judge(facts: &Observed<Facts>) -> Finding {
    let facts = match facts {
        Ok(facts) => facts,
        Err(error) => return Finding::skipped(CHECK, error),
    };
    let fail = |found: String| Finding::fail(CHECK, found, FIX);
    let id = match &facts.active {
        Active::Missing => return fail("signer/active is missing, so no link can be signed".to_owned()),
        Active::Malformed(why) => return fail(format!("the edge rejects signer/active: {why}")),
        Active::Reported { id: None, .. } => return fail("no key is active, so no link can be signed".to_owned()),
        Active::Readable { id, .. } | Active::Reported { id: Some(id), .. } => id,
    };
    if !facts.group.contains(id) {
        return fail(format!(
            "the active key {id} is not in the key group {}, so every link is rejected",
            facts.group_id
        ));
    }
    let Some(registered) = &facts.registered else {
        return fail(format!("CloudFront does not have the public key {id} of the active key"));
    };
    match &facts.active {
        Active::Readable { public_key, .. } if public_key != registered => fail(format!(
            "the active key {id} is not the key that CloudFront has under that id, so every link is rejected"
        )),
        Active::Reported { why, .. } => Finding::pass(
            CHECK,
            format!(
                "{id} is active and in the key group; only the CV link shows whether it is the right key, because {why}"
            ),
        ),
        _ => Finding::pass(CHECK, format!("{id} is active, in the key group, and the key that CloudFront has")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(active: Active) -> Facts {
        Facts { group_id: "g".into(), group: vec!["K1".into()], active, registered: Some(PublicKey::from_pem("MFkw")) }
    }

    fn readable(id: &str, key: &str) -> Active {
        Active::Readable { id: id.into(), public_key: PublicKey::from_pem(key) }
    }

    #[test]
    fn the_active_key_must_be_trusted_and_match_its_id() {
        assert!(!judge(&Ok(facts(readable("K1", "MFkw")))).is_failure());
        let unknown = Facts { registered: None, ..facts(readable("K1", "MFkw")) };
        for (facts, says) in [
            (facts(readable("K2", "MFkw")), "is not in the key group g"),
            (facts(readable("K1", "MFkx")), "is not the key that CloudFront has"),
            (facts(Active::Missing), "signer/active is missing"),
            (facts(Active::Malformed("it is not JSON".into())), "rejects signer/active: it is not JSON"),
            (facts(Active::Reported { id: None, why: "" }), "no key is active"),
            (facts(Active::Reported { id: Some("K2".into()), why: "" }), "is not in the key group g"),
            (unknown, "does not have the public key K1"),
        ] {
            let finding = judge(&Ok(facts));
            assert!(finding.is_failure() && finding.found.contains(says), "{finding:?}");
            assert!(finding.fix.unwrap().contains("vitae keys rotate --now"));
        }
    }
}
