//! Checks the edge function's log groups. It logs in the region nearest to each visitor, where Lambda creates the group without
//! a retention period.

use futures_util::{StreamExt as _, stream};

use super::{Finding, Observed, Subject, logs};
use crate::{aws::REGION, operate::http::HttpClient};

const CHECK: &str = "edge logs";
/// The regions of CloudFront's regional edge caches, in which a viewer's function runs.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HowCloudFrontWorks.html>
const REGIONS: [&str; 13] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

pub(super) struct Facts {
    group: String,
    /// Each region's group, or the error of the call.
    regions: Vec<(&'static str, Observed<Option<logs::LogGroup>>)>,
}

pub(super) async fn observe(subject: &Subject, client: &HttpClient) -> Facts {
    let group = format!("/vitae/{}/edge", subject.name);
    let calls = stream::iter(REGIONS).map(|region| {
        let (aws, group) = (&subject.aws, &group);
        async move { (region, logs::group(aws, client, region, group).await) }
    });
    let regions = calls.buffered(REGIONS.len()).collect().await;
    Facts { group, regions }
}

pub(super) fn judge(facts: &Facts) -> Finding {
    let Facts { group, regions } = facts;
    if let Some((_, Err(error))) = regions.iter().find(|(_, found)| found.is_err()) {
        return Finding::skipped(CHECK, error);
    }
    let found: Vec<_> =
        regions.iter().filter_map(|(region, found)| Some((region, found.as_ref().ok()?.as_ref()?))).collect();
    if !found.iter().any(|(region, _)| **region == REGION) {
        return Finding::fail(
            CHECK,
            format!("the log group {group} of the stack does not exist in {REGION}"),
            format!("`aws logs create-log-group --region {REGION} --log-group-name {group}`, then set its retention"),
        );
    }
    let for_ever: Vec<_> =
        found.iter().filter(|(_, group)| group.retention_in_days.is_none()).map(|(region, _)| **region).collect();
    if !for_ever.is_empty() {
        let fix = format!(
            "`for region in {}; do aws logs put-retention-policy --region $region --log-group-name {group} \
             --retention-in-days 30; done`",
            for_ever.join(" ")
        );
        return Finding::warn(CHECK, format!("{group} has no retention period in {}", for_ever.join(", ")), fix);
    }
    let regions: Vec<_> = found.iter().map(|(region, _)| **region).collect();
    Finding::pass(CHECK, format!("{group} in {}", regions.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::{super::Verdict, *};

    fn facts(groups: &[(&'static str, Option<u32>)]) -> Facts {
        let group = |days| logs::LogGroup { log_group_name: "/vitae/resume/edge".into(), retention_in_days: days };
        let found = |region| groups.iter().find(|(there, _)| *there == region).map(|(_, days)| group(*days));
        Facts {
            group: "/vitae/resume/edge".into(),
            regions: REGIONS.into_iter().map(|region| (region, Ok(found(region)))).collect(),
        }
    }

    #[test]
    fn a_group_without_retention_is_named_by_region() {
        assert_eq!(judge(&facts(&[("us-east-1", Some(30)), ("eu-west-1", Some(30))])).verdict, Verdict::Pass);
        let finding = judge(&facts(&[("us-east-1", Some(30)), ("eu-west-1", None), ("sa-east-1", None)]));
        assert!(finding.verdict == Verdict::Warn && finding.found.contains("eu-west-1"), "{finding:?}");
        assert_eq!(
            finding.fix.unwrap(),
            "`for region in eu-west-1 sa-east-1; do aws logs put-retention-policy --region $region \
             --log-group-name /vitae/resume/edge --retention-in-days 30; done`"
        );
        assert!(judge(&facts(&[("eu-west-1", Some(30))])).is_failure());
    }
}
