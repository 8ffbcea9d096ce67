//! The transaction as bytes.
//!
//! The SDK keeps a request's maps, such as the two attributes of a key, in hash maps, and writes them in an order that differs
//! from one environment to the next. Whether DynamoDB, when it sees a token again, compares meanings or bytes is not
//! documented, and an older DynamoDB Local was reported to refuse the same transaction in another order; so the order is fixed.
//! <https://github.com/aws/aws-sdk/issues/413>

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::http::HttpRequest;
use aws_sdk_dynamodb::error::SdkError;
use aws_sdk_dynamodb::operation::transact_write_items::builders::TransactWriteItemsInputBuilder;
use aws_sdk_dynamodb::operation::transact_write_items::{TransactWriteItemsError, TransactWriteItemsOutput};
use aws_smithy_types::body::SdkBody;
use serde_json::Value;

/// Sends the transaction, the same one as the same bytes.
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
        .mutate_request(in_order)
        .send()
        .await
}

/// Puts the members of every JSON object into the order of their names.
fn in_order(request: &mut HttpRequest) {
    let ordered = request.body().bytes().and_then(|body| {
        let mut json: Value = serde_json::from_slice(body).ok()?;
        json.sort_all_objects();
        let ordered = json.to_string();
        // Another length would belie the header that gives it; an order has the same.
        (ordered.len() == body.len()).then_some(ordered)
    });
    if let Some(ordered) = ordered {
        *request.body_mut() = SdkBody::from(ordered);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_dynamodb::config::retry::RetryConfig;
    use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials, Region};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    use crate::day::Day;
    use crate::layout::Shards;
    use crate::token::Token;
    use crate::transaction::{Place, transaction};

    /// A server that refuses what it is sent and keeps the body.
    async fn body_of_next(listener: &TcpListener) -> Vec<u8> {
        let (mut stream, _) = listener.accept().await.unwrap();
        let body = body(&mut stream).await;
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await.unwrap();
        body
    }

    async fn body(stream: &mut TcpStream) -> Vec<u8> {
        let mut bytes = Vec::new();
        loop {
            assert_ne!(stream.read_buf(&mut bytes).await.unwrap(), 0, "the request is cut off");
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
            let place = Place { table: "visits", region: "us-east-1", shards: Shards::DEFAULT };
            let transaction = transaction(place, &Token::parse(Some("visit")).unwrap(), Day::of(0));
            let (body, refused) = tokio::join!(body_of_next(&listener), send(&transaction, &client));
            refused.unwrap_err();
            bodies.push(String::from_utf8(body).unwrap());
        }
        assert!(bodies[0].contains(r#""ClientRequestToken":"visit""#), "{}", bodies[0]);
        bodies.dedup();
        assert_eq!(bodies.len(), 1, "{bodies:?}");
    }
}
