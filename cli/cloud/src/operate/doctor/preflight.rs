//! Whether each allowed origin may ask, and another may not.

use super::{Finding, Observed, Subject};
use crate::operate::http::{Answer, Visitor};

const CHECK: &str = "preflights";
/// An origin that no stack allows: the name is reserved. <https://www.rfc-editor.org/rfc/rfc6761#section-6.4>
const FOREIGN: &str = "https://foreign.invalid";

pub(super) struct Facts {
    allowed: Vec<(String, Answer)>,
    foreign: Answer,
}

pub(super) async fn observe(subject: &Subject, visitor: &Visitor, origins: &[String]) -> Observed<Facts> {
    let url = format!("{}/api/count", subject.address);
    let ask = async |origin: &str| {
        let headers = [("origin", origin), ("access-control-request-method", "POST")];
        visitor.ask("OPTIONS", &url, &headers).await
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
        Err(error) => return Finding::unseen(CHECK, error),
    };
    let given = |answer: &Answer| answer.header("access-control-allow-origin").map(str::to_owned);
    for (origin, answer) in &facts.allowed {
        if answer.status != 204 || given(answer).as_deref() != Some(origin) {
            return Finding::fail(
                CHECK,
                format!(
                    "the preflight of {origin}, which is allowed, is answered {}: {}",
                    answer.status,
                    answer.excerpt()
                ),
                "wait a minute for the edges if it was set just now; else deploy again, and see the edge function's log",
            );
        }
    }
    if facts.foreign.status != 403 || given(&facts.foreign).is_some() {
        let found =
            format!("the preflight of {FOREIGN} is answered {}: any site may count and mint", facts.foreign.status);
        return Finding::fail(
            CHECK,
            found,
            "deploy again: the behavior /api/* must run the edge function and have no CORS headers policy",
        );
    }
    if !facts.foreign.header("vary").is_some_and(|vary| vary.to_ascii_lowercase().contains("origin")) {
        let fix = "deploy again: the edge function is of another version";
        return Finding::fail(
            CHECK,
            "a refused preflight has no Vary: Origin, and may be kept for the wrong site",
            fix,
        );
    }
    Finding::pass(CHECK, format!("{} allowed, a foreign one refused", facts.allowed.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, allowed: Option<&str>, vary: Option<&str>) -> Answer {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let headers = allowed.map(|origin| header("access-control-allow-origin", origin)).into_iter();
        Answer { status, headers: headers.chain(vary.map(|vary| header("vary", vary))).collect(), body: vec![] }
    }

    #[test]
    fn an_allowed_origin_that_is_refused_and_a_foreign_one_that_is_not_fail() {
        let ours = "https://d1.cloudfront.net";
        let facts = |allowed: Answer, foreign: Answer| Ok(Facts { allowed: vec![(ours.to_owned(), allowed)], foreign });
        let good = || answer(204, Some(ours), Some("Origin"));
        let refused = || answer(403, None, Some("Origin"));
        assert!(!judge(&facts(good(), refused())).is_failure());
        for (facts, says) in [
            (facts(refused(), refused()), "which is allowed, is answered 403"),
            (facts(answer(204, Some("*"), None), refused()), "which is allowed"),
            (facts(good(), answer(204, Some(FOREIGN), Some("Origin"))), "any site may count"),
            (facts(good(), answer(403, Some("*"), Some("Origin"))), "any site may count"),
            (facts(good(), answer(403, None, None)), "Vary"),
        ] {
            let finding = judge(&facts);
            assert!(finding.is_failure() && finding.found.contains(says), "{finding:?}");
        }
    }
}
