//! A crawler that reads every page repeatedly and checks that the assets that it refers to exist.

use std::{
    fmt,
    ops::AddAssign,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use aws_sdk_s3::Client;
use tokio::task::JoinHandle;

use super::folder;

pub(crate) struct Crawler {
    end: Arc<AtomicBool>,
    rounds: JoinHandle<CrawlReport>,
}

/// The number of pages and references, and the missing assets.
#[derive(Debug, Default)]
pub(crate) struct CrawlReport {
    pub(crate) pages: usize,
    pub(crate) references: usize,
    pub(crate) missing: Vec<String>,
}

impl Crawler {
    pub(crate) fn start(s3: Client, bucket: &'static str) -> Self {
        let end = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&end);
        let rounds = tokio::spawn(async move {
            let mut report = CrawlReport::default();
            // One more round after the last change.
            let mut last = false;
            while !last {
                last = ended.load(Ordering::SeqCst);
                report += round(&s3, bucket).await;
            }
            report
        });
        Self { end, rounds }
    }

    /// Stops after one more round.
    ///
    /// # Panics
    /// If a page missed an asset.
    pub(crate) async fn end(self) -> CrawlReport {
        self.end.store(true, Ordering::SeqCst);
        let report = self.rounds.await.unwrap();
        assert!(report.missing.is_empty(), "{:#?}", report.missing);
        report
    }
}

/// Crawls every page once.
pub(crate) async fn round(s3: &Client, bucket: &str) -> CrawlReport {
    let mut report = CrawlReport::default();
    let mut listed = s3.list_objects_v2().bucket(bucket).into_paginator().send();
    while let Some(page) = listed.next().await {
        for object in page.unwrap().contents() {
            let key = object.key().unwrap();
            if folder::is_page(key) {
                report.pages += 1;
                for reference in references(&read(s3, bucket, key).await) {
                    report.references += 1;
                    if !exists(s3, bucket, &reference).await
                        // Read the page again: it may have changed since, and may no longer refer to the asset.
                        && references(&read(s3, bucket, key).await).contains(&reference)
                        && !exists(s3, bucket, &reference).await
                    {
                        report.missing.push(format!("{key} refers to {reference}"));
                    }
                }
            }
        }
    }
    report
}

/// The page; empty if it no longer exists.
async fn read(s3: &Client, bucket: &str, key: &str) -> String {
    let Ok(object) = s3.get_object().bucket(bucket).key(key).send().await else { return String::new() };
    String::from_utf8(object.body.collect().await.unwrap().to_vec()).unwrap()
}

async fn exists(s3: &Client, bucket: &str, key: &str) -> bool {
    s3.head_object().bucket(bucket).key(key).send().await.is_ok()
}

/// The keys that a page refers to.
fn references(page: &str) -> Vec<String> {
    let quoted = page.split(['"']).filter(|text| text.starts_with('/') && text.contains('.'));
    quoted.map(|text| text[1..].to_owned()).collect()
}

impl AddAssign for CrawlReport {
    fn add_assign(&mut self, other: Self) {
        self.pages += other.pages;
        self.references += other.references;
        self.missing.extend(other.missing);
    }
}

impl fmt::Display for CrawlReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} pages read, {} references followed, {} missing", self.pages, self.references, self.missing.len())
    }
}
