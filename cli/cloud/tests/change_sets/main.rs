//! Plans in every state of a stack, and change sets that CloudFormation rejects.

mod cloud;

use std::process::Output;

use cloud::Cloud;
use serde_json::Value;
use vitae_cloud::deploy::{self, Deployment, Purpose, Template};

/// The output of a command that succeeded.
fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", stderr(output));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn the_observability_stack_is_planned_after_the_first_deployment() {
    for cloud in [Cloud::start(), Cloud::start().with_stack("resume", "REVIEW_IN_PROGRESS")] {
        let planned = stdout(&cloud.plan("resume", &[]));
        assert!(planned.contains("resume\nadd  Kept "), "{planned}");
        let later = "resume-observability\nplanned after the first deployment of resume\n";
        assert!(planned.ends_with(later), "{planned}");
        assert_eq!(cloud.calls("CreateChangeSet"), ["resume"]);

        let report: Value = serde_json::from_str(&stdout(&cloud.plan("resume", &["--json"]))).unwrap();
        let stack = &report["stacks"][1];
        assert_eq!((&stack["stack"], &stack["result"]), (&"resume-observability".into(), &"not_planned".into()));
        assert_eq!(stack["reason"], "planned after the first deployment of resume");
    }
}

#[test]
fn a_plan_deletes_the_empty_stack_that_it_created_and_no_other() {
    let cloud = Cloud::start();
    stdout(&cloud.plan("resume", &[]));
    assert_eq!((cloud.status("resume"), cloud.calls("DeleteStack")), (None, vec!["resume".to_owned()]));

    for status in ["REVIEW_IN_PROGRESS", "CREATE_COMPLETE"] {
        let cloud = Cloud::start().with_stack("resume", status);
        stdout(&cloud.plan("resume", &[]));
        assert_eq!((cloud.status("resume"), cloud.calls("DeleteStack")), (Some(status), Vec::new()));
    }
}

#[test]
fn a_plan_succeeds_without_the_permission_to_delete_stacks() {
    let cloud = Cloud::start().denying("DeleteStack").denying("DescribeStackEvents");
    assert!(stdout(&cloud.plan("resume", &[])).contains("add  Kept "));
    assert_eq!(cloud.status("resume"), Some("REVIEW_IN_PROGRESS"));
    assert!(stdout(&cloud.plan("resume", &[])).contains("add  Kept "), "the next plan uses the empty stack");
}

#[tokio::test]
async fn a_stack_that_was_only_planned_is_not_deployed_and_can_be_deleted() {
    let cloud = Cloud::start().with_stack("resume", "REVIEW_IN_PROGRESS");
    let aws = cloud.aws();
    assert_eq!(deploy::output_values(&aws, "resume").await.unwrap(), None);
    for stack in ["resume", "missing"] {
        let error = deploy::outputs(&aws, stack).await.unwrap_err().to_string();
        assert!(error.starts_with(&format!("stack {stack} is not deployed")), "{error}");
    }
    assert!(deploy::stack_id(&aws, "resume").await.unwrap().is_some(), "destroy must find it");
}

#[test]
fn a_stack_with_a_name_of_twenty_characters_is_planned() {
    let name = "a-name-of-20-letters";
    assert_eq!(name.len(), 20);
    let planned = stdout(&Cloud::start().plan(name, &[]));
    assert!(planned.starts_with(&format!("{name}\nadd  Kept ")), "{planned}");
    assert!(planned.contains(&format!("\n{name}-observability\n")), "{planned}");
}

#[test]
fn a_plan_of_a_stack_whose_first_deployment_failed_deletes_nothing_and_reports_it() {
    let cloud = Cloud::start().with_stack("resume", "ROLLBACK_COMPLETE");
    let failed =
        "the first deployment of resume failed (ROLLBACK_COMPLETE); the next deployment deletes the stack first";
    let planned = stdout(&cloud.plan("resume", &[]));
    assert!(planned.starts_with(&format!("resume\n{failed}\nresume-observability\nplanned after ")), "{planned}");
    assert_eq!(cloud.status("resume"), Some("ROLLBACK_COMPLETE"));
    assert_eq!(cloud.calls("DeleteStack").len() + cloud.calls("CreateChangeSet").len(), 0);

    let report: Value = serde_json::from_str(&stdout(&cloud.plan("resume", &["--json"]))).unwrap();
    assert_eq!(
        (&report["stacks"][0]["result"], &report["stacks"][0]["reason"]),
        (&"not_planned".into(), &failed.into())
    );
}

#[tokio::test]
async fn a_deployment_deletes_a_stack_whose_first_deployment_failed() {
    let cloud = Cloud::start().with_stack("resume", "ROLLBACK_COMPLETE");
    let deployment = Deployment {
        purpose: Purpose::Deploy,
        stack: "resume",
        template: Template::new("Resources:\n  Kept: {Type: AWS::SSM::Parameter}\n"),
        parameters: &[],
    };
    let planned = deploy::plan(&cloud.aws(), &deployment).await.unwrap();
    assert!(planned.is_some() && cloud.status("resume") == Some("REVIEW_IN_PROGRESS"), "{planned:?}");
    assert_eq!(cloud.calls("DeleteStack"), ["resume"]);
}

#[test]
fn a_change_set_that_the_validation_rejected_is_reported_with_its_failures() {
    let cloud = Cloud::start().rejecting();
    let output = cloud.plan("resume", &[]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let failure = "\nEdgeLogs (AWS::Logs::LogGroup): Resource of type 'AWS::Logs::LogGroup' with identifier \
                   '/vitae/resume/edge' already exists. (/Resources/EdgeLogs)\n";
    assert!(stderr(&output).contains("AWS::EarlyValidation::ResourceExistenceCheck"), "{}", stderr(&output));
    assert!(stderr(&output).contains(failure), "{}", stderr(&output));
    assert_eq!(cloud.status("resume"), None, "the empty stack is deleted");
}

#[test]
fn a_rejected_change_set_is_reported_without_the_permission_to_read_its_events() {
    let output = Cloud::start().rejecting().denying("DescribeEvents").plan("resume", &[]);
    let stderr = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    for part in ["AWS::EarlyValidation::ResourceExistenceCheck", "DescribeEvents failed: ", "AccessDenied"] {
        assert!(stderr.contains(part), "{stderr}");
    }
}
