//! One rotation, step by step, and what holds each step up.

#![expect(clippy::unnecessary_wraps, reason = "they fill fields that may be empty")]

use vitae_signer::Algorithm;

use super::*;
use crate::rules::{DAY_S, RETIRE_S, Rules, SOAK_S};
use crate::world::{Distribution, Proof};

const NOW: u64 = 1_767_290_400;

fn key(name: &str) -> PublicKey {
    PublicKey::of_pem(name)
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

/// `A` signs, is a day old, and is all there is.
fn settled() -> World {
    World {
        now: NOW,
        active: pair("A", NOW - DAY_S),
        public_keys: registered(&["A"]),
        group: group(&["A"], NOW - DAY_S),
        distributions: vec![Distribution { domain_name: "d1.cloudfront.net".into(), is_deployed: true }],
        keys_in_account: 1,
        ..World::default()
    }
}

/// `B` is in the group beside `A`, since `since`.
fn in_group(since: u64) -> World {
    World {
        pending: pair("B", since),
        public_keys: registered(&["A", "B"]),
        group: group(&["A", "B"], since),
        keys_in_account: 2,
        ..settled()
    }
}

fn proof(verdict: Verdict, etag: &str) -> Option<Proof> {
    Some(Proof { key_pair_id: "B".into(), etag: etag.into(), verdict })
}

fn waiting(world: &World) -> Option<(Waiting, Option<u64>)> {
    match decide(world) {
        Action::Rest(Rest::Waits { why, until, .. }) => Some((why, until)),
        _ => None,
    }
}

#[test]
fn a_young_key_is_left_alone_and_an_old_one_is_replaced() {
    let due = NOW - DAY_S + 90 * DAY_S;
    assert_eq!(decide(&settled()), Action::Rest(Rest::Settled { due: Some(due) }));
    assert!(matches!(decide(&World { now: due - 1, ..settled() }), Action::Rest(_)));
    assert_eq!(decide(&World { now: due, ..settled() }), Action::MakePair(Algorithm::EcdsaP256));
    let never = Rules::new(Algorithm::EcdsaP256, 0);
    let old = World { now: due * 2, rules: never, ..settled() };
    assert_eq!(decide(&old), Action::Rest(Rest::Settled { due: None }));
}

#[test]
fn a_wish_makes_a_key_of_the_wished_algorithm() {
    let wish = Some(Wish::Rotate(Algorithm::Rsa2048));
    assert_eq!(decide(&World { wish, ..settled() }), Action::MakePair(Algorithm::Rsa2048));
}

#[test]
fn a_stored_pair_is_registered_then_trusted() {
    let mut world = World { pending: pair("B", NOW), ..settled() };
    assert_eq!(decide(&world), Action::Register(Slot::Pending));
    world.public_keys = registered(&["A", "B"]);
    assert_eq!(decide(&world), Action::AddToGroup { key_pair_id: "B".into() });
}

#[test]
fn a_key_signs_only_when_soaked_deployed_and_proven() {
    let soaking = in_group(NOW - SOAK_S + 1);
    assert_eq!(waiting(&soaking), Some((Waiting::Soak, Some(NOW + 1))));
    let mut world = in_group(NOW - SOAK_S);
    world.distributions[0].is_deployed = false;
    assert_eq!(waiting(&world), Some((Waiting::Deployment, None)));
    world.distributions.clear();
    assert_eq!(waiting(&world), Some((Waiting::Deployment, None)), "without a distribution nothing can be proven");
    let mut world = in_group(NOW - SOAK_S);
    assert_eq!(decide(&world), Action::Prove { key_pair_id: "B".into() });
    world.proof = proof(Verdict::UnknownKey, "E");
    assert_eq!(waiting(&world), Some((Waiting::Proof(Verdict::UnknownKey), None)));
    world.proof = proof(Verdict::Opened, "of another time");
    assert_eq!(decide(&world), Action::Prove { key_pair_id: "B".into() });
    world.proof = proof(Verdict::Opened, "E");
    assert_eq!(decide(&world), Action::Promote { from: Slot::Pending, key_pair_id: "B".into() });
}

#[test]
fn the_old_key_leaves_when_its_last_url_has_expired() {
    let mut world = World { pending: None, active: pair("B", NOW - RETIRE_S + 1), ..in_group(NOW - DAY_S) };
    assert_eq!(waiting(&world), Some((Waiting::Urls, Some(NOW + 1))));
    world.now += 1;
    assert_eq!(decide(&world), Action::RemoveFromGroup { key_pair_ids: vec!["A".into()] });
    world.group = group(&["B"], NOW);
    assert_eq!(decide(&world), Action::Deregister { key_pair_id: "A".into() });
    world.public_keys = registered(&["B"]);
    assert!(matches!(decide(&world), Action::Rest(Rest::Settled { .. })));
}

#[test]
fn leftovers_are_swept_before_a_full_account_is_said() {
    let mut world = World {
        wish: Some(Wish::Rotate(Algorithm::EcdsaP256)),
        public_keys: registered(&["A", "old"]),
        keys_in_account: KEYS_PER_ACCOUNT,
        ..settled()
    };
    assert_eq!(decide(&world), Action::Deregister { key_pair_id: "old".into() });
    world.public_keys = registered(&["A"]);
    assert_eq!(decide(&world), Action::Rest(Rest::Stuck(Stuck::AccountFull { keys: 10 })));
}

#[test]
fn a_group_that_is_full_of_living_urls_says_when_there_is_room() {
    let ids = ["A", "B", "C", "D", "F"];
    let mut world = World { public_keys: registered(&ids), group: group(&ids, NOW - 60), ..settled() };
    world.active = pair("A", NOW - 60);
    world.wish = Some(Wish::Rotate(Algorithm::EcdsaP256));
    let stuck = Stuck::GroupFull { group_id: "G".into(), until: Some(NOW - 60 + RETIRE_S) };
    assert_eq!(decide(&world), Action::Rest(Rest::Stuck(stuck)));
}

#[test]
fn a_key_of_the_owners_is_taken_and_a_bad_one_is_dropped_with_its_reason() {
    let mut world = World { next: Some(NextPair::Good(key("N"))), ..settled() };
    assert_eq!(decide(&world), Action::TakeNext);
    world.pending = pair("N", NOW);
    assert_eq!(decide(&world), Action::Register(Slot::Pending), "it stays until it signs");
    world = World { next: world.next, active: pair("N", NOW), public_keys: registered(&["N"]), ..settled() };
    assert!(matches!(decide(&world), Action::DropNext { accepted: true, .. }));
    let bad = World { next: Some(NextPair::Bad("it is a certificate".into())), ..in_group(NOW) };
    assert_eq!(decide(&bad), Action::DropNext { accepted: false, reason: "it is a certificate".into() });
}

#[test]
fn a_retiring_key_cannot_be_brought_again() {
    let retiring = World { pending: None, active: pair("B", NOW), ..in_group(NOW) };
    let world = World { next: Some(NextPair::Good(key("A"))), ..retiring };
    assert!(matches!(decide(&world), Action::DropNext { accepted: false, .. }));
}

#[test]
fn a_good_key_waits_for_the_rotation_under_way() {
    let world = World { next: Some(NextPair::Good(key("N"))), ..in_group(NOW) };
    assert_eq!(waiting(&world), Some((Waiting::Soak, Some(NOW + SOAK_S))));
}

#[test]
fn a_revoked_key_leaves_at_once_and_the_only_one_is_replaced_first() {
    let wish = Some(Wish::Revoke("A".into()));
    let world = World { wish, ..settled() };
    assert_eq!(decide(&world), Action::NoteRevoked { key_pair_id: "A".into() });
    let mut world = World { revoked: vec!["A".into()], ..world };
    assert_eq!(decide(&world), Action::MakePair(Algorithm::EcdsaP256));
    world.pending = pair("B", NOW);
    assert_eq!(decide(&world), Action::Register(Slot::Pending));
    world.public_keys = registered(&["A", "B"]);
    assert_eq!(decide(&world), Action::AddToGroup { key_pair_id: "B".into() });
    world.group = group(&["A", "B"], NOW);
    assert_eq!(decide(&world), Action::RemoveFromGroup { key_pair_ids: vec!["A".into()] });
    world.group = group(&["B"], NOW);
    assert_eq!(decide(&world), Action::Deregister { key_pair_id: "A".into() });
    world.public_keys = registered(&["B"]);
    let promote = Action::Promote { from: Slot::Pending, key_pair_id: "B".into() };
    assert_eq!(decide(&world), promote, "what the edge signs is refused as it is");
    world.active = pair("B", NOW);
    assert_eq!(decide(&world), Action::ForgetRevoked { key_pair_ids: vec!["A".into()] });
}

#[test]
fn a_retiring_key_is_revoked_without_touching_the_active_one() {
    let mut world = World { pending: None, active: pair("B", NOW), ..in_group(NOW) };
    world.revoked = vec!["A".into()];
    assert_eq!(decide(&world), Action::RemoveFromGroup { key_pair_ids: vec!["A".into()] });
}

#[test]
fn a_pending_key_that_is_revoked_ends_its_rotation() {
    let mut world = World { revoked: vec!["B".into()], ..in_group(NOW) };
    assert_eq!(decide(&world), Action::RemoveFromGroup { key_pair_ids: vec!["B".into()] });
    world.group = group(&["A"], NOW);
    assert_eq!(decide(&world), Action::DeletePending);
    world.pending = None;
    assert_eq!(decide(&world), Action::Deregister { key_pair_id: "B".into() });
}

#[test]
fn an_active_key_that_fell_out_of_the_group_is_put_back() {
    let world = World { group: group(&["other"], NOW), ..settled() };
    assert_eq!(decide(&world), Action::AddToGroup { key_pair_id: "A".into() });
}
