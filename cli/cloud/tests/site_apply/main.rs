//! `vitae site` in the local cloud, as the user `deploy`, with a crawler that checks every page during an apply.

#[path = "../common/mod.rs"]
mod common;
mod crawler;
mod fixture;
mod folder;

use std::time::Duration;

use vitae_cloud::deploy::site::{Error, Lock, LockError, SitePlan};

use self::{
    crawler::Crawler,
    fixture::{CV, Fixture, LEASE, OPERATION, SITE, options},
    folder::Folder,
};

/// The number of objects of the generated site, and its seed. `--full` tests a large one.
fn script() -> (usize, u64) {
    let (count, seed) = if std::env::var_os("VITAE_FULL").is_some() { (2_500, 7) } else { (120, 7) };
    println!("a bucket of {count} objects, seed {seed}");
    (count, seed)
}

#[tokio::test]
async fn a_bucket_follows_its_folder_through_changes_and_no_page_ever_misses_an_asset() {
    let (count, seed) = script();
    let fixture = Fixture::start().await;
    let mut folder = Folder::new(count, seed);
    let began = std::time::Instant::now();
    let (plan, result) = fixture.plan_and_apply(&folder, options()).await.unwrap();
    println!("{} uploaded in {:.1} s", result.uploaded, began.elapsed().as_secs_f64());
    assert_eq!((result.uploaded, result.deleted), (count + 1, 0), "and the CV");
    assert!(plan.invalidate.is_empty(), "new objects need no invalidation: {:?}", plan.invalidate);
    fixture.holds_what_the_folder_holds(&folder).await;

    let crawler = Crawler::start(fixture.s3(), SITE);
    let mut changed = Vec::new();
    for change in [Folder::change_in_place, Folder::rename_assets, Folder::remove_pages] {
        changed.push(change(&mut folder));
        let (plan, result) = fixture.plan_and_apply(&folder, options()).await.unwrap();
        println!("{result:?}, {:?}", plan.invalidate);
        fixture.holds_what_the_folder_holds(&folder).await;
    }
    let drifted = fixture.drift_metadata(&folder).await;
    let (plan, result) = fixture.plan_and_apply(&folder, options()).await.unwrap();
    let only_metadata = plan
        .buckets
        .iter()
        .flat_map(|bucket| &bucket.plan.uploads)
        .all(|upload| !upload.replaces.as_ref().unwrap().content);
    assert_eq!((result.uploaded, result.deleted, only_metadata), (drifted, 0, true));
    fixture.holds_what_the_folder_holds(&folder).await;

    let began = std::time::Instant::now();
    let plan = fixture.plan(&folder).await;
    println!("compared in {:.1} s: {plan}", began.elapsed().as_secs_f64());
    assert!(plan.is_empty(), "a second apply has no changes");
    println!("{changed:?} changed, {drifted} drifted; {}", crawler.end().await);
    fixture.end().await;
}

#[tokio::test]
async fn an_interrupted_apply_continues_when_it_is_run_again() {
    let (count, seed) = (64, 11);
    println!("seed {seed}");
    let fixture = Fixture::start().await;
    let mut folder = Folder::new(count, seed);
    fixture.plan_and_apply(&folder, options()).await.unwrap();
    let crawler = Crawler::start(fixture.s3(), SITE);
    let mut interrupted = 0;
    for writes in [1, 5, 12] {
        folder.change_in_place();
        folder.rename_assets();
        let plan = fixture.plan(&folder).await;
        // As in a killed process, the lock is not released, and requests that were sent still arrive.
        interrupted += usize::from(fixture.apply_until(&folder, &plan, writes).await);
        let again = fixture.apply(&folder, &plan, options()).await;
        again.unwrap_or_else(|error| panic!("interrupted after {writes} writes: {error}"));
        fixture.holds_what_the_folder_holds(&folder).await;
        fixture.has_invalidated_all_of(&plan).await;
    }
    println!("{interrupted} of 3 interrupted; {}", crawler.end().await);
    assert!(interrupted > 0, "none was interrupted");
    fixture.end().await;
}

#[tokio::test]
async fn the_pending_invalidations_of_an_interrupted_apply_are_in_the_next_plan() {
    let fixture = Fixture::start().await;
    let mut folder = Folder::new(30, 5);
    fixture.plan_and_apply(&folder, options()).await.unwrap();
    folder.change_in_place();
    let plan = fixture.plan(&folder).await;
    // Every object is written, and then the invalidation fails.
    let mut broken = plan.clone();
    broken.distribution_id = "ENONE".into();
    let error = fixture.apply(&folder, &broken, options()).await.unwrap_err().to_string();
    assert!(error.contains("NoSuchDistribution"), "{error}");
    fixture.holds_what_the_folder_holds(&folder).await;
    assert_eq!(fixture.invalidated().await, [""; 0]);
    let next = fixture.plan(&folder).await;
    assert_eq!(next.invalidate, plan.invalidate);
    assert!(!next.is_empty());
    fixture.apply(&folder, &next, options()).await.unwrap();
    assert_eq!(fixture.invalidated().await, plan.invalidate);
    assert!(fixture.plan(&folder).await.is_empty());
    fixture.end().await;
}

#[tokio::test]
async fn two_applies_at_once_follow_each_other_and_break_no_page() {
    let seed = 3;
    println!("seed {seed}");
    let fixture = Fixture::start().await;
    let base = Folder::new(64, seed);
    fixture.plan_and_apply(&base, options()).await.unwrap();
    let crawler = Crawler::start(fixture.s3(), SITE);
    for round in 0..2 {
        // Each keeps what the other deletes.
        let (mut one, mut other) = (Folder::new(64, seed + round), Folder::new(64, seed + round));
        one.rename_assets();
        other.remove_pages();
        other.change_in_place();
        let (first, second) = tokio::join!(fixture.lock_plan_and_apply(&one), fixture.lock_plan_and_apply(&other));
        first.unwrap();
        second.unwrap();
        let held = fixture.holds_either(&one, &other).await;
        println!("round {round}: the bucket holds what {held} brought");
    }
    println!("{}", crawler.end().await);
    fixture.end().await;
}

#[tokio::test]
async fn a_saved_plan_is_applied_unchanged_or_rejected() {
    let fixture = Fixture::start().await;
    let mut folder = Folder::new(20, 1);
    fixture.plan_and_apply(&folder, options()).await.unwrap();
    folder.change_in_place();
    let saved = fixture.plan(&folder).await;
    let saved = SitePlan::parse(&saved.to_json()).unwrap();

    // Another process wrote to the bucket.
    let other = fixture.put(SITE, "other.css", "p {}").await;
    let error = fixture.apply(&folder, &saved, options()).await.unwrap_err();
    assert!(matches!(&error, Error::Stale(_)) && error.to_string().starts_with("other.css in bucket"), "{error}");
    fixture.delete(SITE, &other).await;

    // The folder changed.
    folder.change_in_place();
    let error = fixture.apply(&folder, &saved, options()).await.unwrap_err();
    assert!(matches!(&error, Error::Stale(_)) && error.to_string().contains("the folder of bucket"), "{error}");

    let saved = fixture.plan(&folder).await;
    fixture.apply(&folder, &saved, options()).await.unwrap();
    fixture.holds_what_the_folder_holds(&folder).await;
    fixture.end().await;
}

#[tokio::test]
async fn more_deletions_than_allowed_are_rejected_before_anything_is_written() {
    let fixture = Fixture::start().await;
    let mut folder = Folder::new(40, 2);
    fixture.plan_and_apply(&folder, options()).await.unwrap();
    folder.rename_assets();
    let plan = fixture.plan(&folder).await;
    let deletions = plan.deletions();
    assert!(deletions > 1);
    let mut options = options();
    options.max_deletions = deletions - 1;
    let error = fixture.apply(&folder, &plan, options).await.unwrap_err().to_string();
    assert!(
        error.contains(&format!("{deletions} objects would be deleted")) && error.contains("--max-deletes"),
        "{error}"
    );
    assert_eq!(fixture.plan(&folder).await, plan, "the bucket has not changed");
    options.max_deletions = deletions;
    fixture.apply(&folder, &plan, options).await.unwrap();
    fixture.end().await;
}

#[tokio::test]
async fn a_lock_is_kept_by_a_running_process_and_taken_over_from_a_killed_one() {
    let fixture = Fixture::start().await;
    let first = fixture.lock().await;
    let mut holder = None;
    let second = Lock::acquire(fixture.s3(), CV, LEASE, "second", |info| holder = Some(info.clone()));
    let acquired = tokio::time::timeout(LEASE * 2, second).await;
    assert!(acquired.is_err(), "the holder is running");
    assert_eq!(holder.expect("it waited").operation, OPERATION);
    drop(first);
    let second = tokio::time::timeout(Duration::from_mins(1), fixture.lock()).await;
    second.expect("taken over").release().await.unwrap();
    let mut waited = false;
    let third = Lock::acquire(fixture.s3(), CV, LEASE, "third", |_| waited = true).await.unwrap();
    assert!(!waited, "it was released");
    third.release().await.unwrap();
    fixture.end().await;
}

#[tokio::test]
async fn a_lock_is_force_unlocked_by_its_id_only_and_its_holder_is_stopped() {
    let fixture = Fixture::start().await;
    let mut folder = Folder::new(20, 9);
    fixture.plan_and_apply(&folder, options()).await.unwrap();
    folder.change_in_place();
    let plan = fixture.plan(&folder).await;
    let error = Lock::force_unlock(&fixture.s3(), CV, "0b5c").await.unwrap_err();
    assert!(matches!(error, LockError::NotHeld), "{error}");

    let first = fixture.lock().await;
    let error = Lock::force_unlock(&fixture.s3(), CV, "0b5c").await.unwrap_err();
    let LockError::IdMismatch { held, .. } = &error else { panic!("{error}") };
    for part in ["Error releasing the site lock", "0b5c", &held.id, &held.who, OPERATION, &held.created] {
        assert!(error.to_string().contains(part), "{part}: {error}");
    }

    let released = Lock::force_unlock(&fixture.s3(), CV, &held.id).await.unwrap();
    assert_eq!(&released, &**held);
    let mut waited = false;
    let second = Lock::acquire(fixture.s3(), CV, LEASE, "second", |_| waited = true).await.unwrap();
    assert!(!waited, "the lock is free at once");

    let error = fixture.apply_with(&first, &folder, &plan, options()).await.unwrap_err();
    let Error::Lock(LockError::Lost { id, holder }) = &error else { panic!("{error}") };
    assert_eq!((id, holder.as_ref().unwrap().operation.as_str()), (&held.id, "second"));
    assert_eq!(fixture.plan(&folder).await, plan, "the bucket has not changed");
    assert!(matches!(first.release().await, Err(LockError::Lost { .. })));
    second.release().await.unwrap();
    fixture.apply(&folder, &plan, options()).await.unwrap();
    fixture.holds_what_the_folder_holds(&folder).await;
    fixture.end().await;
}

#[tokio::test]
async fn the_crawler_finds_a_page_that_misses_an_asset() {
    let fixture = Fixture::start().await;
    fixture.put(SITE, "whole.html", "<link href=\"/there.css\">").await;
    fixture.put(SITE, "there.css", "p {}").await;
    let whole = Crawler::start(fixture.s3(), SITE).end().await;
    assert_eq!((whole.pages, whole.references), (1, 1));
    fixture.put(SITE, "broken.html", "<script src=\"/js/gone.mjs\"></script>").await;
    let missing = crawler::round(&fixture.s3(), SITE).await.missing;
    assert_eq!(missing, ["broken.html refers to js/gone.mjs"]);
    fixture.end().await;
}
