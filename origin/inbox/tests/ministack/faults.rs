//! Many uploads while events are lost, doubled and reordered, and runs are killed at any await.

use std::future::Future;
use std::task::Poll;

use fastrand::Rng;
use serde_json::Value;
use vitae_inbox::record::{Reason, ScanResult, Status};
use vitae_inbox::upload_id::UploadId;
use vitae_testing::{random, scale, seed};

use crate::fixture::{Fixture, NOW_S, created, scanned, sweep};
use crate::uploads::{TEXT, create};

/// The number of uploads: in a short run, and in a full one.
const UPLOADS: (u64, u64) = (40, 300);

/// The distance between uploads in seconds: more than a form is valid, and at most 17 a day.
const DISTANCE_S: u64 = 5_000;

/// Runs a future until it has waited `waits` times, then drops it, as a process is killed: a call that was sent may be applied.
async fn killed_after<F: Future>(waits: u32, future: F) -> Option<F::Output> {
    let mut future = Box::pin(future);
    let mut left = waits;
    std::future::poll_fn(move |context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending if left == 0 => Poll::Ready(None),
        Poll::Pending => {
            left -= 1;
            Poll::Pending
        }
    })
    .await
}

/// The events of one upload as they are delivered.
fn delivered(rng: &mut Rng, events: &[Value]) -> Vec<Value> {
    let mut delivered: Vec<Value> =
        events.iter().flat_map(|event| std::iter::repeat_n(event.clone(), rng.usize(0..=2))).collect();
    rng.shuffle(&mut delivered);
    delivered
}

/// What becomes of an upload: its content, its scan result and the expected end.
fn fate(number: u64) -> (&'static [u8], Option<ScanResult>, Status, Option<Reason>) {
    match number % 8 {
        0..=2 => (TEXT, Some(ScanResult::NoThreatsFound), Status::Clean, None),
        3 => (TEXT, Some(ScanResult::ThreatsFound), Status::Quarantined, Some(Reason::ThreatsFound)),
        4 => (b"%PDF-1.7\n", Some(ScanResult::NoThreatsFound), Status::Quarantined, Some(Reason::ContentMismatch)),
        5 => (TEXT, Some(ScanResult::Failed), Status::Failed, Some(Reason::ScanFailed)),
        6 => (TEXT, Some(ScanResult::Unsupported), Status::Quarantined, Some(Reason::Unsupported)),
        _ => (TEXT, None, Status::Failed, Some(Reason::ScanOverdue)),
    }
}

#[tokio::test]
async fn every_file_ends_in_exactly_one_bucket_and_every_record_agrees() {
    let seed = seed();
    let mut rng = random("uploads");
    let fixture = Fixture::start().await;
    let mut ids: Vec<UploadId> = Vec::new();
    let (mut killed, mut lost) = (0, 0);
    for number in 0..scale(UPLOADS.0, UPLOADS.1) {
        fixture.set_clock(NOW_S + number * DISTANCE_S);
        let (content, result, ..) = fate(number);
        let (id, _) = create(&fixture, content.len()).await;
        let version = fixture.put(&id, content).await;
        let mut events = vec![created(&id, &version)];
        if let Some(result) = result {
            fixture.tag(&id, &version, result).await;
            events.push(scanned(&id, &version, result));
        }
        if rng.u8(..4) == 0 {
            // A second use of the form, whose version may be scanned as clean.
            let second = fixture.put(&id, TEXT).await;
            events.push(created(&id, &second));
            events.push(scanned(&id, &second, ScanResult::NoThreatsFound));
            // The first version must be observed first: it is the one of this upload.
            _ = killed_after(1_000, Box::pin(fixture.events.handle(&events[0], "r-1"))).await;
        }
        let delivered = delivered(&mut rng, &events);
        lost += events.iter().filter(|event| !delivered.contains(event)).count();
        for event in &delivered {
            let waits = if rng.bool() { rng.u32(0..40) } else { 10_000 };
            killed += u32::from(killed_after(waits, Box::pin(fixture.events.handle(event, "r-1"))).await.is_none());
        }
        ids.push(id);
    }
    println!("seed {seed}: {} uploads, {lost} events lost, {killed} runs killed", ids.len());
    assert!(killed > 0 && lost > 0);
    // The schedule completes what is left: first it observes files whose events were lost, then these are overdue too.
    for _ in 0..2 {
        fixture.set_clock(fixture.now() + 1_800);
        fixture.handle(&sweep()).await;
    }
    for (number, id) in (0..).zip(&ids) {
        let (_, _, status, reason) = fate(number);
        let record = fixture.record(id).await;
        assert_eq!((record.status, record.reason, record.work), (status, reason, None), "seed {seed}, upload {number}");
        let is_clean = status == Status::Clean;
        assert_eq!(fixture.places(id).await, (is_clean, !is_clean, is_clean), "seed {seed}, upload {number}");
    }
    assert_eq!(fixture.store.open().await.unwrap(), []);
}

/// One run after the other is killed a wait later, from the first call to the last, so also between the copy and the deletion.
#[tokio::test]
async fn a_run_that_is_killed_at_any_point_is_completed_by_the_retry_of_its_event() {
    let fixture = Fixture::start().await;
    let (mut killed, mut between) = (0, 0);
    for number in 0.. {
        fixture.set_clock(NOW_S + u64::from(number) * DISTANCE_S);
        let is_clean = number % 2 == 0;
        let result = if is_clean { ScanResult::NoThreatsFound } else { ScanResult::ThreatsFound };
        let (id, _) = create(&fixture, TEXT.len()).await;
        let version = fixture.put(&id, TEXT).await;
        let event = scanned(&id, &version, result);
        let is_completed = killed_after(number, Box::pin(fixture.events.handle(&event, "r-1"))).await.is_some();
        let (in_inbox, in_quarantine, _) = fixture.places(&id).await;
        assert!(if is_clean { !in_quarantine } else { !in_inbox }, "after {number} waits");
        let is_left = !fixture.versions(&id).await.is_empty();
        assert!(is_left || in_inbox || in_quarantine, "the file is lost after {number} waits");
        between += u32::from(is_left && (in_inbox || in_quarantine));
        fixture.handle(&event).await;
        assert_eq!(fixture.places(&id).await, (is_clean, !is_clean, is_clean), "after {number} waits");
        let record = fixture.record(&id).await;
        assert_eq!((record.status == Status::Clean, record.work), (is_clean, None), "after {number} waits");
        assert_eq!(fixture.versions(&id).await, Vec::<String>::new());
        if is_completed && is_clean {
            break;
        }
        killed += u32::from(!is_completed);
    }
    println!("{killed} runs killed, {between} of them between the copy and the deletion");
    assert!(killed > 10 && between > 0, "{killed} {between}");
}
