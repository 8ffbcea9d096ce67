//! Tests of a rotation, step by step, and of the conditions of each step.

#![expect(clippy::unnecessary_wraps, reason = "they fill fields that may be empty")]

use vitae_signer::Algorithm;

use super::*;
use crate::observed::{Distribution, Proof};
use crate::timing::{DAY_S, RETIRE_S, RotationPolicy, SOAK_S};

const NOW: u64 = 1_767_290_400;

fn key(name: &str) -> PublicKey {
    PublicKey::from_pem(name)
}

fn pair(id: &str, since: u64) -> Option<StoredPair> {
    Some(StoredPair { key_pair_id: id.into(), public_key: key(id), since })
}

fn registered(ids: &[&str]) -> Vec<RegisteredKey> {
    ids.iter().map(|id| RegisteredKey { id: (*id).into(), public_key: key(id), since: 0 }).collect()
}

fn group(ids: &[&str], since: u64) -> Option<Group> {
    let keys = ids.iter().map(|id| (*id).to_owned()).collect();
    Some(Group { id: "G".into(), etag: "E".into(), keys, since })
}

/// `A` is active, is a day old, and is the only key.
fn settled() -> Observed {
    Observed {
        now: NOW,
        active: pair("A", NOW - DAY_S),
        public_keys: registered(&["A"]),
        group: group(&["A"], NOW - DAY_S),
        distributions: vec![Distribution { domain_name: "d1.cloudfront.net".into(), is_deployed: true }],
        keys_in_account: 1,
        ..Observed::default()
    }
}

/// `B` is in the group next to `A`, since `since`.
fn in_group(since: u64) -> Observed {
    Observed {
        pending: pair("B", since),
        public_keys: registered(&["A", "B"]),
        group: group(&["A", "B"], since),
        keys_in_account: 2,
        ..settled()
    }
}

fn proof(result: ProbeResult, etag: &str) -> Option<Proof> {
    Some(Proof { key_pair_id: "B".into(), etag: etag.into(), result })
}

fn waiting(observed: &Observed) -> Option<(WaitReason, Option<u64>)> {
    match decide(observed) {
        Action::Idle(Idle::Waiting { reason, until, .. }) => Some((reason, until)),
        _ => None,
    }
}

#[test]
fn a_young_key_is_kept_and_an_old_one_is_replaced() {
    let due = NOW - DAY_S + 90 * DAY_S;
    assert_eq!(decide(&settled()), Action::Idle(Idle::Settled { due: Some(due) }));
    assert!(matches!(decide(&Observed { now: due - 1, ..settled() }), Action::Idle(_)));
    assert_eq!(decide(&Observed { now: due, ..settled() }), Action::GeneratePair(Algorithm::EcdsaP256));
    let never = RotationPolicy::new(Algorithm::EcdsaP256, 0);
    let old = Observed { now: due * 2, policy: never, ..settled() };
    assert_eq!(decide(&old), Action::Idle(Idle::Settled { due: None }));
}

#[test]
fn a_requested_rotation_generates_a_key_of_the_requested_algorithm() {
    let intent = Some(Intent::Rotate(Algorithm::Rsa2048));
    assert_eq!(decide(&Observed { intent, ..settled() }), Action::GeneratePair(Algorithm::Rsa2048));
}

#[test]
fn a_stored_pair_is_registered_then_trusted() {
    let mut observed = Observed { pending: pair("B", NOW), ..settled() };
    assert_eq!(decide(&observed), Action::Register(Slot::Pending));
    observed.public_keys = registered(&["A", "B"]);
    assert_eq!(decide(&observed), Action::AddToGroup { key_pair_id: "B".into() });
}

#[test]
fn a_key_becomes_active_only_when_soaked_deployed_and_proven() {
    let soaking = in_group(NOW - SOAK_S + 1);
    assert_eq!(waiting(&soaking), Some((WaitReason::Soak, Some(NOW + 1))));
    let mut observed = in_group(NOW - SOAK_S);
    observed.distributions[0].is_deployed = false;
    assert_eq!(waiting(&observed), Some((WaitReason::Deployment, None)));
    observed.distributions.clear();
    assert_eq!(waiting(&observed), Some((WaitReason::Deployment, None)), "without a distribution no key can be proven");
    let mut observed = in_group(NOW - SOAK_S);
    assert_eq!(decide(&observed), Action::Prove { key_pair_id: "B".into() });
    observed.proof = proof(ProbeResult::UnknownKey, "E");
    assert_eq!(waiting(&observed), Some((WaitReason::Proof(ProbeResult::UnknownKey), None)));
    observed.proof = proof(ProbeResult::Accepted, "another version");
    assert_eq!(decide(&observed), Action::Prove { key_pair_id: "B".into() });
    observed.proof = proof(ProbeResult::Accepted, "E");
    assert_eq!(decide(&observed), Action::Promote { from: Slot::Pending, key_pair_id: "B".into() });
}

#[test]
fn the_old_key_leaves_when_its_last_url_has_expired() {
    let mut observed = Observed { pending: None, active: pair("B", NOW - RETIRE_S + 1), ..in_group(NOW - DAY_S) };
    assert_eq!(waiting(&observed), Some((WaitReason::Urls, Some(NOW + 1))));
    observed.now += 1;
    assert_eq!(decide(&observed), Action::RemoveFromGroup { key_pair_ids: vec!["A".into()] });
    observed.group = group(&["B"], NOW);
    assert_eq!(decide(&observed), Action::Deregister { key_pair_id: "A".into() });
    observed.public_keys = registered(&["B"]);
    assert!(matches!(decide(&observed), Action::Idle(Idle::Settled { .. })));
}

#[test]
fn leftovers_are_deleted_before_a_full_account_blocks() {
    let mut observed = Observed {
        intent: Some(Intent::Rotate(Algorithm::EcdsaP256)),
        public_keys: registered(&["A", "old"]),
        keys_in_account: KEYS_PER_ACCOUNT,
        ..settled()
    };
    assert_eq!(decide(&observed), Action::Deregister { key_pair_id: "old".into() });
    observed.public_keys = registered(&["A"]);
    assert_eq!(decide(&observed), Action::Idle(Idle::Blocked(Blocked::AccountFull { keys: 10 })));
}

#[test]
fn a_full_group_blocks_until_a_retiring_key_leaves() {
    let ids = ["A", "B", "C", "D", "F"];
    let mut observed = Observed { public_keys: registered(&ids), group: group(&ids, NOW - 60), ..settled() };
    observed.active = pair("A", NOW - 60);
    observed.intent = Some(Intent::Rotate(Algorithm::EcdsaP256));
    let blocked = Blocked::GroupFull { group_id: "G".into(), until: Some(NOW - 60 + RETIRE_S) };
    assert_eq!(decide(&observed), Action::Idle(Idle::Blocked(blocked)));
}

#[test]
fn a_valid_supplied_key_is_accepted_and_an_invalid_one_is_deleted_with_its_reason() {
    let mut observed = Observed { next: Some(NextPair::Valid(key("N"))), ..settled() };
    assert_eq!(decide(&observed), Action::AcceptNext);
    observed.pending = pair("N", NOW);
    assert_eq!(decide(&observed), Action::Register(Slot::Pending), "it stays until it is active");
    observed = Observed { next: observed.next, active: pair("N", NOW), public_keys: registered(&["N"]), ..settled() };
    assert!(matches!(decide(&observed), Action::DeleteNext { accepted: true, .. }));
    let bad = Observed { next: Some(NextPair::Invalid("it is a certificate".into())), ..in_group(NOW) };
    assert_eq!(decide(&bad), Action::DeleteNext { accepted: false, reason: "it is a certificate".into() });
}

#[test]
fn a_retiring_key_is_not_accepted_again() {
    let retiring = Observed { pending: None, active: pair("B", NOW), ..in_group(NOW) };
    let observed = Observed { next: Some(NextPair::Valid(key("A"))), ..retiring };
    assert!(matches!(decide(&observed), Action::DeleteNext { accepted: false, .. }));
}

#[test]
fn a_supplied_key_waits_for_the_rotation_in_progress() {
    let observed = Observed { next: Some(NextPair::Valid(key("N"))), ..in_group(NOW) };
    assert_eq!(waiting(&observed), Some((WaitReason::Soak, Some(NOW + SOAK_S))));
}

#[test]
fn a_revoked_key_leaves_immediately_and_the_only_one_is_replaced_first() {
    let intent = Some(Intent::Revoke("A".into()));
    let observed = Observed { intent, ..settled() };
    assert_eq!(decide(&observed), Action::RecordRevoked { key_pair_id: "A".into() });
    let mut observed = Observed { revoked: vec!["A".into()], ..observed };
    assert_eq!(decide(&observed), Action::GeneratePair(Algorithm::EcdsaP256));
    observed.pending = pair("B", NOW);
    assert_eq!(decide(&observed), Action::Register(Slot::Pending));
    observed.public_keys = registered(&["A", "B"]);
    assert_eq!(decide(&observed), Action::AddToGroup { key_pair_id: "B".into() });
    observed.group = group(&["A", "B"], NOW);
    assert_eq!(decide(&observed), Action::RemoveFromGroup { key_pair_ids: vec!["A".into()] });
    observed.group = group(&["B"], NOW);
    assert_eq!(decide(&observed), Action::Deregister { key_pair_id: "A".into() });
    observed.public_keys = registered(&["B"]);
    let promote = Action::Promote { from: Slot::Pending, key_pair_id: "B".into() };
    assert_eq!(decide(&observed), promote, "URLs of the edge are rejected already");
    observed.active = pair("B", NOW);
    assert_eq!(decide(&observed), Action::ForgetRevoked { key_pair_ids: vec!["A".into()] });
}

#[test]
fn a_retiring_key_is_revoked_without_changing_the_active_one() {
    let mut observed = Observed { pending: None, active: pair("B", NOW), ..in_group(NOW) };
    observed.revoked = vec!["A".into()];
    assert_eq!(decide(&observed), Action::RemoveFromGroup { key_pair_ids: vec!["A".into()] });
}

#[test]
fn a_pending_key_that_is_revoked_ends_its_rotation() {
    let mut observed = Observed { revoked: vec!["B".into()], ..in_group(NOW) };
    assert_eq!(decide(&observed), Action::RemoveFromGroup { key_pair_ids: vec!["B".into()] });
    observed.group = group(&["A"], NOW);
    assert_eq!(decide(&observed), Action::DeletePending);
    observed.pending = None;
    assert_eq!(decide(&observed), Action::Deregister { key_pair_id: "B".into() });
}

#[test]
fn an_active_key_missing_from_the_group_is_added_again() {
    let observed = Observed { group: group(&["other"], NOW), ..settled() };
    assert_eq!(decide(&observed), Action::AddToGroup { key_pair_id: "A".into() });
}
