//! `vitae site` in the local cloud, as the user `deploy`, with a crawler that watches every page meanwhile.

#[path = "../common/mod.rs"]
mod common;
mod crawler;
mod folder;
mod world;

use std::time::Duration;

use vitae_cloud::deploy::site::{Error, Lock};

use self::{
    crawler::Crawler,
    folder::Folder,
    world::{CV, LEASE, SITE, World, apply},
};

/// How many objects the scripted bucket holds, and with what seed it is made: few unless all is asked for.
fn script() -> (usize, u64) {
    let (count, seed) = if std::env::var_os("VITAE_FULL").is_some() { (2_500, 7) } else { (120, 7) };
    println!("a bucket of {count} objects, seed {seed}");
    (count, seed)
}

#[tokio::test]
async fn a_bucket_follows_its_folder_through_changes_and_no_page_ever_misses_an_asset() {
    let (count, seed) = script();
    let world = World::start().await;
    let mut folder = Folder::new(count, seed);
    let began = std::time::Instant::now();
    let (plan, applied) = world.plan_and_apply(&folder, apply()).await.unwrap();
    println!("{} uploaded in {:.1} s", applied.put, began.elapsed().as_secs_f64());
    assert_eq!((applied.put, applied.deleted), (count + 1, 0), "and the CV");
    assert!(plan.invalidate.is_empty(), "nothing is kept of what is new: {:?}", plan.invalidate);
    world.holds_what_the_folder_holds(&folder).await;

    let crawler = Crawler::start(world.s3(), SITE);
    let mut changed = Vec::new();
    for change in [Folder::change_in_place, Folder::rename_assets, Folder::remove_pages] {
        changed.push(change(&mut folder));
        let (plan, applied) = world.plan_and_apply(&folder, apply()).await.unwrap();
        println!("{applied:?}, {:?}", plan.invalidate);
        world.holds_what_the_folder_holds(&folder).await;
    }
    let drifted = world.drift_metadata(&folder).await;
    let (plan, applied) = world.plan_and_apply(&folder, apply()).await.unwrap();
    let only_metadata =
        plan.buckets.iter().flat_map(|bucket| &bucket.plan.put).all(|put| !put.replaces.as_ref().unwrap().content);
    assert_eq!((applied.put, applied.deleted, only_metadata), (drifted, 0, true));
    world.holds_what_the_folder_holds(&folder).await;

    let began = std::time::Instant::now();
    let plan = world.plan(&folder).await;
    println!("compared in {:.1} s: {}", began.elapsed().as_secs_f64(), vitae_cloud::deploy::site::table(&plan));
    assert!(plan.is_empty(), "nothing is done twice");
    println!("{changed:?} changed, {drifted} drifted; {}", crawler.end().await);
    world.end().await;
}

#[tokio::test]
async fn an_apply_that_is_cut_off_anywhere_goes_on_when_it_is_run_again() {
    let (count, seed) = (64, 11);
    println!("seed {seed}");
    let world = World::start().await;
    let mut folder = Folder::new(count, seed);
    world.plan_and_apply(&folder, apply()).await.unwrap();
    let crawler = Crawler::start(world.s3(), SITE);
    let mut cut = 0;
    for writes in [1, 5, 12] {
        folder.change_in_place();
        folder.rename_assets();
        let plan = world.plan(&folder).await;
        // Dropped as a process is killed: the lock stays, and requests that were sent still arrive.
        cut += usize::from(world.apply_until(&folder, &plan, writes).await);
        let again = world.apply(&folder, &plan, apply()).await;
        again.unwrap_or_else(|error| panic!("cut off after {writes} writes: {error}"));
        world.holds_what_the_folder_holds(&folder).await;
        world.has_invalidated_all_of(&plan).await;
    }
    println!("{cut} of 3 cut off; {}", crawler.end().await);
    assert!(cut > 0, "none was cut off");
    world.end().await;
}

#[tokio::test]
async fn what_an_apply_that_was_cut_off_left_to_invalidate_is_in_the_next_plan() {
    let world = World::start().await;
    let mut folder = Folder::new(30, 5);
    world.plan_and_apply(&folder, apply()).await.unwrap();
    folder.change_in_place();
    let plan = world.plan(&folder).await;
    // All is written, and then the edges cannot be told.
    let mut broken = plan.clone();
    broken.distribution_id = "ENONE".into();
    let error = world.apply(&folder, &broken, apply()).await.unwrap_err().to_string();
    assert!(error.contains("NoSuchDistribution"), "{error}");
    world.holds_what_the_folder_holds(&folder).await;
    assert_eq!(world.invalidated().await, [""; 0]);
    let next = world.plan(&folder).await;
    assert_eq!(next.invalidate, plan.invalidate);
    assert!(!next.is_empty());
    world.apply(&folder, &next, apply()).await.unwrap();
    assert_eq!(world.invalidated().await, plan.invalidate);
    assert!(world.plan(&folder).await.is_empty());
    world.end().await;
}

#[tokio::test]
async fn two_applies_at_once_follow_each_other_and_break_no_page() {
    let seed = 3;
    println!("seed {seed}");
    let world = World::start().await;
    let base = Folder::new(64, seed);
    world.plan_and_apply(&base, apply()).await.unwrap();
    let crawler = Crawler::start(world.s3(), SITE);
    for round in 0..2 {
        // Each keeps what the other deletes.
        let (mut one, mut other) = (Folder::new(64, seed + round), Folder::new(64, seed + round));
        one.rename_assets();
        other.remove_pages();
        other.change_in_place();
        let (first, second) = tokio::join!(world.lock_plan_and_apply(&one), world.lock_plan_and_apply(&other));
        first.unwrap();
        second.unwrap();
        let held = world.holds_either(&one, &other).await;
        println!("round {round}: the bucket holds what {held} brought");
    }
    println!("{}", crawler.end().await);
    world.end().await;
}

#[tokio::test]
async fn a_saved_plan_is_applied_unchanged_or_refused() {
    let world = World::start().await;
    let mut folder = Folder::new(20, 1);
    world.plan_and_apply(&folder, apply()).await.unwrap();
    folder.change_in_place();
    let saved = world.plan(&folder).await;
    let saved = vitae_cloud::deploy::site::SavedPlan::parse(&saved.to_json()).unwrap();

    // Somebody wrote to the bucket.
    let other = world.put(SITE, "other.css", "p {}").await;
    let error = world.apply(&folder, &saved, apply()).await.unwrap_err();
    assert!(matches!(&error, Error::Moved(_)) && error.to_string().starts_with("other.css of the bucket"), "{error}");
    world.delete(SITE, &other).await;

    // The folder changed.
    folder.change_in_place();
    let error = world.apply(&folder, &saved, apply()).await.unwrap_err();
    assert!(matches!(&error, Error::Moved(_)) && error.to_string().contains("the folder whose files go"), "{error}");

    let saved = world.plan(&folder).await;
    world.apply(&folder, &saved, apply()).await.unwrap();
    world.holds_what_the_folder_holds(&folder).await;
    world.end().await;
}

#[tokio::test]
async fn more_deletes_than_allowed_are_refused_before_anything_is_written() {
    let world = World::start().await;
    let mut folder = Folder::new(40, 2);
    world.plan_and_apply(&folder, apply()).await.unwrap();
    folder.rename_assets();
    let plan = world.plan(&folder).await;
    let deletes = plan.deletes();
    assert!(deletes > 1);
    let mut how = apply();
    how.max_deletes = deletes - 1;
    let error = world.apply(&folder, &plan, how).await.unwrap_err().to_string();
    assert!(
        error.contains(&format!("{deletes} objects would be deleted")) && error.contains("--max-deletes"),
        "{error}"
    );
    assert_eq!(world.plan(&folder).await, plan, "the bucket is as it was");
    how.max_deletes = deletes;
    world.apply(&folder, &plan, how).await.unwrap();
    world.end().await;
}

#[tokio::test]
async fn a_lock_is_kept_by_who_lives_and_taken_over_from_who_does_not() {
    let world = World::start().await;
    let alive = Lock::take(world.s3(), CV, LEASE, || {}).await.unwrap();
    let mut waited = false;
    let second = Lock::take(world.s3(), CV, LEASE, || waited = true);
    let taken = tokio::time::timeout(LEASE * 2, second).await;
    assert!(taken.is_err() && waited, "the holder lives");
    drop(alive);
    let second = tokio::time::timeout(Duration::from_mins(1), Lock::take(world.s3(), CV, LEASE, || {})).await;
    second.expect("taken over").unwrap().release().await.unwrap();
    let mut waited = false;
    Lock::take(world.s3(), CV, LEASE, || waited = true).await.unwrap().release().await.unwrap();
    assert!(!waited, "it was given back");
    world.end().await;
}

#[tokio::test]
async fn the_crawler_finds_a_page_that_misses_an_asset() {
    let world = World::start().await;
    world.put(SITE, "whole.html", "<link href=\"/there.css\">").await;
    world.put(SITE, "there.css", "p {}").await;
    let whole = Crawler::start(world.s3(), SITE).end().await;
    assert_eq!((whole.pages, whole.references), (1, 1));
    world.put(SITE, "broken.html", "<script src=\"/js/gone.mjs\"></script>").await;
    let missing = crawler::round(&world.s3(), SITE).await.missing;
    assert_eq!(missing, ["broken.html refers to js/gone.mjs"]);
    world.end().await;
}
