use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Builder, Credentials, Region};
use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType};
use tempfile::TempDir;

use crate::Error;
use crate::error::tool;
use crate::server::Server;

/// The region of every client. DynamoDB Local ignores it with `-sharedDb`.
pub const REGION: &str = "us-east-1";

/// The port, which is free in a new namespace.
const PORT: u16 = 8000;

/// Where the tables are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// In memory, deleted with the process.
    Memory,
    /// In files, kept across a restart.
    Disk,
}

/// AWS's DynamoDB Local.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.html>
#[derive(Debug)]
pub struct DynamoDbLocal {
    server: Option<Server>,
    storage: Storage,
    folder: TempDir,
    port: u16,
}

impl DynamoDbLocal {
    /// Starts it.
    ///
    /// # Errors
    /// If Java or the jar is missing, or the server does not listen.
    pub fn start(storage: Storage) -> Result<Self, Error> {
        let folder = tempfile::tempdir().map_err(Error::io("a temporary folder"))?;
        // One of each storage may run at the same time.
        let port = if storage == Storage::Memory { PORT } else { PORT + 1 };
        let mut local = Self { server: None, storage, folder, port };
        local.restart()?;
        Ok(local)
    }

    /// Kills the process with SIGKILL, as a crash would.
    pub fn kill(&mut self) {
        self.server = None;
    }

    /// Restarts it with the same files.
    ///
    /// # Errors
    /// As [`DynamoDbLocal::start`].
    pub fn restart(&mut self) -> Result<(), Error> {
        self.kill();
        let (java, jars) = (tool("VITAE_JAVA")?, tool("VITAE_DYNAMODB_LOCAL")?);
        let mut library_path = std::ffi::OsString::from("-Djava.library.path=");
        library_path.push(jars.join("DynamoDBLocal_lib"));
        let mut command = Command::new(java);
        // For a short life on few cores, the quick compiler and one collector thread are fastest.
        command
            .args(["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"])
            .arg(library_path)
            .arg("-jar")
            .arg(jars.join("DynamoDBLocal.jar"))
            .args(["-port", &self.port.to_string(), "-sharedDb", "-disableTelemetry"])
            .current_dir(self.folder.path());
        match self.storage {
            Storage::Memory => command.arg("-inMemory"),
            Storage::Disk => command.arg("-dbPath").arg(self.tables()?),
        };
        self.server = Some(Server::start(command, self.port, &self.folder.path().join("log"))?);
        Ok(())
    }

    fn tables(&self) -> Result<PathBuf, Error> {
        let tables = self.folder.path().join("tables");
        fs::create_dir_all(&tables).map_err(Error::io("the tables' folder"))?;
        Ok(tables)
    }

    /// Its address, as an SDK endpoint.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// A direct client with long timeouts, for a test's setup and checks.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client_through(&self.endpoint())
    }

    /// Like [`DynamoDbLocal::client`], through a proxy.
    #[must_use]
    pub fn client_through(&self, endpoint: &str) -> Client {
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(Duration::from_secs(30)).build();
        let retries = RetryConfig::standard().with_max_attempts(5);
        Client::from_conf(client_config(endpoint).timeout_config(timeouts).retry_config(retries).build())
    }

    /// Creates a table with the counter's schema: a partition key and a sort key.
    ///
    /// # Errors
    /// DynamoDB Local's error.
    pub async fn create_table(&self, name: &str) -> Result<(), Error> {
        self.create(name, &[("pk", KeyType::Hash), ("sk", KeyType::Range)]).await
    }

    /// Creates a table with the schema of links: a partition key only.
    ///
    /// # Errors
    /// DynamoDB Local's error.
    pub async fn create_keyed_table(&self, name: &str) -> Result<(), Error> {
        self.create(name, &[("pk", KeyType::Hash)]).await
    }

    async fn create(&self, name: &str, key: &[(&str, KeyType)]) -> Result<(), Error> {
        let rejected = |body: String| Error::Rejected {
            server: "DynamoDB Local",
            request: format!("CreateTable {name}"),
            status: 0,
            body,
        };
        let mut create = self.client().create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
        for (attribute, kind) in key {
            let definition =
                AttributeDefinition::builder().attribute_name(*attribute).attribute_type("S".into()).build();
            let element = KeySchemaElement::builder().attribute_name(*attribute).key_type(kind.clone()).build();
            create = create
                .attribute_definitions(definition.map_err(|error| rejected(error.to_string()))?)
                .key_schema(element.map_err(|error| rejected(error.to_string()))?);
        }
        create.send().await.map(drop).map_err(|error| rejected(format!("{error:?}")))
    }
}

/// A client configuration for this endpoint, without retries and timeouts.
#[must_use]
pub fn client_config(endpoint: &str) -> Builder {
    aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .credentials_provider(Credentials::new("test", "test", None, None, "a local database"))
        .endpoint_url(endpoint)
}
