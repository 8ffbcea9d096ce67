//! Actions on the stack's resources, each with the call that performs it.

use serde_json::{Value, json};
use vitae_cloud::{deploy::InboxOutputs, dev::System};

use super::call::Call;

/// An IAM action and a call that performs it.
#[derive(Clone, Debug)]
pub(super) struct Action {
    /// The action's name in IAM and, if there are several calls of one action, its target.
    pub(super) name: &'static str,
    pub(super) call: Call,
    /// Whether the call only reads, so that the control test can let it succeed.
    pub(super) is_read_only: bool,
}

impl Action {
    fn new(name: &'static str, call: Call) -> Self {
        Self { name, call, is_read_only: false }
    }

    fn read_only(self) -> Self {
        Self { is_read_only: true, ..self }
    }
}

/// The resources of the stack.
pub(super) struct Targets {
    pub(super) roles: Vec<String>,
    site: String,
    cv: String,
    table: String,
    prefix: String,
    counter: String,
    keys: String,
    distribution: String,
    inbox: InboxOutputs,
    stack: &'static str,
}

impl Targets {
    pub(super) fn new(system: &System, stack: &'static str, roles: Vec<String>) -> Self {
        let outputs = system.outputs();
        Self {
            roles,
            inbox: system.inbox().clone(),
            site: outputs.site_bucket.clone(),
            cv: outputs.cv_bucket.clone(),
            table: outputs.counter_table.clone(),
            prefix: outputs.parameter_prefix.clone(),
            counter: outputs.counter_function.clone(),
            keys: outputs.keys_function.clone(),
            distribution: outputs.distribution_id.clone(),
            stack,
        }
    }
}

/// A call in the JSON protocol, which names the operation in a header.
fn json_call(service: &'static str, target: &str, body: &Value) -> Call {
    let headers = vec![("content-type", "application/x-amz-json-1.1".to_owned()), ("x-amz-target", target.to_owned())];
    Call { service, method: "POST", target: "/".to_owned(), headers, body: body.to_string() }
}

/// A call in the query protocol, whose body is a form.
fn form_call(service: &'static str, form: &str) -> Call {
    let headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned())];
    Call { service, method: "POST", target: "/".to_owned(), headers, body: form.to_owned() }
}

/// A call in the REST protocol, whose operations are methods on paths.
fn rest_call(service: &'static str, method: &'static str, target: impl Into<String>, body: &str) -> Call {
    Call { service, method, target: target.into(), headers: Vec::new(), body: body.to_owned() }
}

/// Assumes the role of this name.
pub(super) fn assume_role(role: &str) -> Call {
    let arn = format!("arn%3Aaws%3Aiam%3A%3A000000000000%3Arole%2F{role}");
    form_call("sts", &format!("Action=AssumeRole&Version=2011-06-15&RoleSessionName=prober&RoleArn={arn}"))
}

pub(super) fn all(targets: &Targets) -> Vec<Action> {
    let groups = [
        data(targets),
        parameters(targets),
        objects(targets),
        inbox(targets),
        functions(targets),
        edge(targets),
        account(targets),
    ];
    groups.into_iter().flatten().collect()
}

/// The table and the buckets of the inbox. No role reads the newest version of an upload, other than the scanner's, or anything
/// in quarantine.
fn inbox(targets: &Targets) -> Vec<Action> {
    let InboxOutputs { inbox_table, upload_bucket, inbox_bucket, quarantine_bucket, .. } = &targets.inbox;
    let call = |operation: &str, body: Value| json_call("dynamodb", &format!("DynamoDB_20120810.{operation}"), &body);
    let object = |method, bucket: &str, key: &str| rest_call("s3", method, format!("/{bucket}/{key}"), "prober");
    let get = json!({"TableName": inbox_table, "Key": {"pk": {"S": "prober"}}});
    vec![
        Action::new("dynamodb:GetItem of an upload", call("GetItem", get)).read_only(),
        Action::new("dynamodb:Scan of the uploads", call("Scan", json!({"TableName": inbox_table}))).read_only(),
        Action::new("s3:PutObject of an upload", object("PUT", upload_bucket, "incoming/prober")),
        Action::new("s3:PutObject of a clean file", object("PUT", inbox_bucket, "files/prober")),
        Action::new(
            "s3:GetObject of an upload",
            rest_call("s3", "GET", format!("/{upload_bucket}/incoming/prober"), ""),
        ),
        Action::new(
            "s3:ListBucketVersions of the uploads",
            rest_call("s3", "GET", format!("/{upload_bucket}?versions"), ""),
        )
        .read_only(),
        Action::new("s3:PutObjectTagging of an upload", tag(upload_bucket, "incoming/prober", "THREATS_FOUND")),
        Action::new(
            "s3:GetObject of a clean file",
            rest_call("s3", "GET", format!("/{inbox_bucket}/files/prober"), ""),
        ),
        Action::new(
            "s3:GetObject of a file in quarantine",
            rest_call("s3", "GET", format!("/{quarantine_bucket}/files/a"), ""),
        ),
    ]
}

/// Tags an object as the scanner does.
pub(super) fn tag(bucket: &str, key: &str, result: &str) -> Call {
    let tag = format!("<Tag><Key>GuardDutyMalwareScanStatus</Key><Value>{result}</Value></Tag>");
    let body = format!("<Tagging><TagSet>{tag}</TagSet></Tagging>");
    rest_call("s3", "PUT", format!("/{bucket}/{key}?tagging"), &body)
}

/// Reads an object, or its metadata only with the method `HEAD`.
pub(super) fn read_object(method: &'static str, bucket: &str, key: &str) -> Call {
    rest_call("s3", method, format!("/{bucket}/{key}"), "")
}

/// The counter's table.
fn data(targets: &Targets) -> Vec<Action> {
    let table = &targets.table;
    let key = json!({"pk": {"S": "prober"}, "sk": {"S": "prober"}});
    let call = |operation: &str, body: Value| json_call("dynamodb", &format!("DynamoDB_20120810.{operation}"), &body);
    let query = json!({
        "TableName": table, "KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "prober"}},
    });
    vec![
        Action::new("dynamodb:Query", call("Query", query)).read_only(),
        Action::new("dynamodb:UpdateItem", call("UpdateItem", json!({"TableName": table, "Key": key}))),
        Action::new("dynamodb:Scan", call("Scan", json!({"TableName": table}))).read_only(),
        Action::new("dynamodb:PutItem", call("PutItem", json!({"TableName": table, "Item": key}))),
        Action::new("dynamodb:DeleteItem", call("DeleteItem", json!({"TableName": table, "Key": key}))),
        Action::new("dynamodb:DeleteTable", call("DeleteTable", json!({"TableName": table}))),
        Action::new("dynamodb:DescribeTable", call("DescribeTable", json!({"TableName": table}))).read_only(),
    ]
}

/// Parameter Store, where the signing keys are.
fn parameters(targets: &Targets) -> Vec<Action> {
    let name = |name: &str| format!("{}{name}", targets.prefix);
    let call = |operation: &str, body: Value| json_call("ssm", &format!("AmazonSSM.{operation}"), &body);
    let put = json!({"Name": name("config"), "Value": "{}", "Type": "String", "Overwrite": true});
    let read = ["config", "signer/active"].map(name);
    vec![
        Action::new("ssm:GetParameters of the edge's parameters", call("GetParameters", json!({"Names": read})))
            .read_only(),
        Action::new(
            "ssm:GetParameters of signer/pending",
            call("GetParameters", json!({"Names": [name("signer/pending")]})),
        )
        .read_only(),
        Action::new(
            "ssm:GetParameters of another stack",
            call("GetParameters", json!({"Names": ["/vitae/other/signer/active"]})),
        ),
        Action::new(
            "ssm:GetParameter",
            call("GetParameter", json!({"Name": name("signer/active"), "WithDecryption": true})),
        ),
        Action::new(
            "ssm:GetParametersByPath",
            call("GetParametersByPath", json!({"Path": targets.prefix, "Recursive": true})),
        )
        .read_only(),
        Action::new("ssm:PutParameter of config", call("PutParameter", put)),
        Action::new("ssm:DeleteParameter", call("DeleteParameter", json!({"Name": name("config")}))),
    ]
}

/// The buckets.
fn objects(targets: &Targets) -> Vec<Action> {
    let Targets { site, cv, .. } = targets;
    vec![
        Action::new("s3:ListAllMyBuckets", rest_call("s3", "GET", "/", "")).read_only(),
        Action::new("s3:ListBucket", rest_call("s3", "GET", format!("/{site}?list-type=2"), "")).read_only(),
        Action::new("s3:GetObject", rest_call("s3", "GET", format!("/{cv}/cv/resume.pdf"), "")).read_only(),
        Action::new("s3:PutObject of the probe object", rest_call("s3", "PUT", format!("/{cv}/cv/.probe"), "ok")),
        Action::new("s3:PutObject of a page", rest_call("s3", "PUT", format!("/{site}/index.html"), "defaced")),
        Action::new("s3:DeleteObject", rest_call("s3", "DELETE", format!("/{cv}/cv/resume.pdf"), "")),
        Action::new("s3:DeleteBucketPolicy", rest_call("s3", "DELETE", format!("/{cv}?policy"), "")),
    ]
}

/// The functions and their logs.
fn functions(targets: &Targets) -> Vec<Action> {
    let Targets { counter, keys, stack, .. } = targets;
    let group = format!("/vitae/{stack}/keys");
    let invoke = rest_call("lambda", "POST", format!("/2015-03-31/functions/{keys}/invocations"), "{}");
    let code = rest_call("lambda", "PUT", format!("/2015-03-31/functions/{counter}/code"), "{\"ZipFile\": \"\"}");
    let logs =
        |operation: &str| json_call("logs", &format!("Logs_20140328.{operation}"), &json!({"logGroupName": group}));
    vec![
        Action::new("lambda:ListFunctions", rest_call("lambda", "GET", "/2015-03-31/functions/", "")).read_only(),
        Action::new("lambda:InvokeFunction", invoke),
        Action::new("lambda:UpdateFunctionCode", code),
        Action::new("logs:FilterLogEvents", logs("FilterLogEvents")).read_only(),
        Action::new("logs:DeleteLogGroup", logs("DeleteLogGroup")),
    ]
}

/// CloudFront.
fn edge(targets: &Targets) -> Vec<Action> {
    let distribution = format!("/2020-05-31/distribution/{}", targets.distribution);
    vec![
        Action::new("cloudfront:ListDistributions", rest_call("cloudfront", "GET", "/2020-05-31/distribution", ""))
            .read_only(),
        Action::new("cloudfront:ListPublicKeys", rest_call("cloudfront", "GET", "/2020-05-31/public-key", ""))
            .read_only(),
        Action::new("cloudfront:GetDistribution", rest_call("cloudfront", "GET", distribution.clone(), "")).read_only(),
        Action::new("cloudfront:DeleteDistribution", rest_call("cloudfront", "DELETE", distribution.clone(), "")),
        Action::new(
            "cloudfront:CreateInvalidation",
            rest_call("cloudfront", "POST", format!("{distribution}/invalidation"), ""),
        ),
    ]
}

/// The account.
fn account(targets: &Targets) -> Vec<Action> {
    let Targets { stack, roles, .. } = targets;
    let widen = format!(
        "Action=PutRolePolicy&Version=2010-05-08&RoleName={}&PolicyName=all&PolicyDocument=%7B%22Version%22%3A%222012-10-17%22%2C\
         %22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22*%22%2C%22Resource%22%3A%22*%22%7D%5D%7D",
        roles[0]
    );
    let stacks = |operation: &str| format!("Action={operation}&Version=2010-05-15&StackName={stack}");
    vec![
        Action::new("iam:ListRoles", form_call("iam", "Action=ListRoles&Version=2010-05-08")).read_only(),
        Action::new("iam:CreateUser", form_call("iam", "Action=CreateUser&Version=2010-05-08&UserName=mole")),
        Action::new("iam:PutRolePolicy", form_call("iam", &widen)),
        Action::new("sts:AssumeRole", assume_role(&roles[0])).read_only(),
        Action::new("cloudformation:DescribeStacks", form_call("cloudformation", &stacks("DescribeStacks")))
            .read_only(),
        Action::new("cloudformation:DeleteStack", form_call("cloudformation", &stacks("DeleteStack"))),
        Action::new(
            "events:DisableRule",
            json_call("events", "AWSEvents.DisableRule", &json!({"Name": format!("{stack}-x")})),
        ),
        Action::new("events:ListRules", json_call("events", "AWSEvents.ListRules", &json!({}))).read_only(),
        Action::new("kms:ListKeys", json_call("kms", "TrentService.ListKeys", &json!({}))).read_only(),
        Action::new(
            "secretsmanager:ListSecrets",
            json_call("secretsmanager", "secretsmanager.ListSecrets", &json!({})),
        )
        .read_only(),
        Action::new("sns:ListTopics", form_call("sns", "Action=ListTopics&Version=2010-03-31")).read_only(),
    ]
}
