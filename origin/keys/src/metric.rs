//! What an owner may want to be alarmed by, by the CloudWatch embedded metric format: a line of the log that CloudWatch also
//! reads as metrics.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
//!
//! All stand in the namespace [`NAMESPACE`] with one dimension, `Stack`, the stack's name. Every run but CloudFormation's and
//! `vitae keys status` writes all of them, so the schedule does every quarter of an hour, also while nothing is to be done. A run
//! that failed and cannot even look at the keys writes the three that it knows, marked with *. So silence of any of them is
//! a fault by itself.
//!
//! | metric | unit | value | alarm when |
//! |---|---|---|---|
//! | `KeyRotations` * | Count | keys that became active in this run | |
//! | `KeyRefusals` * | Count | keys at `signer/next` that were refused in this run | > 0: `signer/status` says why |
//! | `KeyRunFailures` * | Count | 1 if the run failed, else 0 | > 0 several times in a row |
//! | `KeyRotationPhase` | None | of the key on its way in: 0 none, 1 pending, 2 registered, 3 in group, 4 soaked | |
//! | `KeyRotationStuck` | Count | 1 if a rotation has been under way for over 24 hours, or one is due and there is no room for its key, else 0 | > 0 |
//! | `ActiveKeyAge` | Seconds | since the active key was written; 0 while there is none | |
//! | `ActiveKeyOverdue` | Count | 1 if the active key is older than twice its rotation days, else 0; always 0 where `RotationDays` is 0 | > 0 |

use serde_json::{Map, Value, json};

use crate::decide::{Rest, Stuck};
use crate::status::{Phase, is_overdue, is_stuck, rotation_phase};
use crate::world::World;

/// Where the metrics stand: beside the counter's and the edge's.
pub const NAMESPACE: &str = "CloudResume";

/// What one run counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Keys that became active.
    pub rotations: u64,
    /// Keys at `signer/next` that were refused.
    pub refusals: u64,
}

type Metric = (&'static str, &'static str, u64);

/// The line of a run that ended with this world.
#[must_use]
pub fn ran(stack: &str, counts: Counts, world: &World, rest: &Rest) -> String {
    let has_no_room = matches!(rest, Rest::Stuck(Stuck::AccountFull { .. } | Stuck::GroupFull { until: None, .. }));
    line(stack, world.now, &[of_run(counts, false), of_keys(world, has_no_room)].concat())
}

/// The line of a run that failed at `now`, in seconds since 1970, and what is there then, if that could be looked at.
#[must_use]
pub fn failed(stack: &str, counts: Counts, now: u64, world: Option<&World>) -> String {
    let keys = world.map(|world| of_keys(world, false)).unwrap_or_default();
    line(stack, now, &[of_run(counts, true), keys].concat())
}

fn of_run(counts: Counts, has_failed: bool) -> Vec<Metric> {
    vec![
        ("KeyRotations", "Count", counts.rotations),
        ("KeyRefusals", "Count", counts.refusals),
        ("KeyRunFailures", "Count", has_failed.into()),
    ]
}

fn of_keys(world: &World, has_no_room: bool) -> Vec<Metric> {
    let phase = match rotation_phase(world) {
        None => 0,
        Some(Phase::Pending) => 1,
        Some(Phase::Registered) => 2,
        Some(Phase::InGroup) => 3,
        Some(_) => 4,
    };
    let age = world.active.as_ref().map_or(0, |active| world.now.saturating_sub(active.since));
    vec![
        ("KeyRotationPhase", "None", phase),
        ("KeyRotationStuck", "Count", (is_stuck(world) || has_no_room).into()),
        ("ActiveKeyAge", "Seconds", age),
        ("ActiveKeyOverdue", "Count", is_overdue(world).into()),
    ]
}

fn line(stack: &str, now: u64, metrics: &[Metric]) -> String {
    let named: Vec<_> = metrics.iter().map(|(name, unit, _)| json!({ "Name": name, "Unit": unit })).collect();
    let directive = json!([{ "Namespace": NAMESPACE, "Dimensions": [["Stack"]], "Metrics": named }]);
    let mut line = Map::new();
    line.insert("_aws".to_owned(), json!({ "Timestamp": now * 1000, "CloudWatchMetrics": directive }));
    line.insert("Stack".to_owned(), json!(stack));
    line.extend(metrics.iter().map(|(name, _, value)| ((*name).to_owned(), json!(value))));
    Value::Object(line).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::public_key::PublicKey;
    use crate::rules::{DAY_S, STUCK_S};
    use crate::world::StoredPair;

    const NOW: u64 = 1_767_290_400;

    fn pair(age: u64) -> StoredPair {
        StoredPair { key_pair_id: "K1".into(), public_key: PublicKey::of_pem("MFkw"), since: NOW - age }
    }

    fn line(world: &World) -> Value {
        line_of(&ran("resume", Counts { rotations: 1, refusals: 2 }, world, &Rest::Settled { due: None }))
    }

    fn line_of(line: &str) -> Value {
        assert!(!line.contains('\n'));
        serde_json::from_str(line).unwrap()
    }

    /// Names and units, each of which has a value in the line.
    fn named(line: &Value) -> Vec<(&str, &str)> {
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!((&directive["Namespace"], &directive["Dimensions"]), (&json!(NAMESPACE), &json!([["Stack"]])));
        assert_eq!((&line["Stack"], &line["_aws"]["Timestamp"]), (&json!("resume"), &json!(NOW * 1000)));
        let metrics = directive["Metrics"].as_array().unwrap().iter();
        let named = metrics.map(|metric| (metric["Name"].as_str().unwrap(), metric["Unit"].as_str().unwrap()));
        named.inspect(|(name, _)| assert!(line[*name].is_u64(), "{name}: {line}")).collect()
    }

    const ALL: [(&str, &str); 7] = [
        ("KeyRotations", "Count"),
        ("KeyRefusals", "Count"),
        ("KeyRunFailures", "Count"),
        ("KeyRotationPhase", "None"),
        ("KeyRotationStuck", "Count"),
        ("ActiveKeyAge", "Seconds"),
        ("ActiveKeyOverdue", "Count"),
    ];

    #[test]
    fn every_run_writes_every_metric_and_one_that_sees_nothing_what_it_knows() {
        let empty = World { now: NOW, ..World::default() };
        let world = World { active: Some(pair(60)), ..empty.clone() };
        for world in [&empty, &world] {
            assert_eq!(named(&line(world)), ALL);
            assert_eq!(named(&line_of(&failed("resume", Counts::default(), NOW, Some(world)))), ALL);
        }
        assert_eq!(named(&line_of(&failed("resume", Counts::default(), NOW, None))), ALL[..3]);
        assert_eq!((&line(&empty)["ActiveKeyAge"], &line(&world)["ActiveKeyAge"]), (&json!(0), &json!(60)));
        assert_eq!((&line(&world)["KeyRotations"], &line(&world)["KeyRefusals"]), (&json!(1), &json!(2)));
        assert_eq!(line(&world)["KeyRunFailures"], 0);
        assert_eq!(line_of(&failed("resume", Counts::default(), NOW, None))["KeyRunFailures"], 1);
    }

    #[test]
    fn a_key_without_room_is_stuck_and_one_that_waits_for_room_is_not() {
        let world = World { now: NOW, active: Some(pair(60)), ..World::default() };
        let group_full = |until| Stuck::GroupFull { group_id: "G".into(), until };
        for (why, stuck) in
            [(Stuck::AccountFull { keys: 10 }, 1), (group_full(None), 1), (group_full(Some(NOW + 60)), 0)]
        {
            let line = line_of(&ran("resume", Counts::default(), &world, &Rest::Stuck(why)));
            assert_eq!(line["KeyRotationStuck"], stuck);
        }
    }

    #[test]
    fn a_stack_without_rotation_days_has_no_overdue_key() {
        let rules = crate::rules::Rules::new(vitae_signer::Algorithm::EcdsaP256, 0);
        let world = World { now: NOW, rules, active: Some(pair(10_000 * DAY_S)), ..World::default() };
        assert_eq!(line(&world)["ActiveKeyOverdue"], 0);
    }

    #[test]
    fn a_rotation_is_stuck_after_a_day() {
        for (age, stuck) in [(STUCK_S, 0), (STUCK_S + 1, 1)] {
            let world = World { now: NOW, pending: Some(pair(age)), ..World::default() };
            assert_eq!(
                (&line(&world)["KeyRotationStuck"], &line(&world)["KeyRotationPhase"]),
                (&json!(stuck), &json!(1))
            );
        }
    }

    #[test]
    fn a_key_is_overdue_at_twice_its_days() {
        for (age, overdue) in [(180 * DAY_S, 0), (180 * DAY_S + 1, 1)] {
            let world = World { now: NOW, active: Some(pair(age)), ..World::default() };
            assert_eq!(line(&world)["ActiveKeyOverdue"], overdue);
        }
    }
}
