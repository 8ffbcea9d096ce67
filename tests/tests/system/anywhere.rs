//! What a visitor finds, here and at CloudFront: rules that are asked of the local edge, and of a real distribution that the same
//! template made where `VITAE_REAL_DISTRIBUTION` gives its address (`https://example.com`). What fails there and not here is where
//! the local edge is wrong; it goes into the list at the end of `local/SUPPORT.md`.
//!
//! They need nothing of the owner's and change nothing: no visit is counted.

use serde_json::Value;
use vitae_cloud::visitor::{Answer, Visitor};
use vitae_tests::running;

/// A site that is asked, wherever it is.
struct Site<'a> {
    address: &'a str,
    ask: &'a Ask<'a>,
}

/// Asks by a method, for an address, with headers.
type Ask<'a> = dyn Fn(&str, &str, &[(&'static str, &str)]) -> Answer + 'a;

type Seen = Result<(), String>;

type Rule = fn(&Site<'_>) -> Seen;

/// What is true of every deployed system, each in a sentence.
const RULES: [(&str, Rule); 17] = [
    ("the page is served compressed, by CloudFront", |site| {
        let answer = site.get("/", &[("accept-encoding", "gzip")]);
        is(&answer, 200)?;
        has(&answer, "content-type", "text/html")?;
        has(&answer, "content-encoding", "gzip")?;
        has(&answer, "via", "CloudFront")?;
        has(&answer, "x-cache", "cloudfront")
    }),
    ("a page that was asked for is kept", |site| {
        site.get("/", &[]);
        has(&site.get("/", &[]), "x-cache", "Hit from cloudfront")
    }),
    ("a page that the browser has is not sent again", |site| {
        let page = site.get("/", &[]);
        let answer = site.get("/", &[("if-none-match", page.header("etag").unwrap_or_default())]);
        is(&answer, 304)
    }),
    ("a part of a page can be asked for", |site| {
        let answer = site.get("/", &[("range", "bytes=0-14")]);
        is(&answer, 206)?;
        has(&answer, "content-range", "bytes 0-14/")
    }),
    ("a missing page is 404 with the site's own page", |site| {
        let answer = site.get("/no/such/page.html", &[]);
        is(&answer, 404)?;
        has(&answer, "content-type", "text/html")?;
        has(&answer, "x-cache", "Error from cloudfront")
    }),
    ("the site takes no POST", |site| is(&site.ask("POST", "/", &[]), 403)),
    ("an address of more than 8,192 bytes is 414", |site| is(&site.get(&format!("/{}", "a".repeat(8300)), &[]), 414)),
    ("the CV without a signature misses the key", |site| {
        let answer = site.get("/cv/resume.pdf", &[]);
        is(&answer, 403)?;
        says(&answer, "<Code>MissingKey</Code><Message>Missing Key-Pair-Id query parameter or cookie value</Message>")
    }),
    ("a key that nobody registered is unknown", |site| {
        let answer = site.get("/cv/resume.pdf?Expires=4102444800&Key-Pair-Id=K0000000000000&Signature=AAAA", &[]);
        is(&answer, 403)?;
        says(&answer, "<Code>InvalidKey</Code>")
    }),
    ("roundabout paths do not reach the CV", |site| {
        for path in ["/%63v/resume.pdf", "//cv/resume.pdf", "/x/../cv/resume.pdf", "/CV/resume.pdf"] {
            if site.get(path, &[]).status == 200 {
                return Err(format!("{path} is 200"));
            }
        }
        Ok(())
    }),
    ("a minted link opens the CV", |site| {
        let answer = site.get(&site.mint()?, &[]);
        is(&answer, 200)?;
        has(&answer, "content-type", "application/pdf")
    }),
    ("a link with a query added is refused", |site| {
        let answer = site.get(&format!("{}&download=1", site.mint()?), &[]);
        is(&answer, 403)?;
        says(&answer, "<Code>AccessDenied</Code>")
    }),
    ("a link for another path is refused", |site| {
        let answer = site.get(&site.mint()?.replace("/cv/resume.pdf", "/cv/other.pdf"), &[]);
        is(&answer, 403)?;
        says(&answer, "<Code>AccessDenied</Code>")
    }),
    ("a preflight of the site's own is allowed", |site| {
        let headers = [("origin", site.address), ("access-control-request-method", "POST")];
        let answer = site.ask("OPTIONS", "/api/count", &headers);
        is(&answer, 204)?;
        has(&answer, "access-control-allow-origin", site.address)?;
        has(&answer, "vary", "Origin")
    }),
    ("a foreign origin is refused", |site| {
        let answer = site.get("/api/cv", &[("origin", "https://foreign.example"), ("accept", "application/json")]);
        is(&answer, 403)?;
        has(&answer, "content-type", "application/problem+json")?;
        says(&answer, "origin_not_allowed")
    }),
    ("an unknown path of the API is 404 from the edge", |site| {
        let answer = site.get("/api/nothing", &[]);
        is(&answer, 404)?;
        has(&answer, "x-cache", "LambdaGeneratedResponse from cloudfront")?;
        says(&answer, "not_found")
    }),
    ("the count can be read", |site| {
        let answer = site.get("/api/count", &[("origin", site.address)]);
        is(&answer, 200)?;
        has(&answer, "access-control-allow-origin", site.address)?;
        says(&answer, "{\"count\":")
    }),
];

impl Site<'_> {
    fn ask(&self, method: &str, path: &str, headers: &[(&'static str, &str)]) -> Answer {
        (self.ask)(method, &format!("{}{path}", self.address), headers)
    }

    fn get(&self, path: &str, headers: &[(&'static str, &str)]) -> Answer {
        self.ask("GET", path, headers)
    }

    /// A link to the CV, from the path on.
    fn mint(&self) -> Result<String, String> {
        let answer = self.get("/api/cv", &[("origin", self.address), ("accept", "application/json")]);
        is(&answer, 200)?;
        let minted: Value = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
        let url = minted["url"].as_str().unwrap_or_default();
        // The local edge mints for its own address, a distribution for the name that was asked.
        url.find("/cv/").map(|at| url[at..].to_owned()).ok_or_else(|| "the answer has no link".to_owned())
    }
}

fn is(answer: &Answer, status: u16) -> Seen {
    if answer.status == status { Ok(()) } else { Err(format!("{} and not {status}", answer.status)) }
}

fn has(answer: &Answer, name: &str, part: &str) -> Seen {
    let value = answer.header(name).unwrap_or_default();
    if value.contains(part) { Ok(()) } else { Err(format!("{name} is {value:?}, without {part:?}")) }
}

fn says(answer: &Answer, part: &str) -> Seen {
    // Not quoted: a body may hold a link.
    let body = String::from_utf8_lossy(&answer.body);
    if body.contains(part) { Ok(()) } else { Err(format!("the body is without {part:?}")) }
}

/// The rules that are not kept.
fn broken(site: &Site<'_>) -> Vec<String> {
    let kept = RULES.iter().filter_map(|(rule, seen)| Some(format!("{rule}: {}", seen(site).err()?)));
    kept.collect()
}

#[test]
fn the_local_edge_keeps_the_rules_of_a_distribution() {
    let (running, _present) = running();
    let visitor = Visitor::default();
    let ask = |method: &str, url: &str, headers: &[(&'static str, &str)]| {
        running.block_on(visitor.ask(method, url, headers)).expect("an answer")
    };
    assert_eq!(broken(&Site { address: running.address(), ask: &ask }), Vec::<String>::new());
}

#[test]
fn a_real_distribution_keeps_them_too() {
    let Ok(address) = std::env::var("VITAE_REAL_DISTRIBUTION") else {
        eprintln!("VITAE_REAL_DISTRIBUTION is not set: not asked");
        return;
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let visitor = Visitor::default();
    let ask = |method: &str, url: &str, headers: &[(&'static str, &str)]| {
        runtime.block_on(visitor.ask(method, url, headers)).expect("an answer")
    };
    assert_eq!(broken(&Site { address: address.trim_end_matches('/'), ask: &ask }), Vec::<String>::new());
}
