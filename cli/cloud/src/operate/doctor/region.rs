//! Checks that the stack is in the region that Lambda@Edge requires, and that other tools use that region too.

use super::{Finding, Subject};
use crate::aws::REGION;

const CHECK: &str = "region";

pub(super) struct Facts {
    stack_arn: String,
    edge_function_arn: String,
    /// What the environment has other tools use.
    environment: Option<String>,
}

pub(super) fn observe(subject: &Subject) -> Facts {
    let environment = ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().find_map(|name| std::env::var(name).ok());
    Facts {
        stack_arn: subject.stack_arn.clone(),
        edge_function_arn: subject.outputs.edge_function_arn.clone(),
        environment,
    }
}

pub(super) fn judge(facts: &Facts) -> Finding {
    for arn in [&facts.stack_arn, &facts.edge_function_arn] {
        if arn.split(':').nth(3) != Some(REGION) {
            let fix = format!("a Lambda@Edge function must live in {REGION}: deploy the stack there");
            return Finding::fail(CHECK, format!("{arn} is not in {REGION}"), fix);
        }
    }
    match &facts.environment {
        Some(region) if region != REGION => Finding::warn(
            CHECK,
            format!("the stack is in {REGION}, and this environment has other tools look in {region}"),
            format!("give them --region {REGION}"),
        ),
        _ => Finding::pass(CHECK, REGION),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    #[test]
    fn another_region_is_a_failure_of_the_stack_and_a_warning_of_the_environment() {
        let arn = |service: &str, region: &str| format!("arn:aws:{service}:{region}:123456789012:x");
        let facts = |edge: &str, environment: Option<&str>| Facts {
            stack_arn: arn("cloudformation", "us-east-1"),
            edge_function_arn: arn("lambda", edge),
            environment: environment.map(str::to_owned),
        };
        assert_eq!(judge(&facts("us-east-1", None)).verdict, Verdict::Pass);
        assert_eq!(judge(&facts("us-east-1", Some("us-east-1"))).verdict, Verdict::Pass);
        let warned = judge(&facts("us-east-1", Some("eu-west-1")));
        assert!(warned.verdict == Verdict::Warn && warned.fix.unwrap().contains("--region us-east-1"));
        let failed = judge(&facts("eu-west-1", None));
        assert!(failed.is_failure() && failed.fix.unwrap().contains("deploy the stack there"));
    }
}
