//! Finds versions of the edge function that no distribution runs. The stack keeps them, because a version with replicas cannot be
//! deleted.
//! <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/lambda-edge-delete-replicas.html>

use super::{Finding, Observed, Subject};
use crate::aws::CallError;

const CHECK: &str = "leftover edge versions";
/// How many may accumulate before a warning: each deployment of the edge leaves one, and they only cost storage.
const WARN_ABOVE: usize = 5;

/// The versions' ARNs.
pub(super) async fn observe(subject: &Subject) -> Observed<Vec<String>> {
    let function = subject.physical_id("EdgeFunction")?;
    let mut versions = Vec::new();
    let mut pages = subject.aws.lambda().list_versions_by_function().function_name(function).into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::new(format!("ListVersionsByFunction of {function}"), &error))?;
        let numbered = page.versions().iter().filter(|version| version.version() != Some("$LATEST"));
        versions.extend(numbered.filter_map(|version| version.function_arn().map(str::to_owned)));
    }
    Ok(versions)
}

pub(super) fn judge(current: &str, versions: &Observed<Vec<String>>) -> Finding {
    let versions = match versions {
        Ok(versions) => versions,
        Err(error) => return Finding::skipped(CHECK, error),
    };
    if !versions.iter().any(|version| version == current) {
        let found = format!("{current}, which the distribution should run, does not exist");
        return Finding::fail(CHECK, found, "deploy again");
    }
    let left_over: Vec<_> = versions.iter().filter(|version| *version != current).collect();
    let numbers: Vec<_> = left_over.iter().filter_map(|arn| arn.rsplit(':').next()).collect();
    if left_over.len() > WARN_ABOVE {
        let function = current.rsplit_once(':').map_or(current, |(function, _)| function);
        return Finding::warn(
            CHECK,
            format!("{} that the distribution does not run: {}", left_over.len(), numbers.join(" ")),
            format!(
                "some hours after their replacement: `aws lambda delete-function --region us-east-1 --function-name {function} --qualifier N`"
            ),
        );
    }
    Finding::pass(CHECK, format!("{}; a warning above {WARN_ABOVE}", left_over.len()))
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    #[test]
    fn many_versions_are_a_warning_and_a_missing_one_fails() {
        let arn = |n: usize| format!("arn:aws:lambda:us-east-1:123456789012:function:edge:{n}");
        let versions = |count: usize| Ok((1..=count).map(arn).collect());
        assert_eq!(judge(&arn(6), &versions(6)).verdict, Verdict::Pass);
        let finding = judge(&arn(7), &versions(7));
        assert_eq!(finding.verdict, Verdict::Warn);
        assert!(finding.fix.unwrap().contains("function:edge --qualifier N"));
        assert!(judge(&arn(8), &versions(7)).is_failure());
    }
}
