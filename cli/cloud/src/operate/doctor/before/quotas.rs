//! Checks that the account may have one more of each resource of CloudFront that a stack creates. The stack has no cache, origin
//! request or response headers policy of its own.

use serde::Deserialize;
use serde_json::json;

use super::{Finding, Observed};
use crate::{
    aws::{AwsClients, CallError, REGION},
    operate::{http::HttpClient, signed_request::SERVICE_QUOTAS},
};

/// A quota of CloudFront.
struct Quota {
    check: &'static str,
    /// How many a stack creates: two public keys exist while a key rotates.
    needed: u32,
    /// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html>
    default: u32,
    /// Its code in Service Quotas, if it is known: an account may have another value.
    code: Option<&'static str>,
}

const DISTRIBUTIONS: Quota =
    Quota { check: "quota of distributions", needed: 1, default: 500, code: Some("L-24B04930") };
const KEY_GROUPS: Quota = Quota { check: "quota of key groups", needed: 1, default: 10, code: Some("L-D64DA6E2") };
const PUBLIC_KEYS: Quota = Quota { check: "quota of public keys", needed: 2, default: 10, code: None };
const ACCESS_CONTROLS: Quota = Quota { check: "quota of origin access controls", needed: 2, default: 100, code: None };
const FUNCTIONS: Quota = Quota { check: "quota of CloudFront Functions", needed: 1, default: 100, code: None };

pub(super) struct Facts {
    quota: &'static Quota,
    /// How many the account has.
    used: Observed<u32>,
    /// The account's value, if Service Quotas has it.
    limit: Option<u32>,
}

#[derive(Deserialize)]
struct ListServiceQuotasResponse {
    #[serde(rename = "Quotas", default)]
    quotas: Vec<ServiceQuota>,
    #[serde(rename = "NextToken")]
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ServiceQuota {
    quota_code: Option<String>,
    value: Option<f64>,
}

pub(super) async fn observe(aws: &AwsClients, client: &HttpClient) -> Vec<Facts> {
    // Without them, the documented defaults apply.
    let quotas = service_quotas(aws, client).await.unwrap_or_default();
    let limit = |quota: &Quota| {
        let found = quotas.iter().find(|one| one.quota_code.as_deref() == quota.code && quota.code.is_some());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small whole number")]
        found.and_then(|one| one.value).map(|value| value as u32)
    };
    let counted = [
        (&DISTRIBUTIONS, distributions(aws).await),
        (&KEY_GROUPS, key_groups(aws).await),
        (&PUBLIC_KEYS, public_keys(aws).await),
        (&ACCESS_CONTROLS, access_controls(aws).await),
        (&FUNCTIONS, functions(aws).await),
    ];
    counted.into_iter().map(|(quota, used)| Facts { quota, used, limit: limit(quota) }).collect()
}

async fn service_quotas(aws: &AwsClients, client: &HttpClient) -> Observed<Vec<ServiceQuota>> {
    let mut quotas = Vec::new();
    let mut body = json!({"ServiceCode": "cloudfront", "MaxResults": 100});
    loop {
        let call = "ListServiceQuotas of CloudFront";
        let page: ListServiceQuotasResponse =
            SERVICE_QUOTAS.call(aws, client, (REGION, "ListServiceQuotas"), &body, call).await?;
        quotas.extend(page.quotas);
        let Some(token) = page.next_token else { return Ok(quotas) };
        body["NextToken"] = token.into();
    }
}

fn count(items: usize) -> u32 {
    u32::try_from(items).unwrap_or(u32::MAX)
}

async fn distributions(aws: &AwsClients) -> Observed<u32> {
    let mut items = 0;
    let mut pages = aws.cloudfront().list_distributions().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::new("ListDistributions", &error))?;
        items += page.distribution_list().map_or(0, |list| list.items().len());
    }
    Ok(count(items))
}

async fn key_groups(aws: &AwsClients) -> Observed<u32> {
    let listed = aws.cloudfront().list_key_groups().send().await;
    let listed = listed.map_err(|error| CallError::new("ListKeyGroups", &error))?;
    Ok(count(listed.key_group_list().map_or(0, |list| list.items().len())))
}

async fn public_keys(aws: &AwsClients) -> Observed<u32> {
    let mut items = 0;
    let mut pages = aws.cloudfront().list_public_keys().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::new("ListPublicKeys", &error))?;
        items += page.public_key_list().map_or(0, |list| list.items().len());
    }
    Ok(count(items))
}

async fn access_controls(aws: &AwsClients) -> Observed<u32> {
    let mut items = 0;
    let mut pages = aws.cloudfront().list_origin_access_controls().into_paginator().send();
    while let Some(page) = pages.next().await {
        let page = page.map_err(|error| CallError::new("ListOriginAccessControls", &error))?;
        items += page.origin_access_control_list().map_or(0, |list| list.items().len());
    }
    Ok(count(items))
}

async fn functions(aws: &AwsClients) -> Observed<u32> {
    let mut items = 0;
    let mut marker = None;
    loop {
        let listed = aws.cloudfront().list_functions().set_marker(marker).send().await;
        let listed = listed.map_err(|error| CallError::new("ListFunctions of CloudFront", &error))?;
        let Some(list) = listed.function_list() else { return Ok(count(items)) };
        items += list.items().len();
        marker = list.next_marker().filter(|marker| !marker.is_empty()).map(str::to_owned);
        if marker.is_none() {
            return Ok(count(items));
        }
    }
}

pub(super) fn judge(facts: &[Facts]) -> Vec<Finding> {
    facts.iter().map(one).collect()
}

fn one(facts: &Facts) -> Finding {
    let Quota { check, needed, default, .. } = *facts.quota;
    let used = match &facts.used {
        Err(error) => return Finding::skipped(check, error),
        Ok(used) => *used,
    };
    let limit = facts.limit.unwrap_or(default);
    let source = if facts.limit.is_some() { "" } else { ", the documented default" };
    let found = format!("{used} of {limit}{source}; a stack needs {needed}");
    if used.saturating_add(needed) <= limit {
        Finding::pass(check, found)
    } else {
        let fix = "delete what is not used, or request a higher quota in Service Quotas or, if it is not listed there, from AWS Support";
        Finding::fail(check, found, fix)
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::Verdict, *};

    #[test]
    fn a_quota_that_does_not_allow_one_more_stack_is_a_failure() {
        for (quota, used, limit, verdict) in [
            (&DISTRIBUTIONS, 0, None, Verdict::Pass),
            (&DISTRIBUTIONS, 499, None, Verdict::Pass),
            (&DISTRIBUTIONS, 500, None, Verdict::Fail),
            (&DISTRIBUTIONS, 199, Some(200), Verdict::Pass),
            (&DISTRIBUTIONS, 200, Some(200), Verdict::Fail),
            (&PUBLIC_KEYS, 8, None, Verdict::Pass),
            (&PUBLIC_KEYS, 9, None, Verdict::Fail),
            (&KEY_GROUPS, 10, Some(30), Verdict::Pass),
            (&ACCESS_CONTROLS, 99, None, Verdict::Fail),
            (&FUNCTIONS, 99, None, Verdict::Pass),
        ] {
            let finding = one(&Facts { quota, used: Ok(used), limit });
            assert_eq!(finding.verdict, verdict, "{finding:?}");
            assert_eq!(finding.found.contains("documented default"), limit.is_none(), "{finding:?}");
        }
    }

    #[test]
    fn a_denied_list_is_a_warning() {
        let error = CallError { call: "ListKeyGroups".into(), reason: "AccessDenied: no".into() };
        assert_eq!(one(&Facts { quota: &KEY_GROUPS, used: Err(error), limit: None }).verdict, Verdict::Warn);
    }
}
