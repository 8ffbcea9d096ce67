//! Checks that a visitor can download the CV: requests a link and follows it.

use serde_json::Value;
use vitae_parameters::Problem;

use super::{Finding, Observed, Subject};
use crate::{
    aws::CallError,
    operate::http::{HttpClient, Response},
};

const CHECK: &str = "CV link";

pub(super) struct Facts {
    link_response: Response,
    /// The response to the link; `None` without a link.
    fetched: Option<Result<Response, CallError>>,
}

pub(super) async fn observe(subject: &Subject, client: &HttpClient) -> Observed<Facts> {
    // As a person who typed the address.
    let headers = [("accept", "application/json"), ("sec-fetch-site", "none")];
    let link_response = client.send("GET", &format!("{}/api/cv", subject.address), &headers).await?;
    let url = link(&link_response);
    let fetched = match url {
        Some(url) => Some(client.send("GET", &url, &[]).await),
        None => None,
    };
    Ok(Facts { link_response, fetched })
}

fn link(link_response: &Response) -> Option<String> {
    let body: Value = serde_json::from_slice(&link_response.body).ok()?;
    body["url"].as_str().filter(|_| link_response.status == 200).map(str::to_owned)
}

pub(super) fn judge(facts: &Observed<Facts>) -> Finding {
    let facts = match facts {
        Ok(facts) => facts,
        Err(error) => return Finding::skipped(CHECK, error),
    };
    match &facts.fetched {
        None if is_gated(&facts.link_response) => {
            Finding::pass(CHECK, "visitors request the CV by e-mail (CvGate=request)")
        }
        None => {
            let found =
                format!("GET /api/cv returned {}: {}", facts.link_response.status, facts.link_response.excerpt());
            Finding::fail(
                CHECK,
                found,
                "see the signing key and the configuration above; a change takes a minute to reach the edges",
            )
        }
        Some(Err(error)) => Finding::skipped(CHECK, error),
        Some(Ok(response)) if response.status == 200 && !response.body.is_empty() => {
            Finding::pass(CHECK, format!("signed, and {} bytes downloaded with it", response.body.len()))
        }
        // Without s3:ListBucket a missing object is 403 too, with S3's message and not CloudFront's.
        Some(Ok(response)) if matches!(response.status, 403 | 404) && !is_of_the_signature(response) => Finding::fail(
            CHECK,
            format!(
                "the link returned {}: the CV is not in its bucket, or the bucket denies the distribution",
                response.status
            ),
            "upload it: `cargo vitae site apply` with the file in site/cv; see the CV bucket's policy above",
        ),
        Some(Ok(response)) => Finding::fail(
            CHECK,
            format!("the link returned {}: {}", response.status, response.excerpt()),
            "see the signing key above: `cargo vitae keys status`",
        ),
    }
}

/// Whether the owner closed anonymous downloads.
fn is_gated(link_response: &Response) -> bool {
    let body: Value = serde_json::from_slice(&link_response.body).unwrap_or_default();
    link_response.status == Problem::RequestRequired.status() && body["code"] == Problem::RequestRequired.code()
}

/// Whether CloudFront rejected the signature, which it reports with these codes.
fn is_of_the_signature(response: &Response) -> bool {
    let body = String::from_utf8_lossy(&response.body);
    ["MissingKey", "InvalidKey", "Unknown Key", "Access denied", "AccessDenied</Code><Message>Access denied"]
        .iter()
        .any(|words| body.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, body: &str) -> Response {
        Response { status, headers: vec![], body: body.into() }
    }

    #[test]
    fn a_link_that_does_not_return_the_cv_names_the_fix() {
        let link_response = || response(200, r#"{"url":"https://d1.cloudfront.net/cv/resume.pdf?x","expires":1}"#);
        let facts = |link_response, fetched: Option<Response>| Ok(Facts { link_response, fetched: fetched.map(Ok) });
        assert!(!judge(&facts(link_response(), Some(response(200, "%PDF")))).is_failure());
        for (facts, fix) in [
            (facts(response(503, r#"{"code":"config_unavailable"}"#), None), "signing key and the configuration"),
            (
                facts(
                    link_response(),
                    Some(response(403, "<Code>AccessDenied</Code><Message>Access Denied</Message>")),
                ),
                "site apply",
            ),
            (facts(link_response(), Some(response(404, "<Code>NoSuchKey</Code>"))), "site apply"),
            (
                facts(link_response(), Some(response(403, "<Code>InvalidKey</Code><Message>Unknown Key</Message>"))),
                "keys status",
            ),
            (facts(link_response(), Some(response(200, ""))), "keys status"),
        ] {
            let finding = judge(&facts);
            assert!(finding.is_failure() && finding.fix.as_ref().unwrap().contains(fix), "{finding:?}");
        }
    }

    #[test]
    fn a_gate_that_the_owner_closed_is_not_a_failure() {
        let judge = |status, body| judge(&Ok(Facts { link_response: response(status, body), fetched: None }));
        assert!(!judge(403, r#"{"code":"request_required"}"#).is_failure());
        assert!(judge(403, r#"{"code":"origin_not_allowed"}"#).is_failure());
        assert!(judge(200, r#"{"code":"request_required"}"#).is_failure());
    }

    #[test]
    fn a_link_is_read_from_a_200_response_only() {
        assert_eq!(link(&response(200, r#"{"url":"u"}"#)).as_deref(), Some("u"));
        assert_eq!(link(&response(403, r#"{"url":"u"}"#)), None);
    }
}
