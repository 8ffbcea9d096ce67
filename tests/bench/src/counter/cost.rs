//! What exactness costs: the write units of a visit, as DynamoDB Local reports them, and their price.

use aws_sdk_dynamodb::types::{AttributeValue, ConsumedCapacity, ReturnConsumedCapacity};
use vitae_counter::day::Day;
use vitae_counter::layout::Shards;
use vitae_counter::token::Token;
use vitae_counter::transaction::{Place, transaction};
use vitae_counter::wire;
use vitae_testing::{DynamoDbLocal, REGION};

use super::Failure;
use crate::figure::Figure;

/// A million write request units, on demand, in us-east-1, in US dollars.
/// <https://aws.amazon.com/dynamodb/pricing/on-demand/>
const PRICE: f64 = 0.625;

pub(crate) async fn figures(database: &DynamoDbLocal) -> Result<Vec<Figure>, Failure> {
    let (ours, peer) = (of_transaction(database).await?, of_add(database).await?);
    Ok(vec![
        Figure::new("write units of a visit (peer: plain ADD)", ours, "units", 1).against(peer),
        Figure::new("writes of a million visits (peer: plain ADD)", ours * PRICE, "USD", 1).against(peer * PRICE),
    ])
}

async fn of_transaction(database: &DynamoDbLocal) -> Result<f64, Failure> {
    let refused = |reason: String| Failure::DynamoDb { call: "TransactWriteItems", reason };
    let token = Token::parse(Some("cost")).map_err(|malformed| refused(malformed.to_string()))?;
    let place = Place { table: "ours", region: REGION, shards: Shards::DEFAULT };
    let answer = wire::send(&transaction(place, &token, Day::of(0)), &database.client()).await;
    let spent = answer.map_err(|error| refused(format!("{error:?}")))?.consumed_capacity.unwrap_or_default();
    Ok(spent.iter().filter_map(ConsumedCapacity::write_capacity_units).sum())
}

async fn of_add(database: &DynamoDbLocal) -> Result<f64, Failure> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let answer = database
        .client()
        .update_item()
        .table_name("peer")
        .key("pk", text("cost"))
        .key("sk", text("total"))
        .update_expression("ADD n :one")
        .expression_attribute_values(":one", AttributeValue::N("1".to_owned()))
        .return_consumed_capacity(ReturnConsumedCapacity::Total)
        .send()
        .await
        .map_err(|error| Failure::DynamoDb { call: "UpdateItem", reason: format!("{error:?}") })?;
    // Of a call that writes one item and reads none, all capacity is for writing.
    Ok(answer.consumed_capacity().and_then(ConsumedCapacity::capacity_units).unwrap_or_default())
}
