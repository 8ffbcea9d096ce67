//! Faults of what answers: the counter, the edge function, the CV.

use aws_sdk_lambda::types::Environment;
use vitae_cloud::doctor::Verdict::{Fail, Warn};

use crate::patient::Patient;

#[test]
fn a_counter_without_its_table_is_named_and_so_is_the_drift() {
    let patient = Patient::alone();
    let (lambda, function) = (patient.root().lambda(), patient.physical_id("CounterFunction"));
    let configured = lambda.get_function_configuration().function_name(&function).send();
    let old = patient.running.block_on(configured).unwrap().environment.unwrap().variables.unwrap();
    let put = |table: Option<&str>| {
        let mut variables = old.clone();
        variables.extend(table.map(|table| ("TABLE_NAME".to_owned(), table.to_owned())));
        let environment = Environment::builder().set_variables(Some(variables)).build();
        let update = lambda.update_function_configuration().function_name(&function).environment(environment);
        patient.running.block_on(update.send()).unwrap();
    };
    put(Some("no-such-table"));
    let findings = patient.examined();
    crate::patient::has(&findings, "counter", Fail, "GET /api/count answers 5", "counter's log group");
    crate::patient::has(&findings, "drift", Warn, "CounterFunction modified /Environment", "put it back");
    put(None);
}

#[test]
fn a_cv_that_is_not_there_is_named() {
    let patient = Patient::alone();
    let (s3, bucket) = (patient.root().s3(), &patient.running.system().outputs().cv_bucket);
    let key = "cv/resume.pdf";
    let old = patient.running.block_on(async {
        let got = s3.get_object().bucket(bucket).key(key).send().await.unwrap();
        let kind = got.content_type().unwrap().to_owned();
        (kind, got.body.collect().await.unwrap().into_bytes())
    });
    patient.running.block_on(s3.delete_object().bucket(bucket).key(key).send()).unwrap();
    patient.finds("CV link", Fail, "the CV is not in its bucket", "cargo vitae site apply");
    let put = s3.put_object().bucket(bucket).key(key).content_type(old.0).body(old.1.into());
    patient.running.block_on(put.send()).unwrap();
}

#[test]
fn many_versions_of_the_edge_function_are_a_warning() {
    let patient = Patient::alone();
    let (lambda, function) = (patient.root().lambda(), patient.physical_id("EdgeFunction"));
    let configured = lambda.get_function_configuration().function_name(&function).send();
    let old = patient.running.block_on(configured).unwrap().description.unwrap();
    let describe = |description: &str| {
        let update = lambda.update_function_configuration().function_name(&function).description(description);
        patient.running.block_on(update.send()).unwrap();
    };
    let mut versions = Vec::new();
    for n in 0..6 {
        describe(&format!("version {n}"));
        let published = patient.running.block_on(lambda.publish_version().function_name(&function).send()).unwrap();
        versions.push(published.version.unwrap());
    }
    patient.finds("leftover edge versions", Warn, "that the distribution does not run", "--qualifier N");
    describe(&old);
    for version in versions {
        let delete = lambda.delete_function().function_name(&function).qualifier(version);
        patient.running.block_on(delete.send()).unwrap();
    }
}
