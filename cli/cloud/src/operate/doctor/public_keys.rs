//! Checks for unused public keys of this stack: an account may have ten, and a rotation adds one.

use vitae_keys::{command::Command, stack::Stack, status::Phase, timing::KEYS_PER_ACCOUNT};

use super::{Finding, Observed, Subject};
use crate::{aws::CallError, operate::keys};

const CHECK: &str = "leftover public keys";

pub(super) struct Facts {
    /// Those of this stack that are not in its group and in no phase of a rotation.
    left_over: Vec<String>,
    /// How many the account has.
    count: usize,
}

pub(super) async fn observe(subject: &Subject) -> Observed<Facts> {
    let cloudfront = subject.aws.cloudfront();
    let group_id = &subject.outputs.key_group_id;
    let group = cloudfront.get_key_group().id(group_id).send().await;
    let group = group.map_err(|error| CallError::new(format!("GetKeyGroup of {group_id}"), &error))?;
    let mut needed: Vec<String> = group
        .key_group()
        .and_then(|group| group.key_group_config())
        .map(|config| config.items().to_vec())
        .unwrap_or_default();
    // A key that is being rotated to is registered before it is in the group.
    if let Ok(status) = keys::invoke(&subject.aws, &subject.name, &Command::Status).await {
        let registered = status.keys.into_iter().filter(|key| key.phase == Phase::Registered);
        needed.extend(registered.filter_map(|key| key.id));
    }
    let stack = Stack::new(subject.prefix.clone());
    let (mut left_over, mut count, mut marker) = (Vec::new(), 0, None);
    loop {
        let page = cloudfront.list_public_keys().set_marker(marker).send().await;
        let page = page.map_err(|error| CallError::new("ListPublicKeys", &error))?;
        let list = page.public_key_list();
        for key in list.map_or(&[][..], |list| list.items()) {
            count += 1;
            if stack.owns(key.name()) && !needed.iter().any(|id| id == key.id()) {
                left_over.push(key.id().to_owned());
            }
        }
        marker = list.and_then(|list| list.next_marker()).map(str::to_owned);
        if marker.is_none() {
            return Ok(Facts { left_over, count });
        }
    }
}

pub(super) fn judge(facts: &Observed<Facts>) -> Finding {
    match facts {
        Ok(Facts { left_over, count }) if left_over.is_empty() && *count < KEYS_PER_ACCOUNT => {
            Finding::pass(CHECK, format!("none; the account has {count} of {KEYS_PER_ACCOUNT} public keys"))
        }
        Ok(Facts { left_over, count }) if left_over.is_empty() => Finding::warn(
            CHECK,
            format!("the account has {count} of {KEYS_PER_ACCOUNT} public keys: a rotation has no room"),
            "delete one that no key group needs: `aws cloudfront list-public-keys`",
        ),
        Ok(Facts { left_over, .. }) => Finding::warn(
            CHECK,
            format!("{} of this stack, in no key group: {}", left_over.len(), left_over.join(", ")),
            "`cargo vitae keys rotate` clears them away when it is due; by hand: `aws cloudfront delete-public-key --id ID --if-match ETAG`",
        ),
        Err(error) => Finding::skipped(CHECK, error),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    #[test]
    fn keys_without_a_group_and_a_full_account_are_told() {
        let found = |left_over: &[&str], count| {
            let finding = judge(&Ok(Facts { left_over: left_over.iter().map(|id| (*id).to_owned()).collect(), count }));
            (finding.verdict, finding.found)
        };
        assert_eq!(found(&[], 1).0, Verdict::Pass);
        let (verdict, text) = found(&["K2"], 2);
        assert!(verdict == Verdict::Warn && text.contains("K2"), "{text}");
        assert!(found(&[], 10).1.contains("no room"));
    }
}
