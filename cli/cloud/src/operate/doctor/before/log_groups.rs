//! Checks that no log group exists that the stack would create. One may be left from an earlier stack of this name: Lambda creates
//! it again when a replica of a deleted edge function runs.

use aws_sdk_cloudformation::types::StackStatus;

use super::{Finding, Observed, existing_stack};
use crate::{
    aws::{AwsClients, REGION},
    operate::{doctor::logs, http::HttpClient},
};

const CHECK: &str = "log groups";

/// The names of the log groups; `None` if the stack exists, whose own they are.
pub(super) async fn observe(
    aws: &AwsClients,
    client: &HttpClient,
    stack: &str,
    existing: &Observed<Option<StackStatus>>,
) -> Observed<Option<Vec<String>>> {
    if existing_stack::has_resources(existing) {
        return Ok(None);
    }
    let groups = logs::groups(aws, client, REGION, &format!("/vitae/{stack}/")).await?;
    Ok(Some(groups.into_iter().map(|group| group.log_group_name).collect()))
}

pub(super) fn judge(groups: &Observed<Option<Vec<String>>>) -> Finding {
    match groups {
        Err(error) => Finding::skipped(CHECK, error),
        Ok(None) => Finding::pass(CHECK, "those of the stack"),
        Ok(Some(groups)) if groups.is_empty() => {
            Finding::pass(CHECK, "none is left from an earlier stack of this name")
        }
        Ok(Some(groups)) => Finding::fail(
            CHECK,
            format!("{} exist, so the stack cannot create them", groups.join(", ")),
            format!(
                "`for name in {}; do aws logs delete-log-group --region {REGION} --log-group-name $name; done`",
                groups.join(" ")
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::Verdict, *};

    #[test]
    fn a_group_that_is_left_is_a_failure_with_the_command_to_delete_it() {
        assert_eq!(judge(&Ok(None)).verdict, Verdict::Pass);
        assert_eq!(judge(&Ok(Some(vec![]))).verdict, Verdict::Pass);
        let finding = judge(&Ok(Some(vec!["/vitae/resume/edge".into(), "/vitae/resume/keys".into()])));
        assert!(finding.is_failure());
        assert!(finding.fix.unwrap().starts_with("`for name in /vitae/resume/edge /vitae/resume/keys; do aws logs"));
    }
}
