//! The table of keys.

use time::OffsetDateTime;
use vitae_keys::status::Status;

use crate::table::align;

/// One line per key, then why the keys function is idle, without a final line end.
#[must_use]
pub fn table(status: &Status) -> String {
    let head = ["ID", "ALGORITHM", "PHASE", "SINCE", "NEXT", "WHEN"].map(str::to_owned);
    let none = || "-".to_owned();
    let rows = status.keys.iter().map(|key| {
        let when = key.at.map_or_else(none, |at| if at <= status.now { "now".to_owned() } else { minute(at) });
        let algorithm = key.algorithm.clone().unwrap_or_else(none);
        let id = key.id.clone().unwrap_or_else(none);
        [id, algorithm, key.phase.to_string(), minute(key.since), key.next.clone(), when]
    });
    let rows: Vec<_> = [head].into_iter().chain(rows).collect();
    let mut lines = vec![align(&rows), format!("\n{}", status.idle_reason)];
    if let Some(next) = status.next_key.as_ref().filter(|next| !next.accepted) {
        lines.push(format!("The key at signer/next was rejected at {}: {}", minute(next.at), next.reason));
    }
    lines.join("\n")
}

fn minute(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    time.map_or_else(
        || seconds.to_string(),
        |time| {
            let (year, month, day) = time.to_calendar_date();
            let (hour, minute, _) = time.to_hms();
            format!("{year:04}-{:02}-{day:02} {hour:02}:{minute:02}Z", u8::from(month))
        },
    )
}

#[cfg(test)]
mod tests {
    use vitae_keys::status::{KeyStatus, Phase};

    use super::*;

    #[test]
    fn each_key_has_a_line() {
        let key = |id: Option<&str>, phase, next: &str, at| KeyStatus {
            id: id.map(str::to_owned),
            algorithm: Some("ecdsa-p256".into()),
            phase,
            since: 1_767_290_400,
            next: next.into(),
            at,
        };
        let status = Status {
            now: 1_767_290_460,
            keys: vec![
                key(None, Phase::Pending, "registered", None),
                key(Some("K2JCJMDEHXQW5F"), Phase::Active, "replaced by a new key", Some(1_775_066_400)),
                key(Some("K3"), Phase::Retiring, "leaves the key group", Some(1_767_290_460)),
            ],
            idle_reason: "the keys are settled".into(),
            next_key: None,
            steps: Vec::new(),
        };
        let expected = "\
ID              ALGORITHM   PHASE     SINCE              NEXT                   WHEN
-               ecdsa-p256  pending   2026-01-01 18:00Z  registered             -
K2JCJMDEHXQW5F  ecdsa-p256  active    2026-01-01 18:00Z  replaced by a new key  2026-04-01 18:00Z
K3              ecdsa-p256  retiring  2026-01-01 18:00Z  leaves the key group   now

the keys are settled";
        assert_eq!(table(&status), expected);
    }
}
