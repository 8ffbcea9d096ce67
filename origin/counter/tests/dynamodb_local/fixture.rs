//! The servers and tables of the tests.

use aws_sdk_dynamodb::Client;
use vitae_counter::handler::Handler;
use vitae_counter::settings::Settings;
use vitae_counter::shards::Shards;
use vitae_counter::store::Store;
use vitae_testing::faults::{ATTEMPT, FaultyDynamoDb, LONG_ATTEMPT, client};
use vitae_testing::{DynamoDbLocal, Microburst, REGION};

/// The servers, each started by the first test that uses it.
#[derive(Debug, Default)]
pub(crate) struct Fixture {
    dynamodb: FaultyDynamoDb,
}

impl Fixture {
    pub(crate) fn database(&self) -> &DynamoDbLocal {
        self.dynamodb.database()
    }

    pub(crate) async fn microburst(&self) -> &Microburst {
        self.dynamodb.microburst().await
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
