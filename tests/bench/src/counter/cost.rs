//! The cost of exact counting: the write units of a visit, as DynamoDB Local reports them, and their price.

use aws_sdk_dynamodb::types::{AttributeValue, ConsumedCapacity, ReturnConsumedCapacity};
use vitae_counter::day::Day;
use vitae_counter::settings::Settings;
use vitae_counter::shards::Shards;
use vitae_counter::token::Token;
use vitae_counter::transaction;
use vitae_lambda::canonical_request;
use vitae_testing::{DynamoDbLocal, REGION};

use super::Error;
use crate::figure::Figure;

/// The price of a million write request units, on demand, in us-east-1, in US dollars.
/// <https://aws.amazon.com/dynamodb/pricing/on-demand/>
const PRICE: f64 = 0.625;

pub(crate) async fn figures(database: &DynamoDbLocal) -> Result<Vec<Figure>, Error> {
    let (ours, peer) = (transaction_units(database).await?, update_units(database).await?);
    Ok(vec![
        Figure::new("write units of a visit (peer: plain ADD)", ours, "units", 1).against(peer),
        Figure::new("writes of a million visits (peer: plain ADD)", ours * PRICE, "USD", 1).against(peer * PRICE),
    ])
}

async fn transaction_units(database: &DynamoDbLocal) -> Result<f64, Error> {
    let rejected = |reason: String| Error::DynamoDb { call: "TransactWriteItems", reason };
    let token = Token::parse(Some("cost")).map_err(|error| rejected(error.to_string()))?;
    let settings = Settings { table: "ours".to_owned(), region: REGION.to_owned(), shards: Shards::DEFAULT };
    let transaction = transaction::build(&settings, &token, Day::from_epoch_s(0));
    let output = canonical_request::send(&transaction, &database.client()).await;
    let capacity = output.map_err(|error| rejected(format!("{error:?}")))?.consumed_capacity.unwrap_or_default();
    Ok(capacity.iter().filter_map(ConsumedCapacity::write_capacity_units).sum())
}

async fn update_units(database: &DynamoDbLocal) -> Result<f64, Error> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    let output = database
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
        .map_err(|error| Error::DynamoDb { call: "UpdateItem", reason: format!("{error:?}") })?;
    // The call writes one item and reads none, so all capacity is write units.
    Ok(output.consumed_capacity().and_then(ConsumedCapacity::capacity_units).unwrap_or_default())
}
