//! Rules that hold for the local edge and for a real distribution of the same template. `VITAE_REAL_DISTRIBUTION` is
//! the address of such a distribution (`https://example.com`). A rule that only the real one breaks is a fault of the
//! local edge, and goes into the list at the end of `local/SUPPORT.md`.
//!
//! The rules need no credentials and change nothing: no visit is counted.

use serde_json::Value;
use vitae_cloud::operate::http::{HttpClient, Response};
use vitae_tests::running_system;

/// A site under test, local or real.
struct Site<'a> {
    address: &'a str,
    send: &'a Send<'a>,
}

/// Sends a request with a method, a URL and headers.
type Send<'a> = dyn Fn(&str, &str, &[(&'static str, &str)]) -> Response + 'a;

/// Whether a rule holds, or how it is broken.
type Check = Result<(), String>;

type Rule = fn(&Site<'_>) -> Check;

/// What is true of every deployed system.
const RULES: [(&str, Rule); 17] = [
    ("CloudFront serves the page compressed", |site| {
        let response = site.get("/", &[("accept-encoding", "gzip")]);
        has_status(&response, 200)?;
        has_header(&response, "content-type", "text/html")?;
        has_header(&response, "content-encoding", "gzip")?;
        has_header(&response, "via", "CloudFront")?;
        has_header(&response, "x-cache", "cloudfront")
    }),
    ("a page is cached", |site| {
        site.get("/", &[]);
        has_header(&site.get("/", &[]), "x-cache", "Hit from cloudfront")
    }),
    ("a conditional request for an unchanged page is 304", |site| {
        let page = site.get("/", &[]);
        let response = site.get("/", &[("if-none-match", page.header("etag").unwrap_or_default())]);
        has_status(&response, 304)
    }),
    ("a range request is 206", |site| {
        let response = site.get("/", &[("range", "bytes=0-14")]);
        has_status(&response, 206)?;
        has_header(&response, "content-range", "bytes 0-14/")
    }),
    ("a missing page is 404 with the site's own page", |site| {
        let response = site.get("/no/such/page.html", &[]);
        has_status(&response, 404)?;
        has_header(&response, "content-type", "text/html")?;
        has_header(&response, "x-cache", "Error from cloudfront")
    }),
    ("the site refuses POST", |site| has_status(&site.send("POST", "/", &[]), 403)),
    ("a URL of more than 8,192 bytes is 414", |site| {
        has_status(&site.get(&format!("/{}", "a".repeat(8300)), &[]), 414)
    }),
    ("the CV without a signature is a missing key", |site| {
        let response = site.get("/cv/resume.pdf", &[]);
        has_status(&response, 403)?;
        body_has(
            &response,
            "<Code>MissingKey</Code><Message>Missing Key-Pair-Id query parameter or cookie value</Message>",
        )
    }),
    ("an unregistered key id is an invalid key", |site| {
        let response = site.get("/cv/resume.pdf?Expires=4102444800&Key-Pair-Id=K0000000000000&Signature=AAAA", &[]);
        has_status(&response, 403)?;
        body_has(&response, "<Code>InvalidKey</Code>")
    }),
    ("alternative spellings of the path do not reach the CV", |site| {
        for path in ["/%63v/resume.pdf", "//cv/resume.pdf", "/x/../cv/resume.pdf", "/CV/resume.pdf"] {
            if site.get(path, &[]).status == 200 {
                return Err(format!("{path} is 200"));
            }
        }
        Ok(())
    }),
    ("a link opens the CV", |site| {
        let response = site.get(&site.cv_link()?, &[]);
        has_status(&response, 200)?;
        has_header(&response, "content-type", "application/pdf")
    }),
    ("a link with an added query parameter is refused", |site| {
        let response = site.get(&format!("{}&download=1", site.cv_link()?), &[]);
        has_status(&response, 403)?;
        body_has(&response, "<Code>AccessDenied</Code>")
    }),
    ("a link for another path is refused", |site| {
        let response = site.get(&site.cv_link()?.replace("/cv/resume.pdf", "/cv/other.pdf"), &[]);
        has_status(&response, 403)?;
        body_has(&response, "<Code>AccessDenied</Code>")
    }),
    ("a preflight from the site is allowed", |site| {
        let headers = [("origin", site.address), ("access-control-request-method", "POST")];
        let response = site.send("OPTIONS", "/api/count", &headers);
        has_status(&response, 204)?;
        has_header(&response, "access-control-allow-origin", site.address)?;
        has_header(&response, "vary", "Origin")
    }),
    ("a foreign origin is refused", |site| {
        let response = site.get("/api/cv", &[("origin", "https://foreign.example"), ("accept", "application/json")]);
        has_status(&response, 403)?;
        has_header(&response, "content-type", "application/problem+json")?;
        body_has(&response, "origin_not_allowed")
    }),
    ("an unknown path of the API is rejected at the edge, not by the site's error page", |site| {
        let response = site.get("/api/nothing", &[]);
        has_status(&response, 400)?;
        has_header(&response, "x-cache", "LambdaGeneratedResponse from cloudfront")?;
        body_has(&response, "not_found")
    }),
    ("the count can be read", |site| {
        let response = site.get("/api/count", &[("origin", site.address)]);
        has_status(&response, 200)?;
        has_header(&response, "access-control-allow-origin", site.address)?;
        body_has(&response, "{\"count\":")
    }),
];

impl Site<'_> {
    fn send(&self, method: &str, path: &str, headers: &[(&'static str, &str)]) -> Response {
        (self.send)(method, &format!("{}{path}", self.address), headers)
    }

    fn get(&self, path: &str, headers: &[(&'static str, &str)]) -> Response {
        self.send("GET", path, headers)
    }

    /// Requests a link to the CV and returns its path and query.
    fn cv_link(&self) -> Result<String, String> {
        let response = self.get("/api/cv", &[("origin", self.address), ("accept", "application/json")]);
        has_status(&response, 200)?;
        let body: Value = serde_json::from_slice(&response.body).map_err(|error| error.to_string())?;
        let url = body["url"].as_str().unwrap_or_default();
        // The host differs: the local edge signs for its own address, a distribution for the requested name.
        url.find("/cv/").map(|at| url[at..].to_owned()).ok_or_else(|| "the response has no link".to_owned())
    }
}

fn has_status(response: &Response, status: u16) -> Check {
    if response.status == status { Ok(()) } else { Err(format!("status {}, expected {status}", response.status)) }
}

fn has_header(response: &Response, name: &str, part: &str) -> Check {
    let value = response.header(name).unwrap_or_default();
    if value.contains(part) { Ok(()) } else { Err(format!("{name} is {value:?}, expected {part:?} in it")) }
}

fn body_has(response: &Response, part: &str) -> Check {
    // The message does not quote the body, which may hold a link.
    let body = String::from_utf8_lossy(&response.body);
    if body.contains(part) { Ok(()) } else { Err(format!("the body does not contain {part:?}")) }
}

/// The rules that the site breaks, and how.
fn broken_rules(site: &Site<'_>) -> Vec<String> {
    RULES.iter().filter_map(|(name, check)| Some(format!("{name}: {}", check(site).err()?))).collect()
}

#[test]
fn the_local_edge_follows_the_rules_of_a_distribution() {
    let (running, _clock) = running_system();
    let client = HttpClient::default();
    let send = |method: &str, url: &str, headers: &[(&'static str, &str)]| {
        running.block_on(client.send(method, url, headers)).expect("a response")
    };
    assert_eq!(broken_rules(&Site { address: running.address(), send: &send }), Vec::<String>::new());
}

#[test]
fn a_real_distribution_follows_them_too() {
    let Ok(address) = std::env::var("VITAE_REAL_DISTRIBUTION") else {
        eprintln!("skipped: VITAE_REAL_DISTRIBUTION is not set");
        return;
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let client = HttpClient::default();
    let send = |method: &str, url: &str, headers: &[(&'static str, &str)]| {
        runtime.block_on(client.send(method, url, headers)).expect("a response")
    };
    assert_eq!(broken_rules(&Site { address: address.trim_end_matches('/'), send: &send }), Vec::<String>::new());
}
