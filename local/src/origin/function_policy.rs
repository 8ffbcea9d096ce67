//! What a function's policy lets CloudFront do: a Function URL needs two permissions.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-restricting-access-to-lambda.html>

use aws_sdk_lambda::error::ProvideErrorMetadata;

use super::policy_document::{Decision, PolicyDocument, Request, also};
use crate::cloud::{Cloud, api_error};
use crate::distribution::Distribution;

/// Both are needed since October 2025; the second is only for invocations through the URL if its condition says so.
const NEEDED: [&str; 2] = ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"];

/// Asks for the function's policy and judges it.
///
/// # Errors
/// A sentence that names the permission that is missing, or the statement in the way.
pub(super) async fn check(
    cloud: &Cloud,
    function: &str,
    qualifier: Option<&str>,
    distribution: &Distribution,
) -> Result<(), String> {
    let request = cloud.lambda.get_policy().function_name(function).set_qualifier(qualifier.map(ToOwned::to_owned));
    let document = match request.send().await {
        Ok(output) => output.policy().and_then(PolicyDocument::parse),
        Err(error)
            if error.as_service_error().and_then(ProvideErrorMetadata::code) == Some("ResourceNotFoundException") =>
        {
            None
        }
        Err(error) => return Err(api_error(format!("lambda:GetPolicy {function}"), &error).to_string()),
    };
    judge(document.as_ref(), &resource(&cloud.region, function, qualifier, &distribution.arn), &distribution.arn)
}

/// The function's ARN; function and distribution belong to one account.
fn resource(region: &str, function: &str, qualifier: Option<&str>, distribution_arn: &str) -> String {
    let alias = qualifier.map(|alias| format!(":{alias}")).unwrap_or_default();
    format!("arn:aws:lambda:{region}:{}:function:{function}{alias}", account(distribution_arn))
}

/// `000000000000` of `arn:aws:cloudfront::000000000000:distribution/E1`.
fn account(distribution_arn: &str) -> &str {
    distribution_arn.split(':').nth(4).unwrap_or_default()
}

fn judge(document: Option<&PolicyDocument>, resource: &str, distribution_arn: &str) -> Result<(), String> {
    for action in NEEDED {
        let context = [
            ("aws:sourcearn", distribution_arn),
            ("aws:sourceaccount", account(distribution_arn)),
            ("lambda:functionurlauthtype", "AWS_IAM"),
            ("lambda:invokedviafunctionurl", "true"),
        ];
        let decision = document.map_or(Decision::NotAllowed(Vec::new()), |document| {
            document.decide(Request { action, resource, context: &context })
        });
        match decision {
            Decision::Allowed => {}
            Decision::Denied(why) => {
                return Err(format!("the policy of {resource} refuses CloudFront {action}: {why}"));
            }
            Decision::NotAllowed(nearly) => {
                return Err(format!(
                    "the policy of {resource} has no permission of {action} for the service cloudfront.amazonaws.com with \
                     AWS:SourceArn {distribution_arn}{}",
                    also(&nearly)
                ));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{judge, resource};
    use crate::origin::policy_document::PolicyDocument;

    const OURS: &str = "arn:aws:cloudfront::000000000000:distribution/E1";

    fn statement(action: &str, condition: &str) -> String {
        format!(
            r#"{{"Sid":"{action}","Effect":"Allow","Principal":{{"Service":"cloudfront.amazonaws.com"}},"Action":"{action}",
               "Resource":"arn:aws:lambda:us-east-1:000000000000:function:counter","Condition":{{"ArnLike":{{"AWS:SourceArn":"{OURS}"}}{condition}}}}}"#
        )
    }

    fn check(statements: &[String]) -> Result<(), String> {
        let document = PolicyDocument::parse(&format!("{{\"Statement\":[{}]}}", statements.join(","))).unwrap();
        judge(Some(&document), &resource("us-east-1", "counter", None, OURS), OURS)
    }

    #[test]
    fn both_permissions_let_cloudfront_in() {
        let url = statement("lambda:InvokeFunctionUrl", r#","StringEquals":{"lambda:FunctionUrlAuthType":"AWS_IAM"}"#);
        let function = statement("lambda:InvokeFunction", r#","Bool":{"lambda:InvokedViaFunctionUrl":"true"}"#);
        assert_eq!(check(&[url, function]), Ok(()));
    }

    #[test]
    fn one_permission_is_not_enough_and_the_missing_one_is_named() {
        let only_url = check(&[statement("lambda:InvokeFunctionUrl", "")]).unwrap_err();
        assert!(only_url.contains("no permission of lambda:InvokeFunction for"), "{only_url}");
        let only_function = check(&[statement("lambda:InvokeFunction", "")]).unwrap_err();
        assert!(only_function.contains("no permission of lambda:InvokeFunctionUrl for"), "{only_function}");
        assert!(judge(None, "arn", OURS).is_err());
    }
}
