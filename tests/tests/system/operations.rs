//! The owner's operations on a running system: origins, statistics, the site's objects.

use vitae_cloud::{
    deploy::site,
    operate::{
        http,
        origins::{self, OriginParameters, OriginSlot, OriginSource},
        stats,
    },
};
use vitae_parameters::Prefix;
use vitae_tests::running_system;

const STACK: &str = "tests";

#[test]
fn an_origin_is_set_and_removed_and_an_invalid_one_is_rejected() {
    let (running, _clock) = running_system();
    let (aws, prefix) = (running.system().deployer(), Prefix::from_stack_name(STACK).unwrap());
    running.block_on(async {
        let listed = async || OriginParameters::read(aws, &prefix).await.unwrap().list(&prefix).unwrap();
        let before = listed().await;
        assert!(
            before.iter().any(|allowed| allowed.source == OriginSource::Dev && allowed.origin == running.address())
        );

        assert!(origins::set(aws, &prefix, OriginSlot::Prod, "https://preview.example").await.unwrap());
        let added = listed().await.into_iter().find(|allowed| allowed.source == OriginSource::Prod).unwrap();
        assert_eq!((added.origin.as_str(), added.active), ("https://preview.example", true));
        for (slot, url, message) in [
            (OriginSlot::Prod, "http://localhost:8787", "loopback"),
            (OriginSlot::Dev, "https://a.example/", "trailing slash"),
            (OriginSlot::Dev, "http://a.example", "http"),
        ] {
            let error = origins::set(aws, &prefix, slot, url).await.unwrap_err().to_string();
            assert!(error.contains(url) && error.contains(message), "{error}");
        }
        assert!(origins::remove(aws, &prefix, OriginSlot::Prod).await.unwrap());
        assert!(!origins::remove(aws, &prefix, OriginSlot::Prod).await.unwrap(), "there is nothing left to remove");
        assert_eq!(listed().await, before, "rejected values are not written");
    });
}

#[test]
fn visits_by_day_are_read_at_the_systems_address() {
    let (running, _clock) = running_system();
    let counted = running.request("POST", "/api/count").from_the_site().send();
    assert_eq!(counted.status, 200, "{counted:?}");
    running.system().edge().invalidate(["/api/*"]);
    let visits = running.block_on(async {
        let address = http::address(running.system().deployer(), STACK).await.unwrap();
        assert_eq!(address, running.address());
        stats::visits(&address, 7).await.unwrap()
    });
    assert_eq!(visits.days.len(), 7);
    assert!(visits.days.is_sorted_by(|a, b| a.day < b.day), "{visits:?}");
    assert!(visits.days[6].count >= 1 && visits.count >= visits.days[6].count, "{visits:?}");
    assert_eq!(stats::chart(&visits, 80).lines().count(), 8);
}

#[test]
fn a_plan_of_a_deployed_site_is_empty() {
    let (running, _clock) = running_system();
    let _bucket = crate::CV_BUCKET.lock().unwrap();
    let outputs = running.system().outputs();
    let folder = running.system().site_files();
    let sources = site::sources(folder, &outputs.site_bucket, &outputs.cv_bucket, outputs.features());
    let plan = site::plan(running.system().deployer(), &outputs.distribution_id, &outputs.cv_bucket, &sources);
    let plan = running.block_on(plan).unwrap();
    assert!(plan.is_empty() && plan.buckets.len() == 2, "{plan}");
}
