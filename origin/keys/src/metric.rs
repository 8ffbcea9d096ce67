//! What an owner may want to be alarmed by, by the CloudWatch embedded metric format: a line of the log that CloudWatch also
//! reads as metrics.
//! <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>
//!
//! | metric | unit | alarm when |
//! |---|---|---|
//! | `KeyRotations` | Count | |
//! | `KeyRefusals` | Count | > 0: a key at `signer/next` was refused; `signer/status` says why |
//! | `KeyRotationPhase` | None | the phase of the key on its way in: 0 none, 1 pending, 2 registered, 3 in group, 4 soaked |
//! | `KeyRotationStuck` | Count | > 0: a rotation has been under way for over 24 hours |
//! | `ActiveKeyAge` | Seconds | |
//! | `ActiveKeyOverdue` | Count | > 0: the active key is older than twice its rotation days |
//! | `KeyRunFailures` | Count | > 0 several times in a row |

use serde_json::{Map, Value, json};

use crate::status::{Phase, is_overdue, is_stuck, rotation_phase};
use crate::world::World;

/// Where the metrics stand: beside the counter's and the edge's.
const NAMESPACE: &str = "CloudResume";

/// What one run counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Keys that became active.
    pub rotations: u64,
    /// Keys at `signer/next` that were refused.
    pub refusals: u64,
}

/// The line of a run that ended with this world.
#[must_use]
pub fn ran(stack: &str, counts: Counts, world: &World) -> String {
    let phase = match rotation_phase(world) {
        None => 0,
        Some(Phase::Pending) => 1,
        Some(Phase::Registered) => 2,
        Some(Phase::InGroup) => 3,
        Some(_) => 4,
    };
    let mut metrics = vec![
        ("KeyRotations", "Count", counts.rotations),
        ("KeyRefusals", "Count", counts.refusals),
        ("KeyRotationPhase", "None", phase),
        ("KeyRotationStuck", "Count", is_stuck(world).into()),
        ("ActiveKeyOverdue", "Count", is_overdue(world).into()),
        ("KeyRunFailures", "Count", 0),
    ];
    if let Some(active) = &world.active {
        metrics.push(("ActiveKeyAge", "Seconds", world.now.saturating_sub(active.since)));
    }
    line(stack, world.now, &metrics)
}

/// The line of a run that failed at `now`, in seconds since 1970.
#[must_use]
pub fn failed(stack: &str, counts: Counts, now: u64) -> String {
    let metrics = [
        ("KeyRotations", "Count", counts.rotations),
        ("KeyRefusals", "Count", counts.refusals),
        ("KeyRunFailures", "Count", 1),
    ];
    line(stack, now, &metrics)
}

fn line(stack: &str, now: u64, metrics: &[(&str, &str, u64)]) -> String {
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
        let line = ran("resume", Counts { rotations: 1, refusals: 2 }, world);
        assert!(!line.contains('\n'));
        serde_json::from_str(&line).unwrap()
    }

    #[test]
    fn every_named_metric_has_a_value() {
        let world = World { now: NOW, active: Some(pair(60)), ..World::default() };
        for line in [line(&world), serde_json::from_str(&failed("resume", Counts::default(), NOW)).unwrap()] {
            let directive = &line["_aws"]["CloudWatchMetrics"][0];
            assert_eq!(
                (&directive["Namespace"], &directive["Dimensions"]),
                (&json!("CloudResume"), &json!([["Stack"]]))
            );
            for metric in directive["Metrics"].as_array().unwrap() {
                assert!(line[metric["Name"].as_str().unwrap()].is_u64(), "{metric}");
            }
        }
        assert_eq!(line(&world)["ActiveKeyAge"], 60);
        assert_eq!((&line(&world)["KeyRotations"], &line(&world)["KeyRefusals"]), (&json!(1), &json!(2)));
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
