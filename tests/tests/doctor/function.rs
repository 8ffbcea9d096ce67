//! Faults of the counter, the edge function and the CV.

use aws_sdk_lambda::types::Environment;
use vitae_cloud::operate::doctor::Verdict::{Fail, Warn};

use crate::fixture::{Fixture, assert_finding};

#[test]
fn a_counter_without_its_table_fails_and_is_reported_as_drift() {
    let fixture = Fixture::lock();
    let (lambda, function) = (fixture.root().lambda(), fixture.physical_id("CounterFunction"));
    let configured = lambda.get_function_configuration().function_name(&function).send();
    let old = fixture.running.block_on(configured).unwrap().environment.unwrap().variables.unwrap();
    let put = |table: Option<&str>| {
        let mut variables = old.clone();
        variables.extend(table.map(|table| ("TABLE_NAME".to_owned(), table.to_owned())));
        let environment = Environment::builder().set_variables(Some(variables)).build();
        let update = lambda.update_function_configuration().function_name(&function).environment(environment);
        fixture.running.block_on(update.send()).unwrap();
    };
    put(Some("no-such-table"));
    let findings = fixture.findings();
    assert_finding(&findings, "counter", Fail, "GET /api/count returned 5", "counter's log group");
    assert_finding(&findings, "drift", Warn, "CounterFunction modified /Environment", "revert it");
    put(None);
}

#[test]
fn a_missing_cv_fails() {
    let fixture = Fixture::lock();
    let (s3, bucket) = (fixture.root().s3(), &fixture.running.system().outputs().cv_bucket);
    let key = "cv/resume.pdf";
    let old = fixture.running.block_on(async {
        let got = s3.get_object().bucket(bucket).key(key).send().await.unwrap();
        let kind = got.content_type().unwrap().to_owned();
        (kind, got.body.collect().await.unwrap().into_bytes())
    });
    fixture.running.block_on(s3.delete_object().bucket(bucket).key(key).send()).unwrap();
    fixture.assert_finding("CV link", Fail, "the CV is not in its bucket", "cargo vitae site apply");
    let put = s3.put_object().bucket(bucket).key(key).content_type(old.0).body(old.1.into());
    fixture.running.block_on(put.send()).unwrap();
}

#[test]
fn old_versions_of_the_edge_function_are_a_warning() {
    let fixture = Fixture::lock();
    let (lambda, function) = (fixture.root().lambda(), fixture.physical_id("EdgeFunction"));
    let configured = lambda.get_function_configuration().function_name(&function).send();
    let old = fixture.running.block_on(configured).unwrap().description.unwrap();
    let describe = |description: &str| {
        let update = lambda.update_function_configuration().function_name(&function).description(description);
        fixture.running.block_on(update.send()).unwrap();
    };
    let mut versions = Vec::new();
    for n in 0..6 {
        describe(&format!("version {n}"));
        let published = fixture.running.block_on(lambda.publish_version().function_name(&function).send()).unwrap();
        versions.push(published.version.unwrap());
    }
    fixture.assert_finding("leftover edge versions", Warn, "that the distribution does not run", "--qualifier N");
    describe(&old);
    for version in versions {
        let delete = lambda.delete_function().function_name(&function).qualifier(version);
        fixture.running.block_on(delete.send()).unwrap();
    }
}
