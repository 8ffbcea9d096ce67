//! Sends a transaction of DynamoDB with a fixed order of JSON members.
//!
//! The SDK keeps a request's maps, such as the attributes of a key, in hash maps, and writes them in an order that differs
//! between environments. AWS does not document whether DynamoDB compares values or bytes when it sees a token again, and an
//! older DynamoDB Local was reported to reject the same transaction in another order. So the order is fixed.
//! <https://github.com/aws/aws-sdk/issues/413>

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::HttpRequest;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::builders::TransactWriteItemsInputBuilder;
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsError, TransactWriteItemsOutput};
use aws_smithy_types::body::SdkBody;
use serde_json::Value;

/// Sends the transaction. The same transaction is sent as the same bytes.
///
/// # Errors
/// Those of the call, after the SDK's own retries.
pub async fn send(
    transaction: &TransactWriteItemsInputBuilder,
    client: &Client,
) -> Result<TransactWriteItemsOutput, SdkError<TransactWriteItemsError>> {
    client
        .transact_write_items()
        .set_client_request_token(transaction.get_client_request_token().clone())
        .set_return_consumed_capacity(transaction.get_return_consumed_capacity().clone())
        .set_transact_items(transaction.get_transact_items().clone())
        .customize()
        .mutate_request(sort_members)
        .send()
        .await
}

/// Sorts the members of every JSON object by name.
fn sort_members(request: &mut HttpRequest) {
    let sorted = request.body().bytes().and_then(|body| {
        let mut json: Value = serde_json::from_slice(body).ok()?;
        json.sort_all_objects();
        let sorted = json.to_string();
        // `Content-Length` is set already. Sorting does not change the length.
        (sorted.len() == body.len()).then_some(sorted)
    });
    if let Some(sorted) = sorted {
        *request.body_mut() = SdkBody::from(sorted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::config::retry::RetryConfig;
    use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use aws_sdk_dynamodb::types::{AttributeValue, TransactWriteItem, Update};

    /// A transaction with maps of several members.
    fn transaction() -> TransactWriteItemsInputBuilder {
        let update = ["a", "b", "c", "d"].iter().fold(Update::builder().table_name("visits"), |update, name| {
            update
                .key(*name, AttributeValue::S((*name).into()))
                .expression_attribute_values(format!(":{name}"), AttributeValue::N("1".into()))
        });
        let update = update.update_expression("ADD n :a").build().unwrap();
        let item = TransactWriteItem::builder().update(update).build();
        TransactWriteItemsInputBuilder::default().client_request_token("visit").transact_items(item)
    }

    /// Accepts one connection, rejects its request and returns the request's body.
    async fn reject_next(listener: &TcpListener) -> Vec<u8> {
        let (mut stream, _) = listener.accept().await.unwrap();
        let body = read_body(&mut stream).await;
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await.unwrap();
        body
    }

    async fn read_body(stream: &mut TcpStream) -> Vec<u8> {
        let mut bytes = Vec::new();
        loop {
            assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0, "the request is truncated");
            let Some(head) = bytes.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            let text = String::from_utf8_lossy(&bytes[..head]).to_lowercase();
            let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
            if bytes.len() == head + 4 + length.parse::<usize>().unwrap() {
                return bytes.split_off(head + 4);
            }
        }
    }

    #[tokio::test]
    async fn a_retry_is_the_same_transaction_byte_for_byte() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let configuration = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .credentials_provider(Credentials::new("test", "test", None, None, "test"))
            .endpoint_url(format!("http://{}", listener.local_addr().unwrap()))
            .retry_config(RetryConfig::disabled())
            .build();
        let client = Client::from_conf(configuration);
        let mut bodies = Vec::new();
        for _ in 0..20 {
            let transaction = transaction();
            let (body, rejected) = tokio::join!(reject_next(&listener), send(&transaction, &client));
            rejected.unwrap_err();
            bodies.push(String::from_utf8(body).unwrap());
        }
        assert!(bodies[0].contains(r#""ClientRequestToken":"visit""#), "{}", bodies[0]);
        bodies.dedup();
        assert_eq!(bodies.len(), 1, "{bodies:?}");
    }
}
