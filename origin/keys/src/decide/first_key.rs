//! Tests of the steps to a stack's first key.

use std::collections::BTreeSet;

use vitae_signer::Algorithm;

use super::*;

const P256: Algorithm = Algorithm::EcdsaP256;

/// Applies an action to a state, as CloudFront and Parameter Store would.
fn apply(observed: &Observed, action: &Action, serial: u32) -> Observed {
    let mut next = observed.clone();
    let id = format!("K{serial}");
    match action {
        Action::GeneratePair(_) => {
            assert_eq!(next.pending, None, "a stored private key would be overwritten");
            let public_key = PublicKey::from_pem(&format!("key{serial}"));
            next.pending = Some(StoredPair { key_pair_id: "unregistered".into(), public_key, since: 0 });
        }
        Action::Register(slot) => {
            let public_key = stored(&next, *slot).public_key;
            next.public_keys.push(RegisteredKey { id, public_key, since: 0 });
            next.keys_in_account += 1;
        }
        Action::CreateGroup { key_pair_id } => {
            assert_eq!(next.group, None);
            next.group = Some(Group { id: "G".into(), etag: "E".into(), keys: vec![key_pair_id.clone()], since: 0 });
        }
        Action::AddToGroup { key_pair_id } => next.group.as_mut().unwrap().keys.push(key_pair_id.clone()),
        Action::Promote { from, key_pair_id } => {
            let public_key = stored(&next, *from).public_key;
            let registered = next.public_keys.iter().find(|key| key.id == *key_pair_id).unwrap();
            assert_eq!(registered.public_key, public_key, "the id would belong to another key");
            assert!(
                next.group.as_ref().unwrap().keys.contains(key_pair_id),
                "the edge would sign with an untrusted key"
            );
            next.active = Some(StoredPair { key_pair_id: key_pair_id.clone(), public_key, since: 0 });
        }
        Action::DeletePending => {
            assert_eq!(next.active.as_ref().unwrap().public_key, next.pending.take().unwrap().public_key);
        }
        Action::Deregister { key_pair_id } => {
            assert!(!next.is_trusted(key_pair_id), "CloudFront refuses it");
            let key = next.public_keys.iter().find(|key| key.id == *key_pair_id).unwrap();
            let same = |pair: &Option<StoredPair>| pair.as_ref().is_some_and(|pair| pair.public_key == key.public_key);
            let is_copy = next.public_keys.iter().filter(|other| other.public_key == key.public_key).count() > 1;
            assert!(is_copy || !same(&next.active) && !same(&next.pending), "a stored pair would lose its public half");
            next.public_keys.retain(|key| key.id != *key_pair_id);
        }
        other => panic!("a creation has no use for it: {other:?}"),
    }
    next
}

fn stored(observed: &Observed, slot: Slot) -> StoredPair {
    match slot {
        Slot::Active => observed.active.clone().unwrap(),
        Slot::Pending => observed.pending.clone().unwrap(),
    }
}

fn creating() -> Observed {
    Observed { intent: Some(Intent::Create), ..Observed::default() }
}

/// All actions from a state until idle.
fn run(mut observed: Observed) -> (Observed, Vec<Action>) {
    let mut actions = Vec::new();
    loop {
        let action = decide(&observed);
        if matches!(action, Action::Idle(_)) {
            return (observed, actions);
        }
        assert!(actions.len() < 10, "no end: {actions:?}");
        observed = apply(&observed, &action, u32::try_from(actions.len()).unwrap() + 100);
        actions.push(action);
    }
}

fn assert_finished(observed: &Observed) {
    let active = observed.active.as_ref().unwrap();
    let key = observed.public_keys.iter().find(|key| key.id == active.key_pair_id).unwrap();
    assert_eq!(key.public_key, active.public_key);
    assert!(observed.group.as_ref().unwrap().keys.contains(&key.id));
}

#[test]
fn an_empty_account_gets_a_key_in_five_steps_and_every_private_key_is_stored_first() {
    let (observed, actions) = run(creating());
    let kinds: Vec<_> = actions.iter().map(|action| action.to_string().split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(kinds, ["generated", "registered", "created", "copied", "deleted"]);
    assert_finished(&observed);
    assert_eq!((observed.public_keys.len(), observed.pending), (1, None));
}

#[test]
fn a_settled_stack_is_not_changed() {
    let (observed, _) = run(creating());
    assert_eq!(decide(&observed), Action::Idle(Idle::Settled { due: None }));
}

/// All combinations of: pending none, `a` or `b`; active none, `a` or `b` with its own id or a stale one; each key
/// registered or not, or one of them twice; the group missing, without a key of the stack, or with either key, both or a
/// duplicate.
fn states() -> Vec<Observed> {
    let key = |name: &str| PublicKey::from_pem(name);
    let pair = |id: &str, name| StoredPair { key_pair_id: id.into(), public_key: key(name), since: 0 };
    let pending_pairs = [None, Some(pair("unregistered", "a")), Some(pair("unregistered", "b"))];
    let actives =
        [None, Some(pair("KA", "a")), Some(pair("KB", "b")), Some(pair("stale", "a")), Some(pair("stale", "b"))];
    let registered = |id: &str, name| RegisteredKey { id: id.into(), public_key: key(name), since: 0 };
    let (a, b) = (registered("KA", "a"), registered("KB", "b"));
    let copy = registered("KA2", "a");
    let registries = [
        vec![],
        vec![a.clone()],
        vec![b.clone()],
        vec![a.clone(), b.clone()],
        vec![a.clone(), copy.clone()],
        vec![copy, a, b],
    ];
    let group = |keys: &[&str]| {
        Some(Group {
            id: "G".into(),
            etag: "E".into(),
            keys: keys.iter().map(|&key| key.to_owned()).collect(),
            since: 0,
        })
    };
    let groups = [None, group(&["other"]), group(&["KA"]), group(&["KB"]), group(&["KA", "KB"]), group(&["KA2"])];
    let mut states = Vec::new();
    for pending in &pending_pairs {
        for active in &actives {
            for public_keys in &registries {
                for group in &groups {
                    states.push(Observed {
                        pending: pending.clone(),
                        active: active.clone(),
                        public_keys: public_keys.clone(),
                        group: group.clone(),
                        keys_in_account: public_keys.len(),
                        ..creating()
                    });
                }
            }
        }
    }
    states
}

#[test]
fn from_every_state_a_creation_ends_with_a_trusted_key() {
    let states = states();
    assert_eq!(states.len(), 540);
    for observed in states {
        let (end, actions) = run(observed.clone());
        assert_finished(&end);
        assert!(actions.len() <= 8, "{observed:?}: {actions:?}");
        // A stored key is used instead of a new one, and every active or trusted key is kept.
        let was_stored = observed.active.as_ref().or(observed.pending.as_ref()).map(|pair| pair.public_key.clone());
        assert!(was_stored.is_none_or(|key| key == end.active.as_ref().unwrap().public_key), "{observed:?}");
        let ids: BTreeSet<_> = end.public_keys.iter().map(|key| &key.id).collect();
        let was_trusted = |key: &&RegisteredKey| observed.is_trusted(&key.id);
        assert!(observed.public_keys.iter().filter(was_trusted).all(|key| ids.contains(&key.id)), "{observed:?}");
        let leftovers = end.public_keys.iter().filter(|key| {
            let is_pending = end.pending.as_ref().is_some_and(|pending| pending.public_key == key.public_key);
            !end.is_trusted(&key.id) && !is_pending
        });
        assert_eq!(leftovers.count(), 0, "{observed:?}");
    }
}

#[test]
fn a_creation_does_not_change_a_rotation_in_progress() {
    let (mut observed, _) = run(creating());
    let public_key = PublicKey::from_pem("rotating");
    observed.pending = Some(StoredPair { key_pair_id: "unregistered".into(), public_key, since: 0 });
    assert!(matches!(decide(&observed), Action::Idle(_)));
}

#[test]
fn a_full_account_blocks_before_a_key_is_generated() {
    let full = Observed { keys_in_account: KEYS_PER_ACCOUNT, ..creating() };
    assert_eq!(decide(&full), Action::Idle(Idle::Blocked(Blocked::AccountFull { keys: 10 })));
    let one_left = Observed { keys_in_account: KEYS_PER_ACCOUNT - 1, ..creating() };
    assert_eq!(decide(&one_left), Action::GeneratePair(P256));
}

#[test]
fn a_full_group_blocks() {
    let mut observed = apply(&creating(), &Action::GeneratePair(P256), 1);
    observed = apply(&observed, &Action::Register(Slot::Pending), 2);
    let keys = (0..KEYS_PER_GROUP).map(|key| format!("other{key}")).collect();
    observed.group = Some(Group { id: "G".into(), etag: "E".into(), keys, since: 0 });
    let blocked = Blocked::GroupFull { group_id: "G".into(), until: None };
    assert_eq!(decide(&observed), Action::Idle(Idle::Blocked(blocked)));
}

#[test]
fn without_a_group_only_a_creation_takes_a_step() {
    for observed in states().into_iter().filter(|observed| observed.group.is_none()) {
        assert_eq!(decide(&Observed { intent: None, ..observed }), Action::Idle(Idle::NoKeyGroup));
    }
}
