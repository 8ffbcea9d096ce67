//! Two buckets and a distribution in a local cloud, and the user `deploy`.

use std::{collections::BTreeMap, time::Duration};

use aws_sdk_cloudfront::types::{
    DefaultCacheBehavior, DistributionConfig, Origin, Origins, S3OriginConfig, ViewerProtocolPolicy,
};
use aws_sdk_s3::{Client, primitives::ByteStream};
use futures_util::{StreamExt as _, stream};
use vitae_cloud::{
    aws::AwsClients,
    deploy::{
        policies,
        site::{self, Applied, Apply, Error, Lock, SavedPlan, Source},
    },
    dev::{ministack::Ministack, users},
    progress::Progress,
};
use vitae_parameters::Prefix;

use super::{
    common,
    folder::{Folder, is_page},
};

/// The names that CloudFormation would give the stack's buckets.
pub(crate) const SITE: &str = "resume-sitebucket-1";
pub(crate) const CV: &str = "resume-cvbucket-1";
/// After how long without a sign of its holder a lock is taken over here: longer than a loaded machine keeps a holder waiting.
pub(crate) const LEASE: Duration = Duration::from_secs(3);

/// Without a grace: the crawler judges what is there, not what a browser loaded a moment ago.
pub(crate) fn apply() -> Apply {
    Apply { grace: Duration::ZERO, max_deletes: 10_000, wait: true }
}

pub(crate) struct World {
    ministack: Ministack,
    aws: AwsClients,
    distribution_id: String,
    state: tempfile::TempDir,
}

impl World {
    pub(crate) async fn start() -> Self {
        let state = tempfile::tempdir().unwrap();
        let ministack = common::start(state.path()).await;
        let root = ministack.root();
        for bucket in [SITE, CV] {
            root.s3().create_bucket().bucket(bucket).send().await.unwrap();
        }
        let distribution_id = make_distribution(&root).await;
        let policy = policies::deploy("resume", "artifacts", &Prefix::from_stack_name("resume").unwrap());
        let credentials = users::make(&root, "deploy", &policy).await.unwrap();
        let aws = AwsClients::local(ministack.endpoint(), credentials);
        Self { ministack, aws, distribution_id, state }
    }

    pub(crate) fn s3(&self) -> Client {
        self.aws.s3()
    }

    pub(crate) async fn end(self) {
        self.ministack.shutdown().await.unwrap();
        drop(self.state);
    }

    pub(crate) async fn plan(&self, folder: &Folder) -> SavedPlan {
        site::plan(&self.aws, &self.distribution_id, CV, &sources(folder)).await.unwrap()
    }

    pub(crate) async fn apply(&self, folder: &Folder, plan: &SavedPlan, how: Apply) -> Result<Applied, Error> {
        let lock = Lock::take(self.s3(), CV, LEASE, || {}).await.unwrap();
        let applied = site::apply(&self.aws, &lock, plan, &sources(folder), how, &Progress::Silent.step("apply")).await;
        lock.release().await.unwrap();
        applied
    }

    pub(crate) async fn plan_and_apply(&self, folder: &Folder, how: Apply) -> Result<(SavedPlan, Applied), Error> {
        let plan = self.plan(folder).await;
        let applied = self.apply(folder, &plan, how).await?;
        Ok((plan, applied))
    }

    /// As `vitae site apply --yes` does.
    pub(crate) async fn lock_plan_and_apply(&self, folder: &Folder) -> Result<Applied, Error> {
        let lock = Lock::take(self.s3(), CV, LEASE, || {}).await.unwrap();
        let plan = self.plan(folder).await;
        let step = Progress::Silent.step("apply");
        let applied = site::apply(&self.aws, &lock, &plan, &sources(folder), apply(), &step).await;
        lock.release().await.unwrap();
        applied
    }

    /// Applies, and drops all of it when so many objects were written. Whether it was cut off before it was done.
    pub(crate) async fn apply_until(&self, folder: &Folder, plan: &SavedPlan, writes: usize) -> bool {
        let lock = Lock::take(self.s3(), CV, LEASE, || {}).await.unwrap();
        let step = Progress::Silent.step("apply");
        let sources = sources(folder);
        tokio::select! {
            biased;
            () = self.written(plan, writes) => true,
            applied = site::apply(&self.aws, &lock, plan, &sources, apply(), &step) => {
                applied.unwrap();
                false
            }
        }
    }

    /// Resolves when the site's bucket holds this many of what the plan uploads.
    async fn written(&self, plan: &SavedPlan, writes: usize) {
        loop {
            let now = self.plan_keys_written(plan).await;
            if now >= writes {
                return;
            }
        }
    }

    async fn plan_keys_written(&self, plan: &SavedPlan) -> usize {
        let mut etags = BTreeMap::new();
        let mut pages = self.ministack.root().s3().list_objects_v2().bucket(SITE).into_paginator().send();
        while let Some(page) = pages.next().await {
            for object in page.unwrap().contents() {
                etags.insert(object.key().unwrap().to_owned(), object.e_tag().unwrap().to_owned());
            }
        }
        let base = &plan.buckets[0].base;
        plan.buckets[0].plan.put.iter().filter(|put| etags.get(&put.key) != base.get(&put.key)).count()
    }

    /// The site's bucket holds exactly this, with the content that was meant.
    pub(crate) async fn holds_what_the_folder_holds(&self, folder: &Folder) {
        let (held, expected) = (self.contents().await, folder.objects());
        assert!(held == expected, "{:?} and {:?} objects", held.len(), expected.len());
    }

    pub(crate) async fn holds_either(&self, one: &Folder, other: &Folder) -> &'static str {
        let held = self.contents().await;
        match (held == one.objects(), held == other.objects()) {
            (true, _) => "one",
            (_, true) => "the other",
            _ => panic!("a mixture"),
        }
    }

    async fn contents(&self) -> BTreeMap<String, String> {
        let s3 = &self.s3();
        let mut keys = Vec::new();
        let mut pages = s3.list_objects_v2().bucket(SITE).into_paginator().send();
        while let Some(page) = pages.next().await {
            keys.extend(page.unwrap().contents().iter().map(|object| object.key().unwrap().to_owned()));
        }
        let read = stream::iter(keys).map(|key| async move {
            let got = s3.get_object().bucket(SITE).key(&key).send().await.unwrap();
            (key, String::from_utf8(got.body.collect().await.unwrap().to_vec()).unwrap())
        });
        read.buffer_unordered(16).collect().await
    }

    /// Gives every twentieth object another media type and the same content. How many.
    pub(crate) async fn drift_metadata(&self, folder: &Folder) -> usize {
        let drifted: Vec<_> = folder.objects().into_iter().filter(|(key, _)| !is_page(key)).step_by(20).collect();
        for (key, _) in &drifted {
            let source = format!("{SITE}/{key}");
            let copy = self.ministack.root().s3().copy_object().bucket(SITE).key(key).copy_source(source);
            let copy = copy.metadata_directive(aws_sdk_s3::types::MetadataDirective::Replace);
            copy.content_type("application/x-other").send().await.unwrap();
        }
        drifted.len()
    }

    pub(crate) async fn put(&self, bucket: &str, key: &str, content: &'static str) -> String {
        let body = ByteStream::from_static(content.as_bytes());
        self.s3().put_object().bucket(bucket).key(key).body(body).send().await.unwrap();
        key.to_owned()
    }

    pub(crate) async fn delete(&self, bucket: &str, key: &str) {
        self.s3().delete_object().bucket(bucket).key(key).send().await.unwrap();
    }

    /// Every path that was invalidated so far, sorted.
    pub(crate) async fn invalidated(&self) -> Vec<String> {
        let cloudfront = self.ministack.root().cloudfront();
        let listed = cloudfront.list_invalidations().distribution_id(&self.distribution_id).send().await.unwrap();
        let mut paths = Vec::new();
        for summary in listed.invalidation_list().unwrap().items() {
            let got = cloudfront.get_invalidation().distribution_id(&self.distribution_id).id(summary.id());
            let got = got.send().await.unwrap();
            let batch = got.invalidation().unwrap().invalidation_batch().unwrap().clone();
            paths.extend(batch.paths().unwrap().items().to_vec());
        }
        paths.sort();
        paths
    }

    /// Everything that the plan changed or deleted was invalidated, by itself or by a wildcard.
    pub(crate) async fn has_invalidated_all_of(&self, plan: &SavedPlan) {
        let invalidated = self.invalidated().await;
        let covers = |path: &String, key: &str| match path.strip_suffix('*') {
            Some(prefix) => format!("/{key}").starts_with(prefix),
            None => path[1..] == *key,
        };
        let plan = &plan.buckets[0].plan;
        let changed = plan.put.iter().filter(|put| put.replaces.is_some()).map(|put| &put.key);
        for key in changed.chain(plan.delete.iter().map(|delete| &delete.key)) {
            assert!(invalidated.iter().any(|path| covers(path, key)), "{key} in {invalidated:?}");
        }
    }
}

fn sources(folder: &Folder) -> Vec<Source> {
    site::sources(folder.path(), SITE, CV)
}

async fn make_distribution(root: &AwsClients) -> String {
    let origin = Origin::builder()
        .id("site")
        .domain_name(format!("{SITE}.s3.us-east-1.amazonaws.com"))
        .s3_origin_config(S3OriginConfig::builder().origin_access_identity("").build())
        .build()
        .unwrap();
    let behavior = DefaultCacheBehavior::builder()
        .target_origin_id("site")
        .viewer_protocol_policy(ViewerProtocolPolicy::HttpsOnly)
        .cache_policy_id("658327ea-f89d-4fab-a63d-7e88639e58f6")
        .build()
        .unwrap();
    let config = DistributionConfig::builder()
        .caller_reference("tests")
        .comment("tests")
        .enabled(true)
        .origins(Origins::builder().quantity(1).items(origin).build().unwrap())
        .default_cache_behavior(behavior)
        .build()
        .unwrap();
    let made = root.cloudfront().create_distribution().distribution_config(config).send().await.unwrap();
    made.distribution().unwrap().id().to_owned()
}
