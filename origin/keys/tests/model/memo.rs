//! Calls the real `decide` with a run's observation. It is pure, so results are cached.

use vitae_keys::decide::{Action, Blocked, Guards, Idle, decide_with};
use vitae_keys::observed::{Distribution, Group, Intent, NextPair, Observed, Proof, RegisteredKey, StoredPair};
use vitae_keys::probe::ProbeResult;
use vitae_keys::public_key::PublicKey;
use vitae_keys::timing::RotationPolicy;
use vitae_signer::Algorithm;

use crate::hash::HashMap;
use crate::state::{Act, BAD, KEYS, Key, MARGIN, NONE, RETIRE, SOAK, Seen, Set, Want, bit, keys};

/// An arbitrary time: only differences matter.
const NOW: u64 = 1_000;

pub(crate) struct Memo {
    guards: Guards,
    foreign_in_group: u8,
    foreign_in_account: u8,
    known: HashMap<Seen, Act>,
    /// What is wrong with a decision, independent of its effect.
    pub(crate) wrong: Option<&'static str>,
}

impl Memo {
    pub(crate) fn new(guards: Guards, foreign_in_group: u8, foreign_in_account: u8) -> Self {
        Self { guards, foreign_in_group, foreign_in_account, known: HashMap::default(), wrong: None }
    }

    pub(crate) fn len(&self) -> usize {
        self.known.len()
    }

    pub(crate) fn act(&mut self, seen: Seen) -> Act {
        if let Some(act) = self.known.get(&seen) {
            return *act;
        }
        let act = of_action(&decide_with(&self.observed(seen), self.guards), seen);
        self.known.insert(seen, act);
        self.wrong = self.wrong.or(self.exceeds(act, seen));
        act
    }

    /// A decision must not exceed a quota of CloudFront that it knows of, nor generate a key pair that would exceed it later.
    fn exceeds(&self, act: Act, seen: Seen) -> Option<&'static str> {
        let is_account_full = u32::from(self.foreign_in_account) + seen.registered.count_ones() >= 10;
        let is_group_full = u32::from(self.foreign_in_group) + seen.group.count_ones() >= 5;
        match act {
            Act::GeneratePair | Act::AcceptNext if is_account_full => {
                Some("a key pair is generated beyond the account's quota")
            }
            Act::GeneratePair | Act::AcceptNext if is_group_full => {
                Some("a key pair is generated beyond the group's quota")
            }
            Act::Register(_) if is_account_full => Some("a key is registered beyond the account's quota"),
            Act::Add(_) if is_group_full => Some("a key is added beyond the group's quota"),
            _ => None,
        }
    }

    fn observed(&self, seen: Seen) -> Observed {
        let pair = |key: Key, age: u8| {
            (key != NONE).then(|| StoredPair { key_pair_id: id(key), public_key: public(key), since: since(age) })
        };
        let registered = |key| RegisteredKey { id: id(key), public_key: public(key), since: NOW };
        let foreign = (0..self.foreign_in_group).map(|key| format!("F{key}"));
        Observed {
            now: NOW.saturating_add_signed(seen.offset.into()),
            policy: RotationPolicy {
                rotation_s: None,
                soak_s: SOAK.into(),
                retire_s: RETIRE.into(),
                margin_s: MARGIN.into(),
                ..RotationPolicy::default()
            },
            intent: match seen.want {
                Want::Nothing => None,
                Want::Rotate => Some(Intent::Rotate(Algorithm::EcdsaP256)),
                Want::Revoke(key) => Some(Intent::Revoke(id(key))),
            },
            pending: pair(seen.pending, 0),
            active: pair(seen.active, seen.active_age),
            next: match seen.next {
                NONE => None,
                BAD => Some(NextPair::Invalid("it is not a key".to_owned())),
                key => Some(NextPair::Valid(public(key))),
            },
            revoked: keys(seen.revoked).map(id).collect(),
            public_keys: keys(seen.registered).map(registered).collect(),
            group: Some(Group {
                id: "G".to_owned(),
                etag: "E".to_owned(),
                keys: keys(seen.group).map(id).chain(foreign).collect(),
                since: since(seen.group_age),
            }),
            distributions: vec![Distribution { domain_name: String::new(), is_deployed: seen.deployed }],
            keys_in_account: usize::from(self.foreign_in_account) + seen.registered.count_ones() as usize,
            proof: (seen.proof != NONE).then(|| Proof {
                key_pair_id: id(seen.proof),
                etag: "E".to_owned(),
                result: ProbeResult::Accepted,
            }),
        }
    }
}

fn since(age: u8) -> u64 {
    NOW - u64::from(age)
}

fn id(key: Key) -> String {
    format!("K{key}")
}

fn public(key: Key) -> PublicKey {
    PublicKey::from_pem(&id(key))
}

fn key(id: &str) -> Key {
    let key = id.strip_prefix('K').and_then(|number| number.parse().ok());
    key.filter(|key| *key < KEYS).unwrap_or_else(|| panic!("{id} is not a key of the model"))
}

fn set(ids: &[String]) -> Set {
    ids.iter().fold(0, |set, id| set | bit(key(id)))
}

fn of_action(action: &Action, seen: Seen) -> Act {
    use vitae_keys::decide::Slot;
    let pair = |slot: &Slot| match slot {
        Slot::Active => seen.active,
        Slot::Pending => seen.pending,
    };
    match action {
        Action::GeneratePair(_) => Act::GeneratePair,
        Action::AcceptNext => Act::AcceptNext,
        Action::DeleteNext { accepted, .. } => Act::DeleteNext(seen.next, *accepted),
        Action::Register(slot) => Act::Register(pair(slot)),
        Action::AddToGroup { key_pair_id } => Act::Add(key(key_pair_id)),
        Action::Prove { key_pair_id } => Act::Prove(key(key_pair_id)),
        Action::Promote { from, key_pair_id } => {
            assert_eq!(pair(from), key(key_pair_id), "an id with another key");
            Act::Promote(key(key_pair_id))
        }
        Action::DeletePending => Act::DeletePending,
        Action::RemoveFromGroup { key_pair_ids } => Act::Remove(set(key_pair_ids)),
        Action::Deregister { key_pair_id } => Act::Deregister(key(key_pair_id)),
        Action::RecordRevoked { key_pair_id } => Act::RecordRevoked(key(key_pair_id)),
        Action::ForgetRevoked { key_pair_ids } => Act::ForgetRevoked(set(key_pair_ids)),
        Action::CreateGroup { .. } => panic!("a group exists"),
        Action::Idle(Idle::Blocked(Blocked::GroupFull { .. } | Blocked::AccountFull { .. }) | _) => Act::Idle,
    }
}
