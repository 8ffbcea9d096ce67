//! Whether a visitor gets the CV: a link is minted, and followed.

use serde_json::Value;

use super::{Finding, Observed, Subject};
use crate::{
    aws::CallError,
    operate::http::{Answer, Visitor},
};

const CHECK: &str = "CV link";

pub(super) struct Facts {
    minted: Answer,
    /// What the link was answered; `None` if there is none.
    fetched: Option<Result<Answer, CallError>>,
}

pub(super) async fn observe(subject: &Subject, visitor: &Visitor) -> Observed<Facts> {
    // As a person who typed the address: no other site sent them.
    let headers = [("accept", "application/json"), ("sec-fetch-site", "none")];
    let minted = visitor.ask("GET", &format!("{}/api/cv", subject.address), &headers).await?;
    let url = link(&minted);
    let fetched = match url {
        Some(url) => Some(visitor.ask("GET", &url, &[]).await),
        None => None,
    };
    Ok(Facts { minted, fetched })
}

fn link(minted: &Answer) -> Option<String> {
    let body: Value = serde_json::from_slice(&minted.body).ok()?;
    body["url"].as_str().filter(|_| minted.status == 200).map(str::to_owned)
}

pub(super) fn judge(facts: &Observed<Facts>) -> Finding {
    let facts = match facts {
        Ok(facts) => facts,
        Err(error) => return Finding::unseen(CHECK, error),
    };
    match &facts.fetched {
        None => {
            let found = format!("GET /api/cv answers {}: {}", facts.minted.status, facts.minted.excerpt());
            Finding::fail(
                CHECK,
                found,
                "see the signing key and the configuration above; a change takes a minute to reach the edges",
            )
        }
        Some(Err(error)) => Finding::unseen(CHECK, error),
        Some(Ok(answer)) if answer.status == 200 && !answer.body.is_empty() => {
            Finding::pass(CHECK, format!("minted, and {} bytes fetched with it", answer.body.len()))
        }
        // Without s3:ListBucket a missing object is 403 as well, in S3's words and not CloudFront's.
        Some(Ok(answer)) if matches!(answer.status, 403 | 404) && !is_of_the_signature(answer) => Finding::fail(
            CHECK,
            format!(
                "the link is answered {}: the CV is not in its bucket, or the bucket refuses the distribution",
                answer.status
            ),
            "upload it: `cargo vitae site apply` with the file in site/cv; see the CV bucket's policy above",
        ),
        Some(Ok(answer)) => Finding::fail(
            CHECK,
            format!("the link is answered {}: {}", answer.status, answer.excerpt()),
            "see the signing key above: `cargo vitae keys status`",
        ),
    }
}

/// Whether CloudFront refused the signature, which it says by these words.
fn is_of_the_signature(answer: &Answer) -> bool {
    let body = String::from_utf8_lossy(&answer.body);
    ["MissingKey", "InvalidKey", "Unknown Key", "Access denied", "AccessDenied</Code><Message>Access denied"]
        .iter()
        .any(|words| body.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, body: &str) -> Answer {
        Answer { status, headers: vec![], body: body.into() }
    }

    #[test]
    fn a_link_that_does_not_lead_to_the_cv_says_why() {
        let minted = || answer(200, r#"{"url":"https://d1.cloudfront.net/cv/resume.pdf?x","expires":1}"#);
        let facts = |minted, fetched: Option<Answer>| Ok(Facts { minted, fetched: fetched.map(Ok) });
        assert!(!judge(&facts(minted(), Some(answer(200, "%PDF")))).is_failure());
        for (facts, fix) in [
            (facts(answer(503, r#"{"code":"config_unavailable"}"#), None), "signing key and the configuration"),
            (
                facts(minted(), Some(answer(403, "<Code>AccessDenied</Code><Message>Access Denied</Message>"))),
                "site apply",
            ),
            (facts(minted(), Some(answer(404, "<Code>NoSuchKey</Code>"))), "site apply"),
            (
                facts(minted(), Some(answer(403, "<Code>InvalidKey</Code><Message>Unknown Key</Message>"))),
                "keys status",
            ),
            (facts(minted(), Some(answer(200, ""))), "keys status"),
        ] {
            let finding = judge(&facts);
            assert!(finding.is_failure() && finding.fix.as_ref().unwrap().contains(fix), "{finding:?}");
        }
    }

    #[test]
    fn a_link_is_taken_from_an_answer_of_200_alone() {
        assert_eq!(link(&answer(200, r#"{"url":"u"}"#)).as_deref(), Some("u"));
        assert_eq!(link(&answer(403, r#"{"url":"u"}"#)), None);
    }
}
