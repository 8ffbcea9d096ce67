//! Change sets in the local cloud, as the user `deploy`, who has its policy and no other.

mod common;

use std::path::Path;

use vitae_cloud::{
    aws::AwsClients,
    deploy::{Action, ChangeSet, Deployment, Error, Purpose, Template, execute, plan, policies},
    dev::{ministack::Ministack, users},
};
use vitae_parameters::Prefix;

const TEMPLATE: &str = "
Parameters:
  Value: {Type: String}
Resources:
  Kept:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Name: /kept, Value: !Ref Value}
";

/// The same, and a parameter of a type that CloudFormation cannot create.
const BROKEN: &str = "
Parameters:
  Value: {Type: String}
Resources:
  Kept:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Name: /kept, Value: !Ref Value}
  Broken:
    Type: AWS::SSM::Parameter
    DependsOn: Kept
    Properties: {Type: SecureString, Name: /broken, Value: x}
";

async fn start(state: &Path) -> (Ministack, AwsClients) {
    let ministack = common::start(state).await;
    let policy = policies::deploy("resume", "artifacts", &Prefix::from_stack_name("resume").unwrap());
    let credentials = users::make(&ministack.root(), "deploy", &policy).await.unwrap();
    let aws = AwsClients::local(ministack.endpoint(), credentials);
    (ministack, aws)
}

async fn change(aws: &AwsClients, template: &str, value: &str) -> Result<Option<ChangeSet>, Error> {
    let parameters = [("Value".to_owned(), value.to_owned())];
    plan(
        aws,
        &Deployment {
            purpose: Purpose::Deploy,
            stack: "resume",
            template: Template::new(template),
            parameters: &parameters,
        },
    )
    .await
}

fn actions(change_set: &ChangeSet) -> Vec<(Action, &str)> {
    change_set.changes.as_slice().iter().map(|change| (change.action, change.logical_id.as_str())).collect()
}

#[tokio::test]
async fn a_stack_is_created_left_unchanged_and_changed() {
    let state = tempfile::tempdir().unwrap();
    let (ministack, aws) = start(state.path()).await;

    let created = change(&aws, TEMPLATE, "a").await.unwrap().unwrap();
    assert_eq!(actions(&created), [(Action::Add, "Kept")]);
    let mut events = Vec::new();
    execute(&aws, "resume", &created, |event| events.push(event.to_owned())).await.unwrap();
    assert!(events.contains(&"Kept CREATE_COMPLETE".to_owned()), "{events:?}");

    assert!(change(&aws, TEMPLATE, "a").await.unwrap().is_none());

    let changed = change(&aws, TEMPLATE, "b").await.unwrap().unwrap();
    assert_eq!(actions(&changed), [(Action::Change, "Kept")]);
    let mut events = Vec::new();
    execute(&aws, "resume", &changed, |event| events.push(event.to_owned())).await.unwrap();
    assert!(!events.iter().any(|event| event.contains("CREATE")), "only new events: {events:?}");
    ministack.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_failure_names_the_first_failed_resource_and_the_stack_can_be_created_after_it() {
    let state = tempfile::tempdir().unwrap();
    let (ministack, aws) = start(state.path()).await;

    let broken = change(&aws, BROKEN, "a").await.unwrap().unwrap();
    let error = execute(&aws, "resume", &broken, |_| {}).await.unwrap_err();
    let Error::Failed { status, cause, .. } = &error else { panic!("{error}") };
    assert_eq!(status, "ROLLBACK_COMPLETE");
    assert!(cause.starts_with("Broken (AWS::SSM::Parameter): "), "{cause}");
    assert!(cause.contains("SecureString"), "{cause}");

    let created = change(&aws, TEMPLATE, "a").await.unwrap().unwrap();
    execute(&aws, "resume", &created, |_| {}).await.unwrap();

    // A failed update is rolled back, and the next change is an update.
    let broken = change(&aws, BROKEN, "b").await.unwrap().unwrap();
    let error = execute(&aws, "resume", &broken, |_| {}).await.unwrap_err();
    assert!(matches!(&error, Error::Failed { status, .. } if status == "UPDATE_ROLLBACK_COMPLETE"), "{error}");
    let changed = change(&aws, TEMPLATE, "c").await.unwrap().unwrap();
    assert_eq!(actions(&changed), [(Action::Change, "Kept")]);
    execute(&aws, "resume", &changed, |_| {}).await.unwrap();
    ministack.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_reason_for_a_rejected_template_is_in_the_error() {
    let state = tempfile::tempdir().unwrap();
    let (ministack, aws) = start(state.path()).await;
    let error = change(&aws, "Resources: {Odd: {Type: AWS::No::Such}}", "a").await.unwrap_err().to_string();
    assert!(error.contains("CreateChangeSet failed") && error.contains("ValidationError"), "{error}");
    ministack.shutdown().await.unwrap();
}

#[tokio::test]
async fn deploy_may_not_touch_another_stack() {
    let state = tempfile::tempdir().unwrap();
    let (ministack, aws) = start(state.path()).await;
    let parameters = [("Value".to_owned(), "a".to_owned())];
    let other = plan(
        &aws,
        &Deployment {
            purpose: Purpose::Deploy,
            stack: "other",
            template: Template::new(TEMPLATE),
            parameters: &parameters,
        },
    )
    .await;
    let error = other.unwrap_err().to_string();
    assert!(error.contains("AccessDenied"), "{error}");
    ministack.shutdown().await.unwrap();
}

/// A parameter that is created only if the other is not `a`.
const CONDITIONAL: &str = "
Parameters:
  Value: {Type: String}
Conditions:
  Other: !Not [!Equals [!Ref Value, a]]
Resources:
  Kept:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Name: /kept, Value: x}
  Sometimes:
    Type: AWS::SSM::Parameter
    Condition: Other
    Properties: {Type: String, Name: /sometimes, Value: x}
";

#[tokio::test]
async fn a_conditional_resource_is_added_and_removed_with_its_condition() {
    let state = tempfile::tempdir().unwrap();
    let (ministack, aws) = start(state.path()).await;
    for (value, expected) in
        [("a", (Action::Add, "Kept")), ("b", (Action::Add, "Sometimes")), ("a", (Action::Remove, "Sometimes"))]
    {
        let planned = change(&aws, CONDITIONAL, value).await.unwrap().unwrap();
        assert_eq!(actions(&planned), [expected], "{value}");
        execute(&aws, "resume", &planned, |_| ()).await.unwrap();
    }
    ministack.shutdown().await.unwrap();
}

/// A table whose deletion protection is a property of its replica.
const GLOBAL_TABLE: &str = "
Parameters:
  Value: {Type: String}
Resources:
  Table:
    Type: AWS::DynamoDB::GlobalTable
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: pk, AttributeType: S}]
      KeySchema: [{AttributeName: pk, KeyType: HASH}]
      StreamSpecification: {StreamViewType: NEW_AND_OLD_IMAGES}
      Replicas:
        - {Region: !Ref AWS::Region, DeletionProtectionEnabled: !Ref Value}
";

#[tokio::test]
async fn a_global_table_is_changed_in_place() {
    let state = tempfile::tempdir().unwrap();
    let (ministack, aws) = start(state.path()).await;
    let mut names = Vec::new();
    for value in ["false", "true"] {
        let planned = change(&aws, GLOBAL_TABLE, value).await.unwrap().unwrap();
        execute(&aws, "resume", &planned, |_| ()).await.unwrap();
        let described = ministack.root().cloudformation().describe_stack_resources().stack_name("resume").send().await;
        names.push(described.unwrap().stack_resources()[0].physical_resource_id().unwrap().to_owned());
    }
    assert_eq!(names[0], names[1], "another name is another table, without the items");
    ministack.shutdown().await.unwrap();
}
