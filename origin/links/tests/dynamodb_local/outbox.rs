//! Messages that are sent later, instead, or not at all.

use serde_json::json;
use vitae_links::row::OutboxState;

use crate::fixture::{Fixture, Options, Table, text};
use crate::proxy::MessageFault;
use crate::requests::{NOW_S, at, events, log, request, run_outbox, status};

const JANE: &str = "jane@example.com";

/// The states of all messages.
async fn states(table: &Table<'_>) -> Vec<(String, String)> {
    let rows = table.items_of("mail#").await;
    rows.iter().map(|row| (text(row, "kind"), text(row, "state"))).collect()
}

fn pair(kind: &str, state: OutboxState) -> Vec<(String, String)> {
    vec![(kind.to_owned(), state.as_str().to_owned())]
}

pub(crate) async fn without_mail_the_owner_is_notified(fixture: &Fixture) {
    let table = fixture.table("no-mail").await;
    let links = table.links(Options { mail: false, ..Options::default() }).await;
    let proxy = &fixture.cloud().await.proxy;
    // SNS does not respond at first: the schedule publishes the notice.
    proxy.plan(vec![], vec![Some(MessageFault::Reset)]);
    let output = request(&links, JANE, "no-mail==", NOW_S).await;
    assert_eq!((status(&output), proxy.notices().len()), (202, 0));
    assert!(events(&output).contains(&"notice_failed"), "{output:?}");
    assert_eq!(events(&run_outbox(&links, NOW_S + 30).await), ["message_claimed"]);
    assert_eq!(events(&run_outbox(&links, NOW_S + 61).await), ["notice_sent"]);
    let notices = proxy.notices();
    assert!(notices.len() == 1 && notices[0].starts_with(JANE), "{notices:?}");
    assert_eq!(states(&table).await, pair("notice", OutboxState::Sent));
    assert!(proxy.mails().is_empty() && table.items_of("link#").await.is_empty());
    // The address is deleted, and the limits remain.
    let address = table.items_of("address#").await.remove(0);
    assert!(text(&address, "email").is_empty(), "{address:?}");
    let limited = request(&links, JANE, "no-mail-2==", NOW_S + 120).await;
    assert!(events(&limited).contains(&"request_limited"), "{limited:?}");
}

pub(crate) async fn a_rejected_mail_becomes_a_notice(fixture: &Fixture) {
    let table = fixture.table("rejected").await;
    let links = table.links(Options::default()).await;
    let proxy = &fixture.cloud().await.proxy;
    proxy.plan(vec![Some(MessageFault::Rejected)], vec![]);
    let output = request(&links, JANE, "rejected==", NOW_S).await;
    assert_eq!(status(&output), 202);
    assert!(events(&output).starts_with(&["mail_rejected", "notice_sent"]), "{output:?}");
    assert!(!log(&output).contains("jane"), "{}", log(&output));
    assert_eq!((proxy.mails().len(), proxy.notices().len()), (0, 1));
    assert_eq!(states(&table).await, pair("notice", OutboxState::Sent));
    assert!(table.items_of("link#").await.is_empty(), "its link has a code that no one has");
    // Throttling is not a rejection: the schedule sends the mail.
    proxy.plan(vec![Some(MessageFault::Throttled)], vec![]);
    let output = request(&links, "joe@example.com", "throttled==", NOW_S).await;
    assert!(events(&output).contains(&"mail_throttled"), "{output:?}");
    assert_eq!(events(&run_outbox(&links, NOW_S + 60).await), ["mail_sent"]);
    assert_eq!(proxy.mails()[0].to, "joe@example.com");
}

pub(crate) async fn a_mail_whose_response_was_lost_is_not_sent_again(fixture: &Fixture) {
    let table = fixture.table("lost").await;
    let links = table.links(Options::default()).await;
    let proxy = &fixture.cloud().await.proxy;
    for (number, fault) in [MessageFault::ResponseDropped, MessageFault::AcceptedWithServerError, MessageFault::Reset]
        .into_iter()
        .enumerate()
    {
        proxy.plan(vec![Some(fault)], vec![]);
        let email = format!("visitor-{number}@example.com");
        let output = request(&links, &email, &format!("lost-{number}=="), NOW_S).await;
        assert!(status(&output) == 202 && events(&output).contains(&"mail_unknown"), "{output:?}");
        for minutes in [1, 5, 60] {
            run_outbox(&links, NOW_S + minutes * 60).await;
        }
        let sent = proxy.mails().iter().filter(|mail| mail.to == email).count();
        assert_eq!(sent, usize::from(fault != MessageFault::Reset), "{fault:?}");
    }
    assert!(states(&table).await.iter().all(|(_, state)| state == "sending"));
}

pub(crate) async fn an_expired_request_loses_its_address(fixture: &Fixture) {
    let table = fixture.table("expired").await;
    let links = table.links(Options::default()).await;
    request(&links, JANE, "expired==", NOW_S).await;
    let email = async || text(&table.items_of("address#").await[0], "email");
    run_outbox(&links, NOW_S + 86_399).await;
    assert_eq!(email().await, JANE);
    run_outbox(&links, NOW_S + 86_400).await;
    assert_eq!(email().await, "");
}

pub(crate) async fn a_bounce_suppresses_the_address(fixture: &Fixture) {
    let table = fixture.table("bounced").await;
    let links = table.links(Options::default()).await;
    request(&links, JANE, "bounced==", NOW_S).await;
    let bounce = json!({
        "source": "aws.ses", "detail-type": "Email Bounced",
        "detail": {"bounce": {"bounceType": "Permanent", "bouncedRecipients": [{"emailAddress": JANE}]}},
    });
    let output = links.handle(bounce, &at(NOW_S + 5)).await;
    assert_eq!(events(&output), ["mail_bounced"]);
    assert!(!log(&output).contains("jane"), "{}", log(&output));
    let output = request(&links, JANE, "bounced-2==", NOW_S + 2 * 86_400).await;
    assert!(status(&output) == 202 && log(&output).contains("suppressed"), "{output:?}");
    assert_eq!(fixture.cloud().await.proxy.mails().len(), 1);
}
