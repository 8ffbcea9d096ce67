//! The rules of a record: what an observation changes, and which step is next. Both are pure, so that events may be lost,
//! doubled or reordered: an event only adds a fact, and the next step follows from the facts alone.

use crate::limits::OVERDUE_S;
use crate::record::{Content, Reason, Record, ScanResult, Status, Work};

/// An observation of one version of the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// The version exists.
    Arrived,
    /// The version was scanned.
    Scanned(ScanResult),
    /// The version no longer exists.
    Gone,
}

/// What an observation changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The record is now about this version. The observation is then applied again.
    Adopt,
    /// The scan's result is stored.
    Scan(ScanResult),
    /// The result is that the file is gone.
    Conclude(Reason),
    /// The version is not the one that the record is about: it is deleted.
    DeleteStray,
    /// Nothing: the observation is known already, or comes too late.
    Nothing,
}

/// What `observation` of `version` changes in a record.
#[must_use]
pub fn apply(record: &Record, version: &str, observation: &Observation) -> Change {
    let is_judged = record.work != Some(Work::Judge);
    match record.version.as_deref() {
        // The record was given up before the file arrived.
        None if is_judged => Change::DeleteStray,
        None if *observation == Observation::Gone => Change::Nothing,
        None => Change::Adopt,
        Some(known) if known != version && *observation == Observation::Gone => Change::Nothing,
        Some(known) if known != version => Change::DeleteStray,
        Some(_) if is_judged => Change::Nothing,
        Some(_) => match observation {
            Observation::Scanned(result) if record.scan.is_none() => Change::Scan(*result),
            Observation::Gone => Change::Conclude(Reason::FileGone),
            Observation::Arrived | Observation::Scanned(_) => Change::Nothing,
        },
    }
}

/// The next step of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Wait for an event.
    Wait,
    /// Read the version and compare it with its declared type and size.
    Check,
    /// Store the result. `None` is clean.
    Conclude(Option<Reason>),
    /// Copy the version to a bucket.
    Copy(Destination),
    /// Delete the version from the upload bucket.
    Delete,
    /// Notify the owner.
    Notify,
    /// All is done.
    Done,
}

/// The bucket of a file with a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Destination {
    /// The inbox bucket.
    Inbox,
    /// The quarantine bucket.
    Quarantine,
}

/// The next step at `now`, in seconds since 1970. Only a file whose content matches and whose scan found nothing is clean.
#[must_use]
pub fn next_step(record: &Record, now: u64) -> Step {
    match record.work {
        None => Step::Done,
        Some(Work::Judge) => judge(record, now),
        Some(Work::Copy) if record.reason.is_none() => Step::Copy(Destination::Inbox),
        Some(Work::Copy) => Step::Copy(Destination::Quarantine),
        Some(Work::Delete) => Step::Delete,
        Some(Work::Notify) => Step::Notify,
    }
}

fn judge(record: &Record, now: u64) -> Step {
    let is_overdue = |since: u64| now >= since.saturating_add(OVERDUE_S);
    let Some(arrived) = record.arrived.filter(|_| record.version.is_some()) else {
        let overdue = is_overdue(record.created);
        return if overdue { Step::Conclude(Some(Reason::NotUploaded)) } else { Step::Wait };
    };
    match (record.content, record.scan) {
        (None, _) => Step::Check,
        (Some(Content::Mismatch), _) => Step::Conclude(Some(Reason::ContentMismatch)),
        (Some(Content::Matches), Some(result)) => Step::Conclude(reason_of(result)),
        (Some(Content::Matches), None) if is_overdue(arrived) => Step::Conclude(Some(Reason::ScanOverdue)),
        (Some(Content::Matches), None) => Step::Wait,
    }
}

const fn reason_of(result: ScanResult) -> Option<Reason> {
    match result {
        ScanResult::NoThreatsFound => None,
        ScanResult::ThreatsFound => Some(Reason::ThreatsFound),
        ScanResult::Unsupported => Some(Reason::Unsupported),
        ScanResult::AccessDenied => Some(Reason::ScanAccessDenied),
        ScanResult::Failed => Some(Reason::ScanFailed),
    }
}

/// The status that a result leads to.
#[must_use]
pub fn final_status(reason: Option<Reason>) -> Status {
    reason.map_or(Status::Clean, Reason::status)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file_type::FileType;
    use crate::upload_id::UploadId;

    const CREATED: u64 = 1_795_219_140;
    const ARRIVED: u64 = CREATED + 60;

    fn pending() -> Record {
        let id = UploadId::parse("0123456789-_3456789abc").unwrap();
        Record::new(id, "brief.pdf".into(), FileType::Pdf, 7, CREATED)
    }

    fn arrived() -> Record {
        let version = Some("v1".to_owned());
        Record { status: Status::Scanning, version, arrived: Some(ARRIVED), ..pending() }
    }

    fn checked(content: Content) -> Record {
        Record { content: Some(content), sha256: Some("00".into()), ..arrived() }
    }

    fn scanned(result: ScanResult) -> Record {
        Record { scan: Some(result), ..checked(Content::Matches) }
    }

    fn judged(reason: Option<Reason>, work: Option<Work>) -> Record {
        Record { reason, work, ..scanned(ScanResult::NoThreatsFound) }
    }

    /// A record in every situation.
    fn records() -> Vec<(&'static str, Record)> {
        vec![
            ("pending", pending()),
            ("given up", Record { status: Status::Failed, reason: Some(Reason::NotUploaded), work: None, ..pending() }),
            ("arrived", arrived()),
            ("checked", checked(Content::Matches)),
            ("scanned first", Record { scan: Some(ScanResult::ThreatsFound), ..arrived() }),
            ("copying", judged(None, Some(Work::Copy))),
            ("deleting", judged(None, Some(Work::Delete))),
            ("done", judged(None, None)),
        ]
    }

    /// What each observation changes: of the record's version, and of another one.
    const TABLE: &str = "
        situation     | arrived | scanned | gone     | other arrived | other scanned | other gone
        pending       | adopt   | adopt   | -        | adopt         | adopt         | -
        given up      | stray   | stray   | stray    | stray         | stray         | stray
        arrived       | -       | scan    | conclude | stray         | stray         | -
        checked       | -       | scan    | conclude | stray         | stray         | -
        scanned first | -       | -       | conclude | stray         | stray         | -
        copying       | -       | -       | -        | stray         | stray         | -
        deleting      | -       | -       | -        | stray         | stray         | -
        done          | -       | -       | -        | stray         | stray         | -
    ";

    fn name(change: Change) -> &'static str {
        match change {
            Change::Adopt => "adopt",
            Change::Scan(_) => "scan",
            Change::Conclude(_) => "conclude",
            Change::DeleteStray => "stray",
            Change::Nothing => "-",
        }
    }

    #[test]
    fn each_observation_in_each_situation_changes_what_the_table_says() {
        let rows: Vec<Vec<&str>> = TABLE
            .lines()
            .filter(|line| line.contains('|'))
            .map(|line| line.split('|').map(str::trim).collect())
            .collect();
        let records = records();
        assert_eq!(rows.len() - 1, records.len());
        for (row, (situation, record)) in rows[1..].iter().zip(records) {
            assert_eq!(row[0], situation);
            for result in ScanResult::ALL {
                let observations = [Observation::Arrived, Observation::Scanned(*result), Observation::Gone];
                for (column, observation) in observations.iter().enumerate() {
                    for (offset, version) in [(1, "v1"), (4, "v2")] {
                        let change = apply(&record, version, observation);
                        assert_eq!(name(change), row[column + offset], "{situation}: {observation:?} of {version}");
                        if let Change::Scan(stored) = change {
                            assert_eq!(stored, *result);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn each_scan_result_has_one_reason_and_only_no_threats_is_clean() {
        for (result, reason, status) in [
            (ScanResult::NoThreatsFound, None, Status::Clean),
            (ScanResult::ThreatsFound, Some(Reason::ThreatsFound), Status::Quarantined),
            (ScanResult::Unsupported, Some(Reason::Unsupported), Status::Quarantined),
            (ScanResult::AccessDenied, Some(Reason::ScanAccessDenied), Status::Failed),
            (ScanResult::Failed, Some(Reason::ScanFailed), Status::Failed),
        ] {
            assert_eq!(next_step(&scanned(result), ARRIVED), Step::Conclude(reason), "{result}");
            assert_eq!(final_status(reason), status);
            let destination = if reason.is_none() { Destination::Inbox } else { Destination::Quarantine };
            assert_eq!(next_step(&judged(reason, Some(Work::Copy)), ARRIVED), Step::Copy(destination), "{result}");
        }
    }

    #[test]
    fn content_that_does_not_match_is_quarantined_without_a_scan_and_whatever_the_scan_says() {
        let mismatch = checked(Content::Mismatch);
        assert_eq!(next_step(&mismatch, ARRIVED), Step::Conclude(Some(Reason::ContentMismatch)));
        for result in ScanResult::ALL {
            let record = Record { scan: Some(*result), ..mismatch.clone() };
            assert_eq!(next_step(&record, ARRIVED), Step::Conclude(Some(Reason::ContentMismatch)));
        }
    }

    #[test]
    fn a_scan_result_that_comes_first_waits_for_the_check() {
        let record = Record { scan: Some(ScanResult::NoThreatsFound), ..arrived() };
        assert_eq!(next_step(&record, ARRIVED), Step::Check);
    }

    #[test]
    fn a_record_is_overdue_after_30_minutes_of_its_last_progress() {
        let after = |seconds| CREATED + seconds;
        assert_eq!(next_step(&pending(), after(1799)), Step::Wait);
        assert_eq!(next_step(&pending(), after(1800)), Step::Conclude(Some(Reason::NotUploaded)));
        let checked = checked(Content::Matches);
        assert_eq!(next_step(&checked, after(60 + 1799)), Step::Wait);
        assert_eq!(next_step(&checked, after(60 + 1800)), Step::Conclude(Some(Reason::ScanOverdue)));
        assert_eq!(next_step(&scanned(ScanResult::NoThreatsFound), after(100_000)), Step::Conclude(None));
    }

    #[test]
    fn work_goes_on_to_the_end() {
        assert_eq!(next_step(&judged(None, Some(Work::Delete)), ARRIVED), Step::Delete);
        assert_eq!(next_step(&judged(None, Some(Work::Notify)), ARRIVED), Step::Notify);
        assert_eq!(next_step(&judged(None, None), ARRIVED), Step::Done);
    }
}
