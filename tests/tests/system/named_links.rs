//! Named links, from the owner's command to the document.

use aws_sdk_dynamodb::types::AttributeValue;
use vitae_cloud::operate::links::{Created, Error, Lifetime, Links};
use vitae_links::{
    code::Code,
    document::Document,
    label::Label,
    row::{LinkRow, attribute::PK},
};
use vitae_tests::{Response, RunningSystem, running_system};

/// What mail scanners and link previews send.
const PREVIEWS: [&str; 4] = [
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "facebookexternalhit/1.1",
    "Mozilla/5.0 (Windows NT 10.0) SafeLinks",
    "curl/8.0",
];

fn create(running: &RunningSystem, links: &Links, document: Option<&str>) -> Created {
    let label = Label::parse("Acme, J. Doe").unwrap();
    running.block_on(links.create(label, document, Lifetime::default())).unwrap()
}

/// The path of a URL of the site.
fn path(running: &RunningSystem, url: &str) -> String {
    url.strip_prefix(running.address()).unwrap_or_else(|| panic!("not a link of the site")).to_owned()
}

fn opens(running: &RunningSystem, links: &Links, created: &Created) -> u64 {
    running.block_on(links.show(created.link.id.as_str())).unwrap().opens
}

/// Posts the form of the page.
fn open(running: &RunningSystem, path: &str) -> Response {
    let form =
        running.request("POST", path).from_the_site().header("content-type", "application/x-www-form-urlencoded");
    form.header("accept", "text/html,application/xhtml+xml").send()
}

/// As a script sends it: the response of an error is a problem.
fn open_as_json(running: &RunningSystem, path: &str) -> Response {
    running.request("POST", path).from_the_site().header("accept", "application/json").send()
}

#[test]
fn a_link_shows_its_page_and_opens_its_document_and_the_owner_sees_one_open() {
    let (running, _clock) = running_system();
    let links = running.links();
    let created = create(running, &links, None);
    let path = path(running, &created.url);
    let page = running.request("GET", &path).header("accept", "text/html").send();
    assert_eq!((page.status.as_u16(), page.header("content-type").as_str()), (200, "text/html; charset=utf-8"));
    assert!(page.text().contains("resume.pdf") && !page.text().contains("Acme"), "{}", page.text());
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("referrer-policy"), "same-origin");
    assert!(page.header("x-robots-tag").contains("noindex") || page.text().contains("noindex"));
    assert_eq!(opens(running, &links, &created), 0);

    let opened = open(running, &path);
    assert_eq!(opened.status, 303, "{}", opened.text());
    let file = opened.header("location");
    let file = file.strip_prefix(running.address()).unwrap_or(&file);
    assert!(file.starts_with("/cv/resume.pdf?"), "another document");
    assert!(running.request("GET", file).send().body.starts_with(b"%PDF-"));
    let link = running.block_on(links.show(created.link.id.short())).unwrap();
    assert_eq!(link.opens, 1);
    assert!(link.first_open_s.is_some() && link.first_open_s == link.last_open_s);
}

#[test]
fn a_link_preview_counts_nothing() {
    let (running, _clock) = running_system();
    let links = running.links();
    let created = create(running, &links, None);
    let path = path(running, &created.url);
    for agent in PREVIEWS {
        for method in ["GET", "HEAD"] {
            let response = running.request(method, &path).header("user-agent", agent).header("accept", "*/*").send();
            assert_eq!(response.status, 200, "{method} {agent}");
            assert!(method == "GET" || response.body.is_empty());
        }
    }
    // A page of another site cannot open it either.
    for origin in ["https://evil.example", "null"] {
        let foreign = running.request("POST", &path).header("origin", origin).send();
        assert_eq!(foreign.status_and_code(), (403, "origin_not_allowed".to_owned()));
    }
    assert_eq!(running.request("POST", &path).send().status_and_code(), (403, "origin_not_allowed".to_owned()));
    assert_eq!(opens(running, &links, &created), 0);
}

#[test]
fn a_revoked_link_is_gone_at_once_and_stays_so() {
    let (running, _clock) = running_system();
    let links = running.links();
    let created = create(running, &links, None);
    let path = path(running, &created.url);
    let id = created.link.id.short();
    running.block_on(links.revoke(id)).unwrap();
    let first = running.block_on(links.revoke(id)).unwrap();
    assert_eq!(open_as_json(running, &path).status_and_code(), (410, "link_revoked".to_owned()));
    let page = running.request("GET", &path).header("accept", "text/html").send();
    assert_eq!((page.status.as_u16(), page.header("content-type").as_str()), (410, "text/html; charset=utf-8"));
    assert_eq!(opens(running, &links, &created), 0);
    let extended = running.block_on(links.extend(id, Lifetime::default()));
    assert!(matches!(extended, Err(Error::Revoked { .. })), "{extended:?}");
    assert_eq!(running.block_on(links.show(id)).unwrap().revoked_s, first.revoked_s);
}

#[test]
fn an_expired_link_is_gone_until_it_is_extended() {
    let (running, _clock) = running_system();
    let links = running.links();
    let code = Code::generate().unwrap();
    let (label, document) = (Label::parse("Past").unwrap(), Document::parse("resume.pdf").unwrap());
    let link = LinkRow::new(code.id(), label, document, 1, 2);
    let table = &running.system().outputs().links.as_ref().expect("links").table;
    let put = running.system().owner().dynamodb().put_item().table_name(table).set_item(Some(link.to_item()));
    running.block_on(put.send()).unwrap();
    let path = format!("/l/{}", code.as_str());
    assert_eq!(open_as_json(running, &path).status_and_code(), (410, "link_expired".to_owned()));
    running.block_on(links.extend(link.id.short(), "1h".parse().unwrap())).unwrap();
    assert_eq!(open(running, &path).status, 303);
}

#[test]
fn an_unknown_link_is_gone_however_much_of_its_code_is_right() {
    let (running, _clock) = running_system();
    let created = create(running, &running.links(), None);
    let path = path(running, &created.url);
    let (start, last) = path.split_at(path.len() - 1);
    let other = if last == "A" { "Q" } else { "A" };
    for unknown in [format!("{start}{other}"), format!("/l/{}", "A".repeat(22))] {
        assert_eq!(open_as_json(running, &unknown).status_and_code(), (410, "link_unknown".to_owned()));
        let page = running.request("GET", &unknown).header("accept", "text/html").send();
        assert_eq!(page.status, 410);
    }
    for malformed in ["/l/", "/l/x", start, &format!("{path}/")] {
        assert_eq!(running.request("GET", malformed).send().status_and_code(), (400, "not_found".to_owned()));
    }
}

/// A document that the site's folder does not have.
const DOCUMENT: &str = "cv/other r\u{e9}sum\u{e9}.pdf";

#[test]
fn a_link_of_one_document_never_opens_another() {
    let (running, _clock) = running_system();
    let _bucket = crate::CV_BUCKET.lock().unwrap();
    let links = running.links();
    let bucket = &running.system().outputs().cv_bucket;
    let put = running.system().deployer().s3().put_object().bucket(bucket).key(DOCUMENT);
    running.block_on(put.body(b"%PDF-other".to_vec().into()).send()).unwrap();
    let created = create(running, &links, Some("other r\u{e9}sum\u{e9}.pdf"));
    let opened = open(running, &path(running, &created.url));
    let file = opened.header("location");
    let file = file.strip_prefix(running.address()).unwrap_or(&file).to_owned();
    assert!(file.starts_with("/cv/other%20r%C3%A9sum%C3%A9.pdf?"), "another document");
    assert_eq!(running.request("GET", &file).send().body.as_ref(), b"%PDF-other");
    let forged = file.replacen("other%20r%C3%A9sum%C3%A9.pdf", "resume.pdf", 1);
    assert_eq!(running.request("GET", &forged).send().status, 403);
    let missing = running.block_on(links.create(Label::parse("x").unwrap(), Some("missing.pdf"), Lifetime::default()));
    let error = missing.unwrap_err().to_string();
    assert!(error.contains("\"missing.pdf\"") && error.contains("resume.pdf"), "{error}");
    let delete = running.system().deployer().s3().delete_object().bucket(bucket).key(DOCUMENT);
    running.block_on(delete.send()).unwrap();
}

#[test]
fn a_body_has_at_most_4_kb_and_the_response_names_the_allowed_origin_only() {
    let (running, _clock) = running_system();
    let request = |body: String| {
        running
            .request("POST", "/l/request")
            .from_the_site()
            .header("content-type", "application/json")
            .body(body)
            .send()
    };
    assert_eq!(request("x".repeat(4097)).status_and_code(), (413, "body_too_large".to_owned()));
    let accepted = request(r#"{"email":"preflight@example.org"}"#.to_owned());
    assert_eq!(accepted.status, 202, "{}", accepted.text());
    assert_eq!(accepted.header("access-control-allow-origin"), running.address());
    assert_eq!(request("{}".to_owned()).status_and_code(), (400, "bad_request".to_owned()));
}

#[test]
fn forgetting_an_address_deletes_its_rows_and_its_links_and_no_others() {
    let (running, _clock) = running_system();
    let links = running.links();
    let kept = create(running, &links, None);
    let request = running.request("POST", "/l/request").from_the_site().header("content-type", "application/json");
    let response = request.body(r#"{"email":"Forget.Me+cv@example.org"}"#).send();
    assert_eq!(response.status, 202, "{}", response.text());
    let requested =
        || running.block_on(links.list()).unwrap().into_iter().filter(|link| link.address.is_some()).count();
    let before = requested();
    let address = vitae_links::address::Address::parse("forget.me@example.org").unwrap();
    let deleted = running.block_on(links.forget(&address)).unwrap();
    assert!(deleted >= 2, "{deleted}: the address and its link");
    assert_eq!(requested(), before - 1);
    assert_eq!(running.block_on(links.forget(&address)).unwrap(), 0);
    assert_eq!(running.block_on(links.show(kept.link.id.short())).unwrap().id, kept.link.id);
}

#[test]
fn no_row_contains_a_code() {
    let (running, _clock) = running_system();
    let created = create(running, &running.links(), None);
    let code = created.url.rsplit('/').next().unwrap();
    let table = &running.system().outputs().links.as_ref().expect("links").table;
    let scan = running.system().owner().dynamodb().scan().table_name(table).send();
    let items = running.block_on(scan).unwrap();
    assert!(items.items().iter().any(|item| item[PK] == AttributeValue::S(format!("link#{}", created.link.id))));
    assert!(!format!("{:?}", items.items()).contains(code), "a code is stored");
}
