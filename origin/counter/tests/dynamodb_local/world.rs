//! What the tests share.

use std::sync::OnceLock;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use tokio::sync::OnceCell;
use vitae_counter::handler::Handler;
use vitae_counter::layout::Shards;
use vitae_counter::settings::Settings;
use vitae_counter::store::Store;
use vitae_testing::{DynamoDbLocal, Microburst, REGION, Storage, client_of};

/// How long a counter that meets timeouts waits for the answer to one try. Milliseconds, where the real one has seconds, so
/// that hundreds of faults pass in a minute; a database that is slower by itself only adds to them.
pub(crate) const ATTEMPT: Duration = Duration::from_millis(400);

/// How long one waits that meets none: a busy machine must not look like a fault.
const PATIENT_ATTEMPT: Duration = Duration::from_secs(8);

/// The first pause of the SDK after a failed try.
const BACKOFF: Duration = Duration::from_millis(5);

/// The servers, each started by the first test that asks.
#[derive(Debug, Default)]
pub(crate) struct World {
    // The proxy is dropped before what is behind it.
    microburst: OnceCell<Microburst>,
    database: OnceLock<DynamoDbLocal>,
}

impl World {
    pub(crate) fn database(&self) -> &DynamoDbLocal {
        self.database.get_or_init(|| DynamoDbLocal::start(Storage::Memory).expect("DynamoDB Local starts"))
    }

    pub(crate) async fn microburst(&self) -> &Microburst {
        let start = async || {
            let microburst = Microburst::start(&self.database().endpoint()).expect("microburst starts");
            // With the first call it reads its model of DynamoDB, for a second.
            self.database().client_through(&microburst.endpoint()).list_tables().send().await.expect("a first call");
            microburst
        };
        self.microburst.get_or_init(start).await
    }

    /// A new table of this name, and a counter that goes to it without faults.
    pub(crate) async fn table(&self, name: &'static str, shards: u32) -> Table {
        self.database().create_table(name).await.expect("a table");
        Table { name, client: self.database().client(), shards }
    }

    /// A client that goes through the proxy.
    pub(crate) async fn faulty_client(&self) -> Client {
        client(&self.microburst().await.endpoint(), PATIENT_ATTEMPT)
    }

    /// A client that goes through the proxy and soon takes an answer for lost.
    pub(crate) async fn impatient_client(&self) -> Client {
        client(&self.microburst().await.endpoint(), ATTEMPT)
    }
}

/// A client that tries as often as the function's own.
pub(crate) fn client(endpoint: &str, attempt: Duration) -> Client {
    let timeouts = TimeoutConfig::builder().connect_timeout(attempt).operation_attempt_timeout(attempt).build();
    let retries = RetryConfig::standard().with_max_attempts(3).with_initial_backoff(BACKOFF);
    Client::from_conf(client_of(endpoint).timeout_config(timeouts).retry_config(retries).build())
}

/// A table of one test.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    pub(crate) client: Client,
    pub(crate) shards: u32,
}

impl Table {
    /// A counter of its own, as another execution environment is.
    pub(crate) fn counter(&self) -> Handler {
        self.counter_through(self.client.clone(), REGION, self.shards)
    }

    pub(crate) fn counter_through(&self, client: Client, region: &str, shards: u32) -> Handler {
        let shards = Shards::new(shards).expect("1 to 256 shards");
        Handler::new(Store::new(client, Settings { table: self.name.into(), region: region.into(), shards }))
    }
}

/// `full` with all counts, else `short`.
pub(crate) fn scale<T>(short: T, full: T) -> T {
    if std::env::var_os("VITAE_FULL").is_some_and(|value| value == "1") { full } else { short }
}

/// What `area` draws: DynamoDB knows a token whatever the table, so no two areas may draw the same.
pub(crate) fn random(area: &str) -> fastrand::Rng {
    fastrand::Rng::with_seed(area.bytes().fold(seed(), |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into())))
}

/// The seed of this run.
pub(crate) fn seed() -> u64 {
    let set = std::env::var("VITAE_SEED").ok();
    set.map_or(20_261_121, |seed| seed.parse().expect("VITAE_SEED is a number"))
}
