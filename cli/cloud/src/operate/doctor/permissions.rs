//! Checks both permissions by which the distribution calls the counter. Since October 2025 a function URL checks the second too.
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html>

use aws_sdk_lambda::error::ProvideErrorMetadata as _;
use serde_json::Value;

use super::{Finding, Observed, Subject, policy};
use crate::aws::CallError;

const ACTIONS: [(&str, &str); 2] =
    [("counter URL permission", "lambda:InvokeFunctionUrl"), ("counter invoke permission", "lambda:InvokeFunction")];

pub(super) struct Facts {
    function: String,
    /// The function's policy; `None` if it has none.
    policy: Option<String>,
}

pub(super) async fn observe(subject: &Subject) -> Observed<Facts> {
    let function = subject.physical_id("CounterFunction")?.to_owned();
    match subject.aws.lambda().get_policy().function_name(&function).send().await {
        Ok(answer) => Ok(Facts { function, policy: answer.policy }),
        Err(error) if error.code() == Some("ResourceNotFoundException") => Ok(Facts { function, policy: None }),
        Err(error) => Err(CallError::new(format!("GetPolicy of {function}"), &error)),
    }
}

pub(super) fn judge(distribution_arn: &str, facts: &Observed<Facts>) -> Vec<Finding> {
    ACTIONS
        .iter()
        .map(|(check, action)| match facts {
            Ok(facts) => one(check, action, distribution_arn, facts),
            Err(error) => Finding::skipped(check, error),
        })
        .collect()
}

fn one(check: &'static str, action: &str, distribution_arn: &str, facts: &Facts) -> Finding {
    let function = &facts.function;
    let document: Value = facts.policy.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let statements = policy::allows(&document).unwrap_or_default();
    let via = if action.ends_with("Url") { " --function-url-auth-type AWS_IAM" } else { " --invoked-via-function-url" };
    let fix = || {
        format!(
            "put it back: `aws lambda add-permission --region us-east-1 --function-name {function} --statement-id vitae-{} --action \
             {action} --principal cloudfront.amazonaws.com --source-arn {distribution_arn}{via}`",
            action.trim_start_matches("lambda:").to_lowercase()
        )
    };
    if statements.iter().any(|statement| statement.has_action(action) && statement.is_for_anyone()) {
        let found = format!("anyone may {action}: the counter's policy names no principal");
        return Finding::fail(check, found, format!("remove that statement from the policy of {function}; {}", fix()));
    }
    let ours: Vec<_> =
        statements.iter().filter(|statement| statement.has_action(action) && statement.is_for_cloudfront()).collect();
    let sources: Vec<_> =
        ours.iter().map(|statement| statement.condition("aws:SourceArn").unwrap_or("no SourceArn")).collect();
    if sources.contains(&distribution_arn) {
        Finding::pass(check, format!("CloudFront has {action} for this distribution"))
    } else if sources.is_empty() {
        Finding::fail(check, format!("CloudFront has no {action} on {function}, so visits return 403"), fix())
    } else {
        let found = format!("CloudFront has {action} for {} and not for this distribution", sources.join(", "));
        Finding::fail(check, found, fix())
    }
}
