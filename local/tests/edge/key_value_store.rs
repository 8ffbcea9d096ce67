//! CloudFront Functions with a key value store.

use aws_sdk_cloudfront::types::{FunctionConfig, FunctionRuntime, KeyValueStoreAssociation, KeyValueStoreAssociations};
use aws_sdk_cloudfrontkeyvaluestore::config::endpoint::{Endpoint, EndpointFuture, Params, ResolveEndpoint};
use aws_sdk_cloudfrontkeyvaluestore::config::{BehaviorVersion, Region};
use aws_sdk_lambda::primitives::Blob;
use vitae_local::Credentials;

use super::support::{Cloud, Request, behavior, bucket_origin, cloudfront_function, config};

/// Resolves every request to the local cloud's address.
#[derive(Debug)]
struct LocalEndpoint(String);

impl ResolveEndpoint for LocalEndpoint {
    fn resolve_endpoint<'a>(&'a self, _: &'a Params) -> EndpointFuture<'a> {
        EndpointFuture::ready(Ok(Endpoint::builder().url(self.0.clone()).build()))
    }
}

/// Creates a store with one key, and a client to write to it.
async fn store(cloud: &Cloud, key: &str, value: &str) -> (aws_sdk_cloudfrontkeyvaluestore::Client, String) {
    let created = cloud.cloudfront.create_key_value_store().name("redirects").send().await.unwrap();
    let arn = created.key_value_store().unwrap().arn().to_owned();
    let config = aws_sdk_cloudfrontkeyvaluestore::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "root of the local cloud"))
        .endpoint_resolver(LocalEndpoint(cloud.endpoint.clone()));
    let client = aws_sdk_cloudfrontkeyvaluestore::Client::from_conf(config.build());
    put(&client, &arn, key, value).await;
    (client, arn)
}

async fn put(client: &aws_sdk_cloudfrontkeyvaluestore::Client, arn: &str, key: &str, value: &str) {
    let etag = client.describe_key_value_store().kvs_arn(arn).send().await.unwrap().e_tag().to_owned();
    client.put_key().kvs_arn(arn).if_match(etag).key(key).value(value).send().await.unwrap();
}

/// Publishes a function, with a store if one is given.
async fn function(cloud: &Cloud, name: &str, store: Option<&str>, code: &str) -> String {
    let stores = store.map(|arn| {
        let one = KeyValueStoreAssociation::builder().key_value_store_arn(arn).build().unwrap();
        KeyValueStoreAssociations::builder().quantity(1).items(one).build().unwrap()
    });
    let config = FunctionConfig::builder()
        .comment("")
        .runtime(FunctionRuntime::CloudfrontJs20)
        .set_key_value_store_associations(stores)
        .build()
        .unwrap();
    let create = cloud.cloudfront.create_function().name(name).function_config(config).function_code(Blob::new(code));
    let created = create.send().await.unwrap();
    cloud.cloudfront.publish_function().name(name).if_match(created.e_tag().unwrap()).send().await.unwrap();
    created.function_summary().unwrap().function_metadata().unwrap().function_arn().to_owned()
}

#[tokio::test]
async fn a_function_reads_its_store_and_sees_changes() {
    let cloud = Cloud::start().await;
    cloud.allow_key_value_stores().await;
    cloud.bucket("site", &[]).await;
    let (client, arn) = store(&cloud, "greeting", "{\"say\":\"Grüß Gott\"}").await;
    let id = arn.rsplit('/').next().unwrap();
    let code = format!(
        "import cf from 'cloudfront';\nconst kvs = cf.kvs();\n\
         async function handler(event) {{\n\
           const key = event.request.uri.slice(1);\n\
           const meta = await kvs.meta();\n\
           let missing = '';\n\
           try {{ await kvs.get('no such key'); }} catch (error) {{ missing = error.message; }}\n\
           const bytes = await kvs.get(key, {{ format: 'bytes' }});\n\
           const body = [await kvs.get(key), (await kvs.get(key, {{ format: 'json' }})).say, bytes.length, await kvs.exists(key),\n\
             await kvs.exists('no such key'), await kvs.count(), meta.keyCount, typeof meta.creationDateTime,\n\
             await cf.kvs('{id}').exists(key), missing];\n\
           return {{ statusCode: 200, body: JSON.stringify(body) }};\n\
         }}"
    );
    let reads = function(&cloud, "reads", Some(&arn), &code).await;
    let site = behavior("*", "site").function_associations(cloudfront_function(&reads));
    let (distribution, _) =
        cloud.distribution(config(vec![bucket_origin(&cloud, "site").await], vec![site]).build().unwrap()).await;
    let edge = cloud.serve(&distribution).await;
    let read = || async {
        serde_json::from_str::<serde_json::Value>(&Request::get("/greeting").send(edge.port()).await.text())
    };
    // Functions in the wild compare the text `Error: KeyNotFound`.
    let missing = "KeyNotFound";
    assert_eq!(
        read().await.unwrap(),
        serde_json::json!(["{\"say\":\"Grüß Gott\"}", "Grüß Gott", 21, true, false, 1, 1, "string", true, missing])
    );
    put(&client, &arn, "greeting", "{\"say\":\"Moin\"}").await;
    assert_eq!(read().await.unwrap()[1], "Moin");
    put(&client, &arn, "other", "1").await;
    assert_eq!(read().await.unwrap()[5], 2);
}

#[tokio::test]
async fn a_function_without_an_associated_store_is_rejected() {
    let cloud = Cloud::start().await;
    cloud.bucket("site", &[]).await;
    let load = async |name: &str, code: &str| {
        let arn = function(&cloud, name, None, code).await;
        let site = behavior("*", "site").function_associations(cloudfront_function(&arn));
        let origin = bucket_origin(&cloud, "site").await;
        let (id, _) =
            cloud.distribution(config(vec![origin], vec![site]).caller_reference(name).build().unwrap()).await;
        cloud.serve_at(&id, vitae_local::Clock::system()).await.unwrap_err().to_string()
    };
    let handler = "function handler(event) { return event.request; }";
    let error = load("none", &format!("import cf from 'cloudfront';\nconst kvs = cf.kvs();\n{handler}")).await;
    assert!(error.contains("KVSNamespaceNotFound"), "{error}");
}
