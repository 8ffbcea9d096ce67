//! Log groups, in any region.
//! <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html>

use serde::Deserialize;
use serde_json::json;

use super::Observed;
use crate::{
    aws::AwsClients,
    operate::{http::HttpClient, signed_request::LOGS},
};

/// A log group.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LogGroup {
    pub(super) log_group_name: String,
    /// Its retention in days; unlimited if `None`.
    pub(super) retention_in_days: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DescribeLogGroupsResponse {
    #[serde(default)]
    log_groups: Vec<LogGroup>,
}

/// The log group with this name in a region, if it exists.
pub(super) async fn group(
    aws: &AwsClients,
    client: &HttpClient,
    region: &str,
    name: &str,
) -> Observed<Option<LogGroup>> {
    let groups = groups(aws, client, region, name).await?;
    Ok(groups.into_iter().find(|group| group.log_group_name == name))
}

/// The first log groups in a region whose names have this prefix.
pub(super) async fn groups(
    aws: &AwsClients,
    client: &HttpClient,
    region: &str,
    prefix: &str,
) -> Observed<Vec<LogGroup>> {
    let call = format!("DescribeLogGroups of {prefix} in {region}");
    let body = json!({"logGroupNamePrefix": prefix});
    let response: DescribeLogGroupsResponse =
        LOGS.call(aws, client, (region, "DescribeLogGroups"), &body, &call).await?;
    Ok(response.log_groups)
}
