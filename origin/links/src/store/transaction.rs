//! The transactions: one opens a link, the other accepts a request.
//!
//! The bytes of a transaction follow from its arguments alone, since DynamoDB compares them when it sees the token again.

use aws_sdk_dynamodb::operation::transact_write_items::builders::TransactWriteItemsInputBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, Put, ReturnConsumedCapacity, TransactWriteItem, Update};

use super::expression::{names, number, text};
use crate::address::{Address, AddressHash};
use crate::code::LinkId;
use crate::limits::{DAY_S, PAUSE_S, REQUESTED_LIFETIME_S, REQUESTS_PER_DAY};
use crate::request::{DayCount, day};
use crate::row::{Item, LinkRow, OutboxRow, address_key, day_key, link_key};
use crate::token::Token;

/// How long the row of a day is kept, in seconds.
const DAY_KEPT_S: u64 = 2 * DAY_S;

/// What accepting a request writes.
#[derive(Clone, Debug)]
pub struct AcceptedRequest {
    /// The token of the request.
    pub token: Token,
    /// The address.
    pub address: Address,
    /// Its hash.
    pub hash: AddressHash,
    /// How it is counted.
    pub day_count: DayCount,
    /// The requests that the site accepts a day.
    pub site_limit: u64,
    /// The link to send; `None` if the owner is notified instead.
    pub link: Option<LinkRow>,
    /// The message.
    pub message: OutboxRow,
    /// When it was accepted, in seconds since 1970.
    pub now_s: u64,
}

/// The items of the transaction of a request, in this order; DynamoDB reports the result of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RequestItem {
    Address,
    Day,
    Message,
    Link,
}

impl RequestItem {
    pub(super) const ALL: [Self; 4] = [Self::Address, Self::Day, Self::Message, Self::Link];
}

/// Records one open of a link. Its conditions are those of an active link, so that an expiry or a revocation is in force at
/// once. The first open also sets the notice that is to be sent.
#[must_use]
pub fn open(table: &str, id: &LinkId, is_requested: bool, token: &Token, now_s: u64) -> TransactWriteItemsInputBuilder {
    let confirmed = if is_requested { ", #confirmed = if_not_exists(#confirmed, :now)" } else { "" };
    let update = format!(
        "SET #last_open = :now, #first_open = if_not_exists(#first_open, :now), \
         #notice = if_not_exists(#notice, :pending){confirmed} ADD #opens :one"
    );
    let values = [(":now", number(now_s)), (":one", number(1)), (":pending", text("pending"))];
    let condition = "attribute_exists(#pk) AND attribute_not_exists(#revoked) AND #expires > :now";
    transaction(token, [item_update(table, link_key(id), &update, condition, values)])
}

/// Accepts a request: counts it in the rows of its address and of the day, and stores the message and its link.
pub(super) fn request(table: &str, request: &AcceptedRequest) -> TransactWriteItemsInputBuilder {
    let link = request.link.as_ref().map(|link| put(table, link.to_item()));
    let items = [address(table, request), day_total(table, request), put(table, request.message.to_item())];
    transaction(&request.token, items.into_iter().chain(link))
}

fn address(table: &str, request: &AcceptedRequest) -> TransactWriteItem {
    let AcceptedRequest { now_s, .. } = *request;
    let (count, counted) = match request.day_count {
        DayCount::Continued => ("#day_count = #day_count + :one", "#day = :day AND #day_count < :limit"),
        DayCount::Restarted => ("#day_count = :one", "(attribute_not_exists(#day) OR #day <> :day)"),
    };
    let outstanding =
        if request.link.is_some() { ", #outstanding = :link ADD #links :links" } else { " REMOVE #outstanding" };
    let update = format!(
        "SET #outstanding_until = :until, #last_sent = :now, #day = :day, #email = :email, #ttl = :ttl, {count}{outstanding}"
    );
    let condition = format!(
        "attribute_not_exists(#suppressed) AND (attribute_not_exists(#outstanding_until) OR #outstanding_until <= :now) \
         AND (attribute_not_exists(#last_sent) OR #last_sent <= :before) AND {counted}"
    );
    let until_s = now_s.saturating_add(REQUESTED_LIFETIME_S);
    let mut values = Vec::from([
        (":now", number(now_s)),
        (":before", number(now_s.saturating_sub(PAUSE_S))),
        (":until", number(until_s)),
        (":day", text(day(now_s))),
        (":one", number(1)),
        (":email", text(request.address.as_str())),
        (":ttl", number(LinkRow::ttl_s(until_s))),
    ]);
    if request.day_count == DayCount::Continued {
        values.push((":limit", number(REQUESTS_PER_DAY)));
    }
    if let Some(link) = &request.link {
        values.push((":link", text(link.id.as_str())));
        values.push((":links", AttributeValue::Ss(vec![link.id.as_str().to_owned()])));
    }
    item_update(table, address_key(&request.hash), &update, &condition, values)
}

fn day_total(table: &str, request: &AcceptedRequest) -> TransactWriteItem {
    let today = day(request.now_s);
    // The end of the day and not the time, so that every request of a day writes the same.
    let ttl_s = request.now_s - request.now_s % DAY_S + DAY_KEPT_S;
    let values = [(":one", number(1)), (":limit", number(request.site_limit)), (":ttl", number(ttl_s))];
    let condition = "attribute_not_exists(#requests) OR #requests < :limit";
    item_update(table, day_key(&today), "ADD #requests :one SET #ttl = :ttl", condition, values)
}

fn put(table: &str, item: Item) -> TransactWriteItem {
    let condition = "attribute_not_exists(#pk)";
    let put = Put::builder()
        .table_name(table)
        .set_item(Some(item))
        .condition_expression(condition)
        .set_expression_attribute_names(Some(names(&[condition])));
    TransactWriteItem::builder().set_put(put.build().ok()).build()
}

fn item_update<'a>(
    table: &str,
    key: String,
    update: &str,
    condition: &str,
    placeholders: impl IntoIterator<Item = (&'a str, AttributeValue)>,
) -> TransactWriteItem {
    let placeholders = placeholders.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    let update = Update::builder()
        .table_name(table)
        .key("pk", text(key))
        .set_expression_attribute_names(Some(names(&[update, condition])))
        .set_expression_attribute_values(Some(placeholders))
        .update_expression(update)
        .condition_expression(condition);
    // Everything that an update requires is set above.
    TransactWriteItem::builder().set_update(update.build().ok()).build()
}

fn transaction(token: &Token, items: impl IntoIterator<Item = TransactWriteItem>) -> TransactWriteItemsInputBuilder {
    let input = TransactWriteItemsInputBuilder::default()
        .client_request_token(token.as_str())
        .return_consumed_capacity(ReturnConsumedCapacity::Total);
    items.into_iter().fold(input, TransactWriteItemsInputBuilder::transact_items)
}
