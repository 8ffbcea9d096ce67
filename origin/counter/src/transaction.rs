//! The transaction that counts a visit.

use aws_sdk_dynamodb::operation::transact_write_items::builders::TransactWriteItemsInputBuilder;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnConsumedCapacity, TransactWriteItem, Update};

use crate::day::Day;
use crate::settings::Settings;
use crate::shards;
use crate::token::Token;

/// The attribute that holds the number of visits.
pub const VISITS: &str = "n";

/// The sort key of a shard's total, which sorts after every day.
pub const TOTAL: &str = "total";

/// Builds the transaction that adds one to the token's shard and to that shard's day.
///
/// Its bytes follow from the arguments alone, since DynamoDB compares them when it sees the token again. It requests the
/// consumed capacity, which distinguishes a replay from a write.
#[must_use]
pub fn build(settings: &Settings, token: &Token, day: Day) -> TransactWriteItemsInputBuilder {
    let partition = shards::partition(&settings.region, token.shard(settings.shards));
    let add_one = |sort_key: &str| {
        Update::builder()
            .table_name(&settings.table)
            .key("pk", AttributeValue::S(partition.clone()))
            .key("sk", AttributeValue::S(sort_key.to_owned()))
            .expression_attribute_values(":one", number(&1))
    };
    let total = add_one(TOTAL).update_expression(format!("ADD {VISITS} :one"));
    let day_total = add_one(&day.to_string())
        .update_expression(format!("ADD {VISITS} :one SET expires = :expires"))
        .expression_attribute_values(":expires", number(&day.expires()));
    let input = TransactWriteItemsInputBuilder::default()
        .client_request_token(token.as_str())
        .return_consumed_capacity(ReturnConsumedCapacity::Total);
    [total, day_total].into_iter().fold(input, |input, update| {
        // Everything that an update requires is set above.
        input.transact_items(TransactWriteItem::builder().set_update(update.build().ok()).build())
    })
}

fn number(value: &impl ToString) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shards::Shards;
    use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsInput;

    /// 2026-11-20T23:59:59Z.
    const BEFORE_MIDNIGHT: u64 = 1_795_219_199;

    fn built(token: &str, shards: u32, now_s: u64) -> TransactWriteItemsInput {
        let shards = Shards::new(shards).unwrap();
        let settings = Settings { table: "visits".into(), region: "us-east-1".into(), shards };
        build(&settings, &Token::parse(Some(token)).unwrap(), Day::from_epoch_s(now_s)).build().unwrap()
    }

    #[test]
    fn a_visit_adds_one_to_a_total_and_to_its_day_in_the_same_shard() {
        let input = built("k", 1, BEFORE_MIDNIGHT);
        assert_eq!(input.client_request_token(), Some("k"));
        let updates: Vec<_> = input.transact_items().iter().map(|item| item.update().unwrap()).collect();
        let keys: Vec<_> = updates.iter().map(|update| update.key()["sk"].as_s().unwrap().as_str()).collect();
        assert_eq!(keys, ["total", "2026-11-20"]);
        for update in updates {
            assert_eq!(update.key()["pk"].as_s().unwrap(), "visits#us-east-1#0");
            assert_eq!(update.expression_attribute_values().unwrap()[":one"], number(&1));
        }
    }

    #[test]
    fn a_retry_on_the_same_day_is_the_same_transaction() {
        assert_eq!(built("k", 8, BEFORE_MIDNIGHT - 600), built("k", 8, BEFORE_MIDNIGHT));
    }

    #[test]
    fn a_retry_after_midnight_or_with_other_shards_is_another_transaction() {
        // DynamoDB rejects it with IdempotentParameterMismatch, so the visit is counted once.
        assert_ne!(built("k", 8, BEFORE_MIDNIGHT), built("k", 8, BEFORE_MIDNIGHT + 1));
        let moved = (0..100).map(|visit| format!("k{visit}")).filter(|token| built(token, 8, 0) != built(token, 64, 0));
        assert!(moved.count() > 50);
    }
}
