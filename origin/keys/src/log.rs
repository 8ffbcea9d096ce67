//! Log lines of the function, and its metrics.
//!
//! The line that ends a run is also its metrics, with one dimension, the stack's name. Every run writes all metrics, except
//! CloudFormation's requests and `cargo vitae keys status`. So the schedule writes them every quarter of an hour, and a
//! missing metric is a fault in itself. A failed run that cannot observe the keys writes only those marked with *.
//!
//! | metric | unit | value | alarm when |
//! |---|---|---|---|
//! | `KeyRotations` * | Count | keys that became active in this run | |
//! | `KeyRejections` * | Count | keys at `signer/next` that were rejected in this run | > 0: see `signer/status` |
//! | `KeyRunFailures` * | Count | 1 if the run failed, else 0 | > 0 several times in a row |
//! | `KeyRotationPhase` | None | of the pending key: 0 none, 1 pending, 2 registered, 3 in group, 4 soaked | |
//! | `KeyRotationStuck` | Count | 1 if a rotation has taken over 24 hours, or one is due and a quota is exhausted, else 0 | > 0 |
//! | `ActiveKeyAge` | Seconds | since the active key was written; 0 without an active key | |
//! | `ActiveKeyOverdue` | Count | 1 if the active key is older than twice its rotation days, else 0; always 0 if `RotationDays` is 0 | > 0 |

use serde_json::{Value, json};
use vitae_parameters::log::{Level, line};
use vitae_parameters::metric::{self, NAMESPACE, Sample, embed};

use crate::decide::{Blocked, Idle};
use crate::observed::Observed;
use crate::request::Envelope;
use crate::response::Outcome;
use crate::status::{Phase, is_overdue, is_stuck, rotation_phase};

/// What one run counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Keys that became active.
    pub rotations: u64,
    /// Keys at `signer/next` that were rejected.
    pub rejections: u64,
}

/// The stack and request of a log line.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The function's clock, in seconds since 1970.
    pub now: u64,
    /// Lambda's request id.
    pub request_id: &'a str,
    /// The stack's name.
    pub stack: &'a str,
}

impl Context<'_> {
    fn line(&self, level: Level, event: &str, fields: Value) -> Value {
        line(self.now * 1000, level, Some(self.request_id), event, fields)
    }

    fn with_metrics(&self, line: Value, samples: &[Sample]) -> Value {
        embed(line, self.now * 1000, NAMESPACE, &[("Stack", self.stack)], samples)
    }

    /// The line of one completed step.
    #[must_use]
    pub fn step(&self, step: &str) -> Value {
        self.line(Level::Info, "step", json!({"step": step}))
    }

    /// The line and the metrics of a run that ended because no step was due.
    #[must_use]
    pub fn idle(&self, counts: Counts, observed: &Observed, idle: &Idle) -> Value {
        let level = if matches!(idle, Idle::Blocked(_)) { Level::Warn } else { Level::Info };
        let line = self.line(level, "idle", json!({"reason": idle.to_string()}));
        let is_full =
            matches!(idle, Idle::Blocked(Blocked::AccountFull { .. } | Blocked::GroupFull { until: None, .. }));
        self.with_metrics(line, &[run_samples(counts, false), key_samples(observed, is_full)].concat())
    }

    /// The line and the metrics of a failed run, with the state after it if that could be observed.
    #[must_use]
    pub fn run_failed(&self, counts: Counts, observed: Option<&Observed>, reason: &str) -> Value {
        let line = self.line(Level::Error, "run_failed", json!({"reason": reason}));
        let keys = observed.map(|observed| key_samples(observed, false)).unwrap_or_default();
        self.with_metrics(line, &[run_samples(counts, true), keys].concat())
    }

    /// The line of a request of CloudFormation.
    #[must_use]
    pub fn custom_resource(&self, envelope: &Envelope, outcome: &Outcome) -> Value {
        let mut fields = json!({
            "cloudFormationRequestId": envelope.request_id,
            "requestType": envelope.request_type(),
            "logicalResourceId": envelope.logical_resource_id,
        });
        match outcome {
            Outcome::Done { group_id } => {
                fields["keyGroupId"] = json!(group_id);
                self.line(Level::Info, "request_handled", fields)
            }
            Outcome::Failed(reason) => {
                fields["reason"] = json!(reason);
                self.line(Level::Error, "request_failed", fields)
            }
        }
    }
}

fn run_samples(counts: Counts, has_failed: bool) -> Vec<Sample> {
    vec![
        Sample::count(metric::KEY_ROTATIONS, counts.rotations),
        Sample::count(metric::KEY_REJECTIONS, counts.rejections),
        Sample::count(metric::KEY_RUN_FAILURES, has_failed.into()),
    ]
}

fn key_samples(observed: &Observed, is_full: bool) -> Vec<Sample> {
    let phase = match rotation_phase(observed) {
        None => 0,
        Some(Phase::Pending) => 1,
        Some(Phase::Registered) => 2,
        Some(Phase::InGroup) => 3,
        Some(_) => 4,
    };
    let age = observed.active.as_ref().map_or(0, |active| observed.now.saturating_sub(active.since));
    vec![
        Sample { name: metric::KEY_ROTATION_PHASE, unit: "None", value: phase },
        Sample::count(metric::KEY_ROTATION_STUCK, (is_stuck(observed) || is_full).into()),
        Sample { name: metric::ACTIVE_KEY_AGE, unit: "Seconds", value: age },
        Sample::count(metric::ACTIVE_KEY_OVERDUE, is_overdue(observed).into()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observed::StoredPair;
    use crate::public_key::PublicKey;
    use crate::timing::{DAY_S, RotationPolicy, STUCK_S};

    const NOW: u64 = 1_767_290_400;
    const CONTEXT: Context<'_> = Context { now: NOW, request_id: "r-1", stack: "resume" };

    fn pair(age: u64) -> StoredPair {
        StoredPair { key_pair_id: "K1".into(), public_key: PublicKey::from_pem("MFkw"), since: NOW - age }
    }

    fn idle_line(observed: &Observed) -> Value {
        CONTEXT.idle(Counts { rotations: 1, rejections: 2 }, observed, &Idle::Settled { due: None })
    }

    /// The metrics' names and units. Each must have a value in the line.
    fn metrics(line: &Value) -> Vec<(&str, &str)> {
        assert!(!line.to_string().contains('\n'));
        let directive = &line["_aws"]["CloudWatchMetrics"][0];
        assert_eq!((&directive["Namespace"], &directive["Dimensions"]), (&json!(NAMESPACE), &json!([["Stack"]])));
        assert_eq!((&line["Stack"], &line["_aws"]["Timestamp"]), (&json!("resume"), &json!(NOW * 1000)));
        let metrics = directive["Metrics"].as_array().unwrap().iter();
        let metrics = metrics.map(|metric| (metric["Name"].as_str().unwrap(), metric["Unit"].as_str().unwrap()));
        metrics.inspect(|(name, _)| assert!(line[*name].is_u64(), "{name}: {line}")).collect()
    }

    const ALL: [(&str, &str); 7] = [
        ("KeyRotations", "Count"),
        ("KeyRejections", "Count"),
        ("KeyRunFailures", "Count"),
        ("KeyRotationPhase", "None"),
        ("KeyRotationStuck", "Count"),
        ("ActiveKeyAge", "Seconds"),
        ("ActiveKeyOverdue", "Count"),
    ];

    #[test]
    fn every_run_writes_every_metric_and_one_that_observes_nothing_those_of_the_run() {
        let empty = Observed { now: NOW, ..Observed::default() };
        let observed = Observed { active: Some(pair(60)), ..empty.clone() };
        for observed in [&empty, &observed] {
            assert_eq!(metrics(&idle_line(observed)), ALL);
            assert_eq!(metrics(&CONTEXT.run_failed(Counts::default(), Some(observed), "")), ALL);
        }
        let failed = CONTEXT.run_failed(Counts::default(), None, "denied");
        assert_eq!(metrics(&failed), ALL[..3]);
        assert_eq!((&failed["event"], &failed["reason"]), (&json!("run_failed"), &json!("denied")));
        let line = idle_line(&observed);
        assert_eq!((&line["event"], &line["reason"]), (&json!("idle"), &json!("the keys are settled")));
        assert_eq!((&idle_line(&empty)["ActiveKeyAge"], &line["ActiveKeyAge"]), (&json!(0), &json!(60)));
        assert_eq!((&line["KeyRotations"], &line["KeyRejections"]), (&json!(1), &json!(2)));
        assert_eq!((&line["KeyRunFailures"], &failed["KeyRunFailures"]), (&json!(0), &json!(1)));
    }

    #[test]
    fn a_rotation_without_quota_is_stuck_and_one_that_waits_for_a_retiring_key_is_not() {
        let observed = Observed { now: NOW, active: Some(pair(60)), ..Observed::default() };
        let group_full = |until| Blocked::GroupFull { group_id: "G".into(), until };
        for (blocked, stuck) in
            [(Blocked::AccountFull { keys: 10 }, 1), (group_full(None), 1), (group_full(Some(NOW + 60)), 0)]
        {
            let line = CONTEXT.idle(Counts::default(), &observed, &Idle::Blocked(blocked));
            assert_eq!((&line["KeyRotationStuck"], &line["level"]), (&json!(stuck), &json!("WARN")));
        }
    }

    #[test]
    fn a_stack_without_rotation_days_has_no_overdue_key() {
        let policy = RotationPolicy::new(vitae_signer::Algorithm::EcdsaP256, 0);
        let observed = Observed { now: NOW, policy, active: Some(pair(10_000 * DAY_S)), ..Observed::default() };
        assert_eq!(idle_line(&observed)["ActiveKeyOverdue"], 0);
    }

    #[test]
    fn a_rotation_is_stuck_after_a_day() {
        for (age, stuck) in [(STUCK_S, 0), (STUCK_S + 1, 1)] {
            let line = idle_line(&Observed { now: NOW, pending: Some(pair(age)), ..Observed::default() });
            assert_eq!((&line["KeyRotationStuck"], &line["KeyRotationPhase"]), (&json!(stuck), &json!(1)));
        }
    }

    #[test]
    fn a_key_is_overdue_at_twice_its_days() {
        for (age, overdue) in [(180 * DAY_S, 0), (180 * DAY_S + 1, 1)] {
            let line = idle_line(&Observed { now: NOW, active: Some(pair(age)), ..Observed::default() });
            assert_eq!(line["ActiveKeyOverdue"], overdue);
        }
    }
}
