//! A visitor of every page who looks whether all that it refers to is there, over and over.

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
    rounds: JoinHandle<Crawled>,
}

/// What was looked at, and what was missing.
#[derive(Debug, Default)]
pub(crate) struct Crawled {
    pub(crate) pages: usize,
    pub(crate) references: usize,
    pub(crate) missing: Vec<String>,
}

impl Crawler {
    pub(crate) fn start(s3: Client, bucket: &'static str) -> Self {
        let end = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&end);
        let rounds = tokio::spawn(async move {
            let mut crawled = Crawled::default();
            // One more round after the last change.
            let mut last = false;
            while !last {
                last = ended.load(Ordering::SeqCst);
                crawled += round(&s3, bucket).await;
            }
            crawled
        });
        Self { end, rounds }
    }

    /// Ends after a round that begins now.
    ///
    /// # Panics
    /// If a page missed an asset.
    pub(crate) async fn end(self) -> Crawled {
        self.end.store(true, Ordering::SeqCst);
        let crawled = self.rounds.await.unwrap();
        assert!(crawled.missing.is_empty(), "{:#?}", crawled.missing);
        crawled
    }
}

/// Looks at every page once.
pub(crate) async fn round(s3: &Client, bucket: &str) -> Crawled {
    let mut crawled = Crawled::default();
    let mut listed = s3.list_objects_v2().bucket(bucket).into_paginator().send();
    while let Some(page) = listed.next().await {
        for object in page.unwrap().contents() {
            let key = object.key().unwrap();
            if folder::is_page(key) {
                crawled.pages += 1;
                for reference in references(&read(s3, bucket, key).await) {
                    crawled.references += 1;
                    if !is_there(s3, bucket, &reference).await
                        // The page may have changed since: what counts is whether it refers to what is not there, now.
                        && references(&read(s3, bucket, key).await).contains(&reference)
                        && !is_there(s3, bucket, &reference).await
                    {
                        crawled.missing.push(format!("{key} refers to {reference}"));
                    }
                }
            }
        }
    }
    crawled
}

/// The page; nothing if it is not there any more.
async fn read(s3: &Client, bucket: &str, key: &str) -> String {
    let Ok(object) = s3.get_object().bucket(bucket).key(key).send().await else { return String::new() };
    String::from_utf8(object.body.collect().await.unwrap().to_vec()).unwrap()
}

async fn is_there(s3: &Client, bucket: &str, key: &str) -> bool {
    s3.head_object().bucket(bucket).key(key).send().await.is_ok()
}

/// The keys that a page refers to.
fn references(page: &str) -> Vec<String> {
    let quoted = page.split(['"']).filter(|text| text.starts_with('/') && text.contains('.'));
    quoted.map(|text| text[1..].to_owned()).collect()
}

impl AddAssign for Crawled {
    fn add_assign(&mut self, other: Self) {
        self.pages += other.pages;
        self.references += other.references;
        self.missing.extend(other.missing);
    }
}

impl fmt::Display for Crawled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} pages read, {} references followed, {} missing", self.pages, self.references, self.missing.len())
    }
}
