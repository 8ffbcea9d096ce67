//! DynamoDB Local, and the proxy that injects faults in front of it.

use std::sync::OnceLock;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use tokio::sync::OnceCell;

use crate::{DynamoDbLocal, Microburst, Storage, client_config};

/// The timeout of one attempt, for a function whose calls time out. It is milliseconds instead of the real seconds, so that
/// hundreds of faults pass in a minute. A slow database only adds timeouts.
pub const ATTEMPT: Duration = Duration::from_millis(400);

/// The timeout for all others: a busy machine must not look like a fault.
pub const LONG_ATTEMPT: Duration = Duration::from_secs(8);

/// The SDK's first backoff.
const BACKOFF: Duration = Duration::from_millis(5);

/// A database in memory and its proxy, each started by the first test that uses it.
#[derive(Debug, Default)]
pub struct FaultyDynamoDb {
    // The proxy is dropped before its upstream.
    microburst: OnceCell<Microburst>,
    database: OnceLock<DynamoDbLocal>,
}

impl FaultyDynamoDb {
    /// The database.
    ///
    /// # Panics
    /// If it does not start.
    pub fn database(&self) -> &DynamoDbLocal {
        self.database.get_or_init(|| DynamoDbLocal::start(Storage::Memory).expect("DynamoDB Local starts"))
    }

    /// The proxy.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn microburst(&self) -> &Microburst {
        let start = async || {
            let microburst = Microburst::start(&self.database().endpoint()).expect("microburst starts");
            // The first call takes a second: microburst reads its model of DynamoDB.
            self.database().client_through(&microburst.endpoint()).list_tables().send().await.expect("a first call");
            microburst
        };
        self.microburst.get_or_init(start).await
    }
}

/// A client with as many attempts as the functions', and this timeout of one.
#[must_use]
pub fn client(endpoint: &str, attempt: Duration) -> Client {
    let timeouts = TimeoutConfig::builder().connect_timeout(attempt).operation_attempt_timeout(attempt).build();
    let retries = RetryConfig::standard().with_max_attempts(3).with_initial_backoff(BACKOFF);
    Client::from_conf(client_config(endpoint).timeout_config(timeouts).retry_config(retries).build())
}
