//! Requests for links and their limits.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::fixture::{Fixture, Options, number, text};
use crate::requests::{NOW_S, at, body, code_in, event, events, header, log, request, status};

const JANE: &str = "jane@example.com";

pub(crate) async fn one_address_gets_one_message_however_often_it_asks(fixture: &Fixture) {
    const REQUESTS: usize = 60;
    let table = fixture.table("one-address").await;
    let links = Arc::new(table.links(Options::default()).await);
    let mut requests = JoinSet::new();
    for number in 0..REQUESTS {
        let links = Arc::clone(&links);
        // Spellings of one mailbox share their limits.
        let email = ["jane@example.com", "Jane@example.com", "jane+cv@example.com"][number % 3];
        requests.spawn(async move { request(&links, email, &format!("one-{number}=="), NOW_S).await });
    }
    let mut responses = BTreeSet::new();
    while let Some(output) = requests.join_next().await {
        let output = output.expect("a request");
        assert!(!log(&output).to_lowercase().contains("jane"), "{}", log(&output));
        responses.insert(output.response.to_string());
    }
    assert_eq!(responses.len(), 1, "{responses:?}");
    let mails = fixture.cloud().await.proxy.mails();
    assert_eq!(mails.len(), 1, "{mails:?}");
    let days = table.items_of("day#").await;
    assert_eq!((days.len(), number(&days[0], "requests")), (1, 1));

    // The link was not opened: a second message only after it has expired.
    for (after_s, expected) in [(61, 1), (86_399, 1), (86_400, 2)] {
        let output = request(&links, JANE, &format!("later-{after_s}=="), NOW_S + after_s).await;
        assert_eq!((status(&output), fixture.cloud().await.proxy.mails().len()), (202, expected), "{after_s}");
    }
}

pub(crate) async fn the_site_sends_its_daily_total_and_no_more(fixture: &Fixture) {
    const LIMIT: u64 = 10;
    let table = fixture.table("site-total").await;
    let options = Options { requests_per_day: LIMIT, ..Options::default() };
    let links = Arc::new(table.links(options).await);
    let mut requests = JoinSet::new();
    for number in 0..LIMIT * 4 {
        let links = Arc::clone(&links);
        requests.spawn(async move {
            request(&links, &format!("visitor-{number}@example.com"), &format!("total-{number}=="), NOW_S).await
        });
    }
    while let Some(output) = requests.join_next().await {
        assert_eq!(status(&output.expect("a request")), 202);
    }
    let mails = fixture.cloud().await.proxy.mails();
    let addresses: BTreeSet<_> = mails.iter().map(|mail| &mail.to).collect();
    assert_eq!((mails.len() as u64, addresses.len() as u64), (LIMIT, LIMIT));
    let days = table.items_of("day#").await;
    assert_eq!(number(&days[0], "requests"), LIMIT);
    assert_eq!(table.items_of("link#").await.len() as u64, LIMIT, "a refused request left a link");
    // The next day starts again.
    let output = request(&links, JANE, "next-day==", NOW_S + 86_400).await;
    assert!(events(&output).contains(&"mail_sent"), "{output:?}");
}

pub(crate) async fn a_request_is_202_and_an_invalid_one_400(fixture: &Fixture) {
    let table = fixture.table("requests").await;
    let links = table.links(Options::default()).await;
    let form = json!({"accept": "text/html", "content-type": "application/x-www-form-urlencoded"});
    let call = async |id: &str, headers: &Value, body: &str| {
        links.handle(event("POST", "/l/request", id, headers, Some(body)), &at(NOW_S)).await
    };
    let output = call("form==", &form, "email=joe%40example.com").await;
    assert_eq!((status(&output), header(&output, "location")), (303, "/#cv-requested"));
    let output = call("bad-form==", &form, "email=joe").await;
    assert!(status(&output) == 400 && body(&output).contains("<h1>This is not an e-mail address</h1>"), "{output:?}");
    let json_headers = json!({"content-type": "application/json"});
    let output = call("json==", &json_headers, r#"{"email":"zoe@bücher.example"}"#).await;
    assert_eq!((status(&output), body(&output)), (202, "{}"));
    let output = call("bad-json==", &json_headers, r#"{"email":"zoe@example.com\r\nBcc: x@example.com"}"#).await;
    let problem: Value = serde_json::from_str(body(&output)).unwrap();
    assert_eq!((status(&output), &problem["code"]), (400, &json!("bad_request")));
    let mails = fixture.cloud().await.proxy.mails();
    let to: Vec<_> = mails.iter().map(|mail| mail.to.as_str()).collect();
    assert_eq!(to, ["joe@example.com", "zoe@xn--bcher-kva.example"]);
    assert_eq!(mails[0].from, "\"Jane Doe\" <cv@example.com>");
}

pub(crate) async fn an_opened_link_ends_the_request_and_confirms_the_address(fixture: &Fixture) {
    let table = fixture.table("confirmed").await;
    let links = table.links(Options::default()).await;
    assert_eq!(status(&request(&links, JANE, "confirm==", NOW_S).await), 202);
    let mail = fixture.cloud().await.proxy.mails().remove(0);
    let code = code_in(&mail.text);
    assert_eq!(code, code_in(&mail.html));
    assert!(mail.text.contains(&format!("https://example.com/l/{}", code.as_str())), "{}", mail.text);
    let address = async || table.items_of("address#").await.remove(0);
    assert_eq!(text(&address().await, "email"), JANE);
    // A second request in the same minute is limited, even after the link was opened.
    let opened = crate::requests::open(&links, &code, "confirm-open==").await;
    assert_eq!(status(&opened), 303);
    let row = table.row(&code.id()).await;
    assert_eq!((row.opens, row.confirmed_s), (1, Some(NOW_S)));
    let item = address().await;
    assert!(text(&item, "email").is_empty() && text(&item, "outstanding").is_empty(), "{item:?}");
    let limited = request(&links, JANE, "confirm-2==", NOW_S + 59).await;
    assert!(events(&limited).contains(&"request_limited"), "{limited:?}");
    // Five a day, each after the one before was opened.
    for number in 2..=6_u64 {
        let now_s = NOW_S + number * 60;
        request(&links, JANE, &format!("confirm-day-{number}=="), now_s).await;
        let mails = fixture.cloud().await.proxy.mails();
        assert_eq!(mails.len() as u64, number.min(5), "{number}");
        let code = code_in(&mails[mails.len() - 1].text);
        crate::requests::open(&links, &code, &format!("confirm-open-{number}==")).await;
    }
    // The rows hold no address any more, and no log ever did.
    let items = table.items().await;
    assert!(!format!("{items:?}").contains("jane@"), "{items:?}");
}
