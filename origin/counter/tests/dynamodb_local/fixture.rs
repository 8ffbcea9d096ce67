//! The servers and tables of the tests.

use std::sync::OnceLock;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use tokio::sync::OnceCell;
use vitae_counter::handler::Handler;
use vitae_counter::settings::Settings;
use vitae_counter::shards::Shards;
use vitae_counter::store::Store;
use vitae_testing::{DynamoDbLocal, Microburst, REGION, Storage, client_config};

/// The timeout of one attempt, for a counter whose calls time out. It is milliseconds instead of the real seconds, so that
/// hundreds of faults pass in a minute. A slow database only adds timeouts.
pub(crate) const ATTEMPT: Duration = Duration::from_millis(400);

/// The timeout for all others: a busy machine must not look like a fault.
const LONG_ATTEMPT: Duration = Duration::from_secs(8);

/// The SDK's first backoff.
const BACKOFF: Duration = Duration::from_millis(5);

/// The servers, each started by the first test that uses it.
#[derive(Debug, Default)]
pub(crate) struct Fixture {
    // The proxy is dropped before its upstream.
    microburst: OnceCell<Microburst>,
    database: OnceLock<DynamoDbLocal>,
}

impl Fixture {
    pub(crate) fn database(&self) -> &DynamoDbLocal {
        self.database.get_or_init(|| DynamoDbLocal::start(Storage::Memory).expect("DynamoDB Local starts"))
    }

    pub(crate) async fn microburst(&self) -> &Microburst {
        let start = async || {
            let microburst = Microburst::start(&self.database().endpoint()).expect("microburst starts");
            // The first call takes a second: microburst reads its model of DynamoDB.
            self.database().client_through(&microburst.endpoint()).list_tables().send().await.expect("a first call");
            microburst
        };
        self.microburst.get_or_init(start).await
    }

    /// A new table, with a direct client.
    pub(crate) async fn table(&self, name: &'static str, shards: u32) -> Table {
        self.database().create_table(name).await.expect("a table");
        Table { name, client: self.database().client(), shards }
    }

    /// A client that uses the proxy.
    pub(crate) async fn proxy_client(&self) -> Client {
        client(&self.microburst().await.endpoint(), LONG_ATTEMPT)
    }

    /// A client that uses the proxy and times out quickly.
    pub(crate) async fn short_timeout_client(&self) -> Client {
        client(&self.microburst().await.endpoint(), ATTEMPT)
    }
}

/// A client with as many attempts as the function's.
pub(crate) fn client(endpoint: &str, attempt: Duration) -> Client {
    let timeouts = TimeoutConfig::builder().connect_timeout(attempt).operation_attempt_timeout(attempt).build();
    let retries = RetryConfig::standard().with_max_attempts(3).with_initial_backoff(BACKOFF);
    Client::from_conf(client_config(endpoint).timeout_config(timeouts).retry_config(retries).build())
}

/// The table of one test.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) client: Client,
    pub(crate) shards: u32,
}

impl Table {
    /// A new counter, like another execution environment.
    pub(crate) fn counter(&self) -> Handler {
        self.counter_with(self.client.clone(), REGION, self.shards)
    }

    pub(crate) fn counter_with(&self, client: Client, region: &str, shards: u32) -> Handler {
        let shards = Shards::new(shards).expect("1 to 256 shards");
        Handler::new(Store::new(client, Settings { table: self.name.into(), region: region.into(), shards }))
    }
}

/// `full` in a full run, else `short`.
pub(crate) fn scale<T>(short: T, full: T) -> T {
    if std::env::var_os("VITAE_FULL").is_some_and(|value| value == "1") { full } else { short }
}

/// The random numbers of one test. Tokens are not bound to a table, so no two tests may draw the same.
pub(crate) fn random(test: &str) -> fastrand::Rng {
    fastrand::Rng::with_seed(test.bytes().fold(seed(), |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into())))
}

/// The seed of this run.
pub(crate) fn seed() -> u64 {
    let set = std::env::var("VITAE_SEED").ok();
    set.map_or(20_261_121, |seed| seed.parse().expect("VITAE_SEED is a number"))
}
