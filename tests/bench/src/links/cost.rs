//! The price of an open: what DynamoDB and Lambda charge for the page and for its button, in us-east-1.
//!
//! It leaves out what every request of the site costs: CloudFront, Lambda@Edge and data transfer.

use aws_sdk_dynamodb::types::{AttributeValue, ConsumedCapacity, ReturnConsumedCapacity};
use vitae_lambda::canonical_request;
use vitae_links::code::Code;
use vitae_links::document::Document;
use vitae_links::label::Label;
use vitae_links::row::{LinkRow, link_key};
use vitae_links::store::open_transaction;
use vitae_links::token::Token;
use vitae_testing::DynamoDbLocal;

use super::Error;
use crate::figure::Figure;

/// The price of a million write request units and of a million read request units, on demand, in US dollars.
/// <https://aws.amazon.com/dynamodb/pricing/on-demand/>
const WRITE_UNITS: f64 = 0.625;
const READ_UNITS: f64 = 0.125;

/// The price of a million requests, and of a GB-second on x86, in US dollars.
/// <https://aws.amazon.com/lambda/pricing/>
const REQUESTS: f64 = 0.20;
const GB_SECOND: f64 = 0.000_016_666_7;

/// The function's memory in GB, as in `cloudformation/stack.yaml`.
const MEMORY_GB: f64 = 0.25;

/// The requests of one open: the page and its button. Each reads the link consistently.
const CALLS: f64 = 2.0;

pub(super) async fn figures(database: &DynamoDbLocal, call_ms: f64) -> Result<Vec<Figure>, Error> {
    let failed = |error: &dyn std::fmt::Debug| Error::SetUp(format!("{error:?}"));
    let code = Code::generate().map_err(|error| failed(&error))?;
    let label = Label::parse("Acme, J. Doe").map_err(|error| failed(&error))?;
    let document = Document::parse("resume.pdf").map_err(|error| failed(&error))?;
    let link = LinkRow::new(code.id(), label, document, 0, 4_000_000_000);
    let client = database.client();
    let put = client.put_item().table_name("links").set_item(Some(link.to_item()));
    put.send().await.map_err(|error| failed(&error))?;
    let transaction = open_transaction("links", &link.id, false, &Token::from_request_ids(None, "cost"), 1);
    let written = canonical_request::send(&transaction, &client).await.map_err(|error| failed(&error))?;
    let written = written.consumed_capacity.unwrap_or_default();
    let writes: f64 = written.iter().filter_map(ConsumedCapacity::write_capacity_units).sum();
    let get = client.get_item().table_name("links").key("pk", AttributeValue::S(link_key(&link.id)));
    let read = get.consistent_read(true).return_consumed_capacity(ReturnConsumedCapacity::Total).send().await;
    let read = read.map_err(|error| failed(&error))?;
    let reads = read.consumed_capacity().and_then(ConsumedCapacity::capacity_units).unwrap_or_default() * CALLS;
    let dynamodb = (writes * WRITE_UNITS + reads * READ_UNITS) / 1e6;
    let lambda = CALLS * (REQUESTS / 1e6 + call_ms / 1e3 * MEMORY_GB * GB_SECOND);
    Ok(vec![
        Figure::new("write units of an open", writes, "units", 1),
        Figure::new("read units of an open, with its page", reads, "units", 1),
        Figure::new("1,000 opens, with their pages: DynamoDB and Lambda", (dynamodb + lambda) * 1e3, "USD", 1),
    ])
}
