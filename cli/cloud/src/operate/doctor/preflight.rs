//! Checks that preflights of allowed origins are accepted and those of others are rejected.

use super::{Finding, Observed, Subject};
use crate::operate::http::{HttpClient, Response};

const CHECK: &str = "preflights";
/// An origin that no stack allows: the name is reserved. <https://www.rfc-editor.org/rfc/rfc6761#section-6.4>
const FOREIGN: &str = "https://foreign.invalid";

pub(super) struct Facts {
    allowed: Vec<(String, Response)>,
    foreign: Response,
}

pub(super) async fn observe(subject: &Subject, client: &HttpClient, origins: &[String]) -> Observed<Facts> {
    let url = format!("{}/api/count", subject.address);
    let ask = async |origin: &str| {
        let headers = [("origin", origin), ("access-control-request-method", "POST")];
        client.send("OPTIONS", &url, &headers).await
    };
    let mut allowed = Vec::new();
    for origin in origins {
        allowed.push((origin.clone(), ask(origin).await?));
    }
    Ok(Facts { allowed, foreign: ask(FOREIGN).await? })
}

pub(super) fn judge(facts: &Observed<Facts>) -> Finding {
    let facts = match facts {
        Ok(facts) => facts,
        Err(error) => return Finding::skipped(CHECK, error),
    };
    let given = |response: &Response| response.header("access-control-allow-origin").map(str::to_owned);
    for (origin, response) in &facts.allowed {
        if response.status != 204 || given(response).as_deref() != Some(origin) {
            return Finding::fail(
                CHECK,
                format!(
                    "the preflight of the allowed origin {origin} returned {}: {}",
                    response.status,
                    response.excerpt()
                ),
                "wait a minute if it was set just now; else deploy again, and see the edge function's log",
            );
        }
    }
    if facts.foreign.status != 403 || given(&facts.foreign).is_some() {
        let found = format!(
            "the preflight of {FOREIGN} returned {}, so any site can count visits and request links",
            facts.foreign.status
        );
        return Finding::fail(
            CHECK,
            found,
            "deploy again: the behavior /api/* must run the edge function and have no CORS headers policy",
        );
    }
    if !facts.foreign.header("vary").is_some_and(|vary| vary.to_ascii_lowercase().contains("origin")) {
        let fix = "deploy again: the edge function has another version";
        return Finding::fail(
            CHECK,
            "a rejected preflight has no Vary: Origin, so a cache may serve it to another site",
            fix,
        );
    }
    Finding::pass(CHECK, format!("{} allowed, a foreign one rejected", facts.allowed.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, allowed: Option<&str>, vary: Option<&str>) -> Response {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = allowed.map(|origin| header("access-control-allow-origin", origin)).into_iter();
        Response { status, headers: headers.chain(vary.map(|vary| header("vary", vary))).collect(), body: vec![] }
    }

    #[test]
    fn a_rejected_allowed_origin_and_an_accepted_foreign_one_fail() {
        let ours = "https://d1.cloudfront.net";
        let facts =
            |allowed: Response, foreign: Response| Ok(Facts { allowed: vec![(ours.to_owned(), allowed)], foreign });
        let good = || response(204, Some(ours), Some("Origin"));
        let refused = || response(403, None, Some("Origin"));
        assert!(!judge(&facts(good(), refused())).is_failure());
        for (facts, says) in [
            (facts(refused(), refused()), "the allowed origin https://d1.cloudfront.net returned 403"),
            (facts(response(204, Some("*"), None), refused()), "the allowed origin"),
            (facts(good(), response(204, Some(FOREIGN), Some("Origin"))), "any site can count"),
            (facts(good(), response(403, Some("*"), Some("Origin"))), "any site can count"),
            (facts(good(), response(403, None, None)), "Vary"),
        ] {
            let finding = judge(&facts);
            assert!(finding.is_failure() && finding.found.contains(says), "{finding:?}");
        }
    }
}
