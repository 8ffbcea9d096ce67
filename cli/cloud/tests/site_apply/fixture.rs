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
        site::{self, ApplyOptions, ApplyResult, Error, Features, Lock, SitePlan, Source},
    },
    dev::{ministack::Ministack, users},
};
use vitae_parameters::Prefix;
use vitae_setup::Progress;

use super::{
    common,
    folder::{Folder, is_page},
};

/// The names that CloudFormation would give the stack's buckets.
pub(crate) const SITE: &str = "resume-sitebucket-1";
pub(crate) const CV: &str = "resume-cvbucket-1";
/// The lease of the lock: longer than a renewal can be delayed on a busy machine.
pub(crate) const LEASE: Duration = Duration::from_secs(3);

/// The operation of the locks.
pub(crate) const OPERATION: &str = "site apply";

/// Without a delay before deletions: the crawler has no old pages.
pub(crate) fn options() -> ApplyOptions {
    ApplyOptions { grace: Duration::ZERO, max_deletions: 10_000, wait: true }
}

pub(crate) struct Fixture {
    ministack: Ministack,
    aws: AwsClients,
    distribution_id: String,
    state: tempfile::TempDir,
}

impl Fixture {
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

    pub(crate) async fn plan(&self, folder: &Folder) -> SitePlan {
        site::plan(&self.aws, &self.distribution_id, CV, &sources(folder)).await.unwrap()
    }

    pub(crate) async fn lock(&self) -> Lock {
        Lock::acquire(self.s3(), CV, LEASE, OPERATION, |_| {}).await.unwrap()
    }

    pub(crate) async fn apply(
        &self,
        folder: &Folder,
        plan: &SitePlan,
        options: ApplyOptions,
    ) -> Result<ApplyResult, Error> {
        let lock = self.lock().await;
        let result = self.apply_with(&lock, folder, plan, options).await;
        lock.release().await.unwrap();
        result
    }

    pub(crate) async fn apply_with(
        &self,
        lock: &Lock,
        folder: &Folder,
        plan: &SitePlan,
        options: ApplyOptions,
    ) -> Result<ApplyResult, Error> {
        site::apply(&self.aws, lock, plan, &sources(folder), options, &Progress::silent().step("apply")).await
    }

    pub(crate) async fn plan_and_apply(
        &self,
        folder: &Folder,
        options: ApplyOptions,
    ) -> Result<(SitePlan, ApplyResult), Error> {
        let plan = self.plan(folder).await;
        let result = self.apply(folder, &plan, options).await?;
        Ok((plan, result))
    }

    /// As `vitae site apply --yes` does.
    pub(crate) async fn lock_plan_and_apply(&self, folder: &Folder) -> Result<ApplyResult, Error> {
        let lock = self.lock().await;
        let plan = self.plan(folder).await;
        let result = self.apply_with(&lock, folder, &plan, options()).await;
        lock.release().await.unwrap();
        result
    }

    /// Applies, and drops the apply after this number of writes. Returns whether it was interrupted before its end.
    pub(crate) async fn apply_until(&self, folder: &Folder, plan: &SitePlan, writes: usize) -> bool {
        let lock = self.lock().await;
        tokio::select! {
            biased;
            () = self.written(plan, writes) => true,
            result = self.apply_with(&lock, folder, plan, options()) => {
                result.unwrap();
                false
            }
        }
    }

    /// Waits until the site bucket has this number of the plan's uploads.
    async fn written(&self, plan: &SitePlan, writes: usize) {
        loop {
            let now = self.plan_keys_written(plan).await;
            if now >= writes {
                return;
            }
        }
    }

    async fn plan_keys_written(&self, plan: &SitePlan) -> usize {
        let mut etags = BTreeMap::new();
        let mut pages = self.ministack.root().s3().list_objects_v2().bucket(SITE).into_paginator().send();
        while let Some(page) = pages.next().await {
            for object in page.unwrap().contents() {
                etags.insert(object.key().unwrap().to_owned(), object.e_tag().unwrap().to_owned());
            }
        }
        let base = &plan.buckets[0].base;
        plan.buckets[0].plan.uploads.iter().filter(|upload| etags.get(&upload.key) != base.get(&upload.key)).count()
    }

    /// Asserts that the site bucket has exactly the objects of the folder.
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

    /// Gives every twentieth object another media type and the same content. Returns their number.
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

    /// The paths of all invalidations, sorted.
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

    /// Asserts that every changed or deleted object was invalidated, by its path or by a wildcard.
    pub(crate) async fn has_invalidated_all_of(&self, plan: &SitePlan) {
        let invalidated = self.invalidated().await;
        let covers = |path: &String, key: &str| match path.strip_suffix('*') {
            Some(prefix) => format!("/{key}").starts_with(prefix),
            None => path[1..] == *key,
        };
        let plan = &plan.buckets[0].plan;
        let changed = plan.uploads.iter().filter(|upload| upload.replaces.is_some()).map(|upload| &upload.key);
        for key in changed.chain(plan.deletions.iter().map(|deletion| &deletion.key)) {
            assert!(invalidated.iter().any(|path| covers(path, key)), "{key} in {invalidated:?}");
        }
    }
}

fn sources(folder: &Folder) -> Vec<Source> {
    site::sources(folder.path(), SITE, CV, Features::default())
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
