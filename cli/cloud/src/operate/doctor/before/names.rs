//! Checks that the names derived from the stack's name are not too long. CloudFormation shortens a generated name that is, also at
//! its beginning, and the policies of CI's roles match names by their beginning.

use super::{Finding, Resource};
use crate::deploy::check_stack_names;

const CHECK: &str = "names";

/// The longest names of the types for which CloudFormation generates names, and the length of the suffix that it appends.
///
/// - <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>
/// - <https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html>
/// - <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
/// - <https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html>
/// - <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html>
/// - <https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html>
const GENERATED: [(&str, usize, usize); 6] = [
    ("AWS::S3::Bucket", 63, 12),
    ("AWS::Lambda::Function", 64, 13),
    ("AWS::IAM::Role", 64, 13),
    ("AWS::Events::Rule", 64, 13),
    ("AWS::DynamoDB::GlobalTable", 255, 13),
    ("AWS::SNS::Topic", 256, 13),
];

/// Names that the templates derive from the stack's name: the type, what they append, and the longest name.
///
/// - <https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateFunction.html>
/// - <https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateWebACL.html>
/// - <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDeliverySource.html>
const DERIVED: [(&str, &str, usize); 3] = [
    ("AWS::CloudFront::Function", "-site", 64),
    ("AWS::WAFv2::WebACL", "-distribution", 128),
    ("AWS::Logs::DeliverySource", "-access", 60),
];

/// A name that is too long.
struct TooLong {
    name: String,
    longest: usize,
}

pub(super) fn judge(stack: &str, resources: &[Resource<'_>]) -> Finding {
    let is_valid = stack.starts_with(|letter: char| letter.is_ascii_lowercase())
        && stack.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-');
    if !is_valid {
        return Finding::fail(
            CHECK,
            format!("{stack:?} is not a valid stack name"),
            "use lower-case letters, digits and hyphens, and begin with a letter: bucket names are in lower case",
        );
    }
    if let Err(error) = check_stack_names(stack, "") {
        return Finding::fail(CHECK, error.to_string(), "use a name that does not begin with vitae-bootstrap");
    }
    let too_long: Vec<_> = resources.iter().filter_map(|resource| too_long(stack, resource)).collect();
    let excess = too_long.iter().map(|one| one.name.len() - one.longest).max();
    match (too_long.first(), excess) {
        (Some(TooLong { name, longest }), Some(excess)) => Finding::fail(
            CHECK,
            format!("{} names are too long, such as {name}: {} of {longest} characters", too_long.len(), name.len()),
            format!("use a stack name of at most {} characters", stack.len().saturating_sub(excess)),
        ),
        _ => Finding::pass(CHECK, format!("every name that begins with {stack} fits")),
    }
}

fn too_long(stack: &str, resource: &Resource<'_>) -> Option<TooLong> {
    let stack = resource.kind.stack_name(stack);
    let resource_type = resource.planned.resource_type;
    let generated = GENERATED.iter().find(|(known, ..)| *known == resource_type).map(|(_, longest, suffix)| {
        (format!("{stack}-{}-{}", resource.planned.logical_id, "x".repeat(*suffix)), *longest)
    });
    let derived = || {
        let found = DERIVED.iter().find(|(known, ..)| *known == resource_type);
        found.map(|(_, appended, longest)| (format!("{stack}{appended}"), *longest))
    };
    let (name, longest) = generated.or_else(derived)?;
    (name.len() > longest).then_some(TooLong { name, longest })
}

#[cfg(test)]
mod tests {
    use super::{super::super::Verdict, *};
    use crate::deploy::{PlannedResource, StackKind};

    fn resource(kind: StackKind, logical_id: &'static str, resource_type: &'static str) -> Resource<'static> {
        Resource { kind, planned: PlannedResource { logical_id, resource_type, condition: None } }
    }

    #[test]
    fn the_longest_stack_name_follows_from_the_longest_derived_name() {
        let resources = [
            resource(StackKind::System, "SiteBucket", "AWS::S3::Bucket"),
            resource(StackKind::Observability, "AccessLogBucket", "AWS::S3::Bucket"),
            resource(StackKind::System, "SiteFunction", "AWS::CloudFront::Function"),
        ];
        assert_eq!(judge(&"a".repeat(20), &resources).verdict, Verdict::Pass);
        let finding = judge(&"a".repeat(24), &resources);
        assert!(finding.is_failure() && finding.found.contains("67 of 63 characters"), "{finding:?}");
        assert_eq!(finding.fix.unwrap(), "use a stack name of at most 20 characters");
        // Without access logs, the site's bucket is the longest name.
        assert_eq!(judge(&"a".repeat(39), &resources[..1]).verdict, Verdict::Pass);
        assert!(judge(&"a".repeat(40), &resources[..1]).is_failure());
        assert!(judge(&"a".repeat(60), &resources[2..]).is_failure());
    }

    #[test]
    fn a_name_that_no_role_may_manage_is_a_failure() {
        for name in ["", "Resume", "1resume", "re_sume", "-resume", "vitae", "vitae-bootstrap-two"] {
            assert!(judge(name, &[]).is_failure(), "{name}");
        }
    }
}
