//! Uploads to a bucket of the local cloud, as the user `deploy`.

mod common;

use std::{fs, path::Path};

use aws_sdk_s3::Client;
use vitae_cloud::{
    aws::AwsClients,
    deploy::{
        policies,
        site::{Features, Plan, Source, upload},
    },
    dev::users,
};
use vitae_parameters::Prefix;

/// A name such as CloudFormation gives the bucket.
const BUCKET: &str = "resume-sitebucket-1";

fn keys(plan: &Plan) -> (Vec<&str>, Vec<&str>) {
    let put = plan.uploads.iter().map(|object| object.key.as_str()).collect();
    (put, plan.deletions.iter().map(|deletion| deletion.key.as_str()).collect())
}

async fn content(s3: &Client, key: &str) -> String {
    let object = s3.get_object().bucket(BUCKET).key(key).send().await.unwrap();
    String::from_utf8(object.body.collect().await.unwrap().to_vec()).unwrap()
}

fn write(folder: &Path, name: &str, content: &str) {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, content).unwrap();
}

#[tokio::test]
async fn a_bucket_is_made_equal_to_its_folder_and_nothing_is_uploaded_twice() {
    let state = tempfile::tempdir().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let ministack = common::start(state.path()).await;
    ministack.root().s3().create_bucket().bucket(BUCKET).send().await.unwrap();
    let policy = policies::deploy("resume", "artifacts", &Prefix::from_stack_name("resume").unwrap());
    let credentials = users::make(&ministack.root(), "deploy", &policy).await.unwrap();
    let aws = AwsClients::local(ministack.endpoint(), credentials);
    let s3 = aws.s3();
    let source = Source::site(folder.path(), BUCKET, Features::default());

    write(folder.path(), "index.html", "<p>one");
    write(folder.path(), "css/site.css", "p {}");
    write(folder.path(), "a name with spaces & ü.txt", "x");
    write(folder.path(), "cv/resume.pdf", "%PDF");
    let plan = upload(&aws, &source).await.unwrap();
    assert_eq!(keys(&plan), (vec!["a name with spaces & ü.txt", "css/site.css", "index.html"], vec![]));
    let head = s3.head_object().bucket(BUCKET).key("index.html").send().await.unwrap();
    assert_eq!(head.content_type(), Some("text/html; charset=utf-8"));
    assert!(head.cache_control().unwrap().contains("must-revalidate"));
    assert!(head.metadata().is_none_or(std::collections::HashMap::is_empty), "visitors can see metadata");

    assert!(upload(&aws, &source).await.unwrap().is_empty());

    // The same size with other content; and metadata that another process changed.
    write(folder.path(), "index.html", "<p>two");
    let css =
        s3.put_object().bucket(BUCKET).key("css/site.css").content_type("text/plain").body(b"p {}".to_vec().into());
    css.send().await.unwrap();
    fs::remove_file(folder.path().join("a name with spaces & ü.txt")).unwrap();
    let plan = upload(&aws, &source).await.unwrap();
    assert_eq!(keys(&plan), (vec!["css/site.css", "index.html"], vec!["a name with spaces & ü.txt"]));
    assert_eq!(content(&s3, "index.html").await, "<p>two");
    assert!(upload(&aws, &source).await.unwrap().is_empty());
    ministack.shutdown().await.unwrap();
}
