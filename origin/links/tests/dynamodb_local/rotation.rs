//! Key rotations while links are in use.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::task::JoinSet;
use vitae_testing::scale;

use crate::fixture::{Fixture, Options};
use crate::requests::{NOW_S, at, header, open_event, status};

/// A key stays in the key group for more than the five minutes that a function may still sign with it. So an open is signed
/// with the active key, or with one that was active in the last five minutes.
pub(crate) async fn a_key_rotation_refuses_no_open(fixture: &Fixture) {
    const OPENERS: usize = 4;
    let rotations: u64 = scale(20, 100);
    let table = fixture.table("rotation").await;
    let code = table.link_to("resume.pdf", NOW_S + 400 * 86_400).await;
    let cloud = fixture.cloud().await;
    // The clock of the functions: each rotation takes ten minutes.
    let (now_s, is_done, opens) =
        (Arc::new(AtomicU64::new(NOW_S)), Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let mut openers = JoinSet::new();
    for opener in 0..OPENERS {
        let links = table.links(Options::default()).await;
        let (code, now_s, is_done, opens) =
            (code.clone(), Arc::clone(&now_s), Arc::clone(&is_done), Arc::clone(&opens));
        openers.spawn(async move {
            let mut keys = Vec::new();
            for number in 0.. {
                if is_done.load(Ordering::SeqCst) {
                    break;
                }
                let now = now_s.load(Ordering::SeqCst);
                let event = open_event(&code, &format!("rotation-{opener}-{number}=="));
                let output = links.handle(event, &at(now)).await;
                assert_eq!(status(&output), 303, "{output:?}");
                let location = header(&output, "location").to_owned();
                let key = location.split("Key-Pair-Id=").nth(1).unwrap().split('&').next().unwrap().to_owned();
                opens.fetch_add(1, Ordering::SeqCst);
                keys.push((now, key));
            }
            keys
        });
    }
    let mut active = vec![(NOW_S, "K0".to_owned())];
    cloud.rotate("K0").await;
    for rotation in 1..=rotations {
        let before = opens.load(Ordering::SeqCst);
        let key = format!("K{rotation}");
        cloud.rotate(&key).await;
        active.push((now_s.fetch_add(300, Ordering::SeqCst), key));
        // Opens with the old values, with stale ones, and with new ones.
        for _ in 0..5 {
            while opens.load(Ordering::SeqCst) < before + 2 * OPENERS as u64 {
                tokio::task::yield_now().await;
            }
            now_s.fetch_add(60, Ordering::SeqCst);
        }
    }
    is_done.store(true, Ordering::SeqCst);
    let mut used = BTreeSet::new();
    while let Some(keys) = openers.join_next().await {
        for (now, key) in keys.expect("an opener") {
            let index = active.iter().position(|(_, known)| *known == key).expect("a key of this test");
            // Its successor became active at most five minutes ago, or later.
            let is_recent = active.get(index + 1).is_none_or(|(since, _)| since + 300 >= now);
            assert!(is_recent, "{key} at {now}: {active:?}");
            used.insert(key);
        }
    }
    let total = opens.load(Ordering::SeqCst);
    eprintln!("{rotations} rotations, {total} opens, {} keys used, none refused", used.len());
    assert_eq!(table.row(&code.id()).await.opens, total);
    assert!(used.len() as u64 > rotations / 2, "{used:?}");
}
