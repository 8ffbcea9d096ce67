//! Pages and opens.

use std::sync::Arc;
use std::time::Instant;

use serde_json::{Value, json};
use tokio::task::JoinSet;
use vitae_links::code::Code;
use vitae_links::row::NoticeState;

use crate::fixture::{Fixture, LABEL, Options};
use crate::requests::{NOW_S, at, body, event, events, header, log, open, status};

pub(crate) async fn two_hundred_concurrent_opens_are_counted_exactly(fixture: &Fixture) {
    const ENVIRONMENTS: usize = 4;
    const OPENS: usize = 200;
    let table = fixture.table("opens").await;
    let code = table.link_to("resume.pdf", NOW_S + 86_400).await;
    let start = Instant::now();
    let mut environments = Vec::new();
    for _ in 0..ENVIRONMENTS {
        environments.push(Arc::new(table.links(Options::default()).await));
    }
    let mut opens = JoinSet::new();
    for number in 0..OPENS {
        let (links, code) = (Arc::clone(&environments[number % ENVIRONMENTS]), code.clone());
        opens.spawn(async move { open(&links, &code, &format!("concurrent-{number}==")).await });
    }
    while let Some(output) = opens.join_next().await {
        let output = output.expect("an open");
        assert_eq!(status(&output), 303, "{output:?}");
    }
    eprintln!("{OPENS} concurrent opens in {ENVIRONMENTS} environments: {:.1?}", start.elapsed());
    let row = table.row(&code.id()).await;
    assert_eq!((row.opens, row.first_open_s, row.last_open_s), (OPENS as u64, Some(NOW_S), Some(NOW_S)));
    // Every one of them may be the first; one sends the notice.
    assert_eq!(row.notice, Some(NoticeState::Sent));
    let notices = fixture.cloud().await.proxy.notices();
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(notices[0].contains(LABEL) && notices[0].contains(code.id().short()), "{notices:?}");
}

pub(crate) async fn an_open_with_the_same_token_counts_once(fixture: &Fixture) {
    let table = fixture.table("replay").await;
    let (code, links) = (table.link().await, table.links(Options::default()).await);
    for _ in 0..3 {
        assert_eq!(status(&open(&links, &code, "the-same-request==").await), 303);
    }
    assert_eq!(table.row(&code.id()).await.opens, 1);
    // A minute later the transaction differs; DynamoDB rejects the token, so it still counts once.
    let later = links.handle(crate::requests::open_event(&code, "the-same-request=="), &at(NOW_S + 60)).await;
    assert_eq!(status(&later), 303);
    assert_eq!(table.row(&code.id()).await.opens, 1);
    assert_eq!(status(&open(&links, &code, "another-request==").await), 303);
    assert_eq!(table.row(&code.id()).await.opens, 2);
}

pub(crate) async fn a_page_counts_nothing_and_names_owner_and_document(fixture: &Fixture) {
    let table = fixture.table("pages").await;
    let code = table.link_to("2026/r%C3%A9sum%C3%A9.pdf", NOW_S + 86_400).await;
    let links = table.links(Options::default()).await;
    let path = format!("/l/{}", code.as_str());
    for (method, accept) in [("GET", "text/html"), ("HEAD", "*/*"), ("GET", "application/json"), ("GET", "image/webp")]
    {
        let output = links.handle(event(method, &path, "page==", &json!({"accept": accept}), None), &at(NOW_S)).await;
        assert_eq!(status(&output), 200, "{output:?}");
        assert!(body(&output).contains("Jane Doe shared résumé.pdf with you"), "{}", body(&output));
        for secret in [LABEL, "Acme", code.as_str()] {
            assert!(!output.response.to_string().contains(secret) && !log(&output).contains(secret), "{output:?}");
        }
        assert!(header(&output, "content-security-policy").contains("form-action 'self'"));
        assert_eq!(header(&output, "referrer-policy"), "same-origin");
        assert_eq!(header(&output, "cache-control"), "no-store");
        assert_eq!(header(&output, "x-robots-tag"), "noindex");
    }
    let row = table.row(&code.id()).await;
    assert_eq!((row.opens, row.first_open_s, row.notice), (0, None, None));
    assert!(fixture.cloud().await.proxy.notices().is_empty());
    // Its open is for its document, on the site that the viewer used.
    let output = open(&links, &code, "page-open==").await;
    let location = header(&output, "location");
    assert!(location.starts_with("https://example.com/cv/2026/r%C3%A9sum%C3%A9.pdf?"), "{location}");
    assert!(location.contains("Key-Pair-Id=K") && !log(&output).contains("Signature"), "{}", log(&output));
    let json = event("POST", &path, "page-json==", &json!({"accept": "application/json"}), Some(""));
    let output = links.handle(json, &at(NOW_S)).await;
    let signed: Value = serde_json::from_str(body(&output)).unwrap();
    assert_eq!((status(&output), &signed["expires"]), (200, &json!(NOW_S + 60)));
    assert_eq!(table.row(&code.id()).await.opens, 2);
}

pub(crate) async fn a_closed_link_is_410_in_every_format(fixture: &Fixture) {
    let table = fixture.table("closed").await;
    let links = table.links(Options::default()).await;
    let expired = table.link_to("resume.pdf", NOW_S).await;
    let revoked = table.link().await;
    let mut row = table.row(&revoked.id()).await;
    row.revoked_s = Some(NOW_S - 1);
    table.put(row.to_item()).await;
    let unknown = Code::generate().unwrap();
    for (code, problem, heading) in [
        (expired, "link_expired", "has expired"),
        (revoked, "link_revoked", "was taken back"),
        (unknown, "link_unknown", "does not exist"),
    ] {
        let path = format!("/l/{}", code.as_str());
        for method in ["GET", "POST"] {
            let call = async |accept: &str| {
                let event =
                    event(method, &path, &format!("{problem}{method}{accept}"), &json!({"accept": accept}), Some(""));
                links.handle(event, &at(NOW_S)).await
            };
            let output = call("*/*").await;
            let json: Value = serde_json::from_str(body(&output)).unwrap();
            assert_eq!((status(&output), &json["code"]), (410, &json!(problem)));
            let page = call("text/html").await;
            assert_eq!(status(&page), 410);
            assert!(body(&page).contains(heading), "{}", body(&page));
            assert_eq!(events(&page), ["request_rejected"]);
        }
    }
    let rows = table.items_of("link#").await;
    assert!(rows.iter().all(|row| crate::fixture::number(row, "opens") == 0), "{rows:?}");
    assert_eq!(rows.len(), 2, "an unknown code made a row");
}
