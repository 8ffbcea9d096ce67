//! The servers, the table and the function of the tests.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::types::AttributeValue;
use base64ct::{Base64, Encoding as _};
use serde_json::Value;
use tokio::sync::OnceCell;
use vitae_links::code::{Code, LinkId};
use vitae_links::document::Document;
use vitae_links::handler::Handler;
use vitae_links::label::Label;
use vitae_links::parameters::Parameters;
use vitae_links::row::{Item, LinkRow};
use vitae_links::sender::Sender;
use vitae_links::settings::Settings;
use vitae_links::store::Store;
use vitae_parameters::{Config, Parameter, Prefix, SignerParameter};
use vitae_signer::{Algorithm, Hash, KeyPairId};
use vitae_testing::faults::{ATTEMPT, FaultyDynamoDb, LONG_ATTEMPT, client};
use vitae_testing::ministack::Ministack;
use vitae_testing::{DynamoDbLocal, Microburst};

use crate::proxy::Proxy;
use crate::requests::{NOW_S, at};

/// The label of every link. No response or log may contain it.
pub(crate) const LABEL: &str = "Acme, J. Doe (secret)";

/// The servers, each started by the first test that uses it.
#[derive(Default)]
pub(crate) struct Fixture {
    dynamodb: FaultyDynamoDb,
    cloud: OnceCell<Cloud>,
}

/// SES, SNS and Parameter Store.
pub(crate) struct Cloud {
    _ministack: Ministack,
    config: SdkConfig,
    topic: String,
    pub(crate) proxy: Proxy,
}

/// A function's options.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// Whether `MAIL_FROM` is set.
    pub(crate) mail: bool,
    /// `REQUESTS_PER_DAY`.
    pub(crate) requests_per_day: u64,
    /// Whether calls of DynamoDB go through the proxy that injects faults, and time out quickly.
    pub(crate) faults: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { mail: true, requests_per_day: 50, faults: false }
    }
}

impl Fixture {
    pub(crate) fn database(&self) -> &DynamoDbLocal {
        self.dynamodb.database()
    }

    pub(crate) async fn microburst(&self) -> &Microburst {
        self.dynamodb.microburst().await
    }

    pub(crate) async fn cloud(&self) -> &Cloud {
        self.cloud.get_or_init(Cloud::start).await
    }

    /// A new table.
    pub(crate) async fn table(&self, name: &'static str) -> Table<'_> {
        self.database().create_keyed_table(name).await.expect("a table");
        self.cloud().await.proxy.clear();
        Table { name, client: self.database().client(), fixture: self }
    }
}

impl Cloud {
    async fn start() -> Self {
        let ministack = Ministack::start();
        let config = ministack.config().await;
        let endpoint = config.endpoint_url().expect("an endpoint").to_owned();
        let proxy = Proxy::start(&endpoint).await;
        let ses = aws_sdk_sesv2::Client::new(&config);
        ses.create_email_identity().email_identity("example.com").send().await.expect("an identity");
        let sns = aws_sdk_sns::Client::new(&config);
        let topic = sns.create_topic().name("notices").send().await.expect("a topic").topic_arn.expect("its ARN");
        let cloud = Self { _ministack: ministack, config, topic, proxy };
        let config = Config { owner: "Jane Doe".into(), ..Config::from_names(vec!["example.com".into()]).unwrap() };
        cloud.put(Parameter::Config, &config.to_json()).await;
        cloud.put(Parameter::LinksKey, &Base64::encode_string(&[7; 32])).await;
        cloud.rotate("K0").await;
        cloud
    }

    /// Makes a new key the active one.
    pub(crate) async fn rotate(&self, id: &str) {
        let generated = vitae_keys::key_pair::generate(Algorithm::EcdsaP256).expect("a key pair").to_json();
        let generated: Value = serde_json::from_str(&generated).unwrap();
        let pem = generated["private_key"].as_str().unwrap();
        let pair = SignerParameter::new(KeyPairId::new(id).unwrap(), Hash::Sha256, pem).unwrap();
        self.put(Parameter::SignerActive, &pair.to_json()).await;
    }

    async fn put(&self, parameter: Parameter, value: &str) {
        let ssm = aws_sdk_ssm::Client::new(&self.config);
        let kind = if parameter.is_secret() { "SecureString" } else { "String" };
        let put = ssm.put_parameter().name(prefix().name(parameter)).value(value).overwrite(true);
        put.r#type(kind.into()).send().await.expect("a parameter");
    }

    fn parameters(&self) -> Parameters {
        Parameters::new(aws_sdk_ssm::Client::new(&self.config), prefix(), 0.0)
    }

    fn sender(&self) -> Sender {
        let config = self.config.to_builder().endpoint_url(self.proxy.endpoint()).build();
        let timeouts = TimeoutConfig::builder().operation_attempt_timeout(LONG_ATTEMPT).build();
        let once = aws_sdk_sesv2::config::Builder::from(&config)
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts)
            .build();
        let sns = aws_sdk_sns::config::Builder::from(&config).retry_config(RetryConfig::disabled()).build();
        let (ses, sns) = (aws_sdk_sesv2::Client::from_conf(once), aws_sdk_sns::Client::from_conf(sns));
        Sender::new(ses, sns, self.topic.clone(), None)
    }
}

/// The table of one test.
#[derive(Clone)]
pub(crate) struct Table<'a> {
    pub(crate) name: &'static str,
    pub(crate) client: Client,
    pub(crate) fixture: &'a Fixture,
}

impl Table<'_> {
    /// A new function, like another execution environment.
    pub(crate) async fn links(&self, options: Options) -> Handler {
        let client = if options.faults {
            client(&self.fixture.microburst().await.endpoint(), ATTEMPT)
        } else {
            client(&self.fixture.database().endpoint(), LONG_ATTEMPT)
        };
        let cloud = self.fixture.cloud().await;
        let requests_per_day = options.requests_per_day.to_string();
        let variables = [
            ("TABLE_NAME", self.name),
            ("PARAMETER_PREFIX", "/vitae/resume/"),
            ("TOPIC_ARN", &cloud.topic),
            ("MAIL_FROM", if options.mail { "cv@example.com" } else { "" }),
            ("REQUESTS_PER_DAY", &requests_per_day),
        ];
        let variable = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, v)| (*v).to_owned());
        let settings = Settings::from_env(variable).expect("settings");
        let store = Store::new(client, self.name.to_owned());
        let handler = Handler::new(store, cloud.parameters(), cloud.sender(), settings);
        assert_eq!(handler.warm_up(at(NOW_S).now).await, None);
        handler
    }

    /// The table without a proxy.
    pub(crate) fn store(&self) -> Store {
        Store::new(self.client.clone(), self.name.to_owned())
    }

    /// A new link of `resume.pdf` that expires in a day.
    pub(crate) async fn link(&self) -> Code {
        self.link_to("resume.pdf", NOW_S + 86_400).await
    }

    pub(crate) async fn link_to(&self, document: &str, expires_s: u64) -> Code {
        let code = Code::generate().expect("a code");
        let (label, document) = (Label::parse(LABEL).unwrap(), Document::parse(document).unwrap());
        let row = LinkRow::new(code.id(), label, document, NOW_S, expires_s);
        self.put(row.to_item()).await;
        code
    }

    pub(crate) async fn put(&self, item: Item) {
        self.client.put_item().table_name(self.name).set_item(Some(item)).send().await.expect("a row");
    }

    /// A link's row.
    pub(crate) async fn row(&self, id: &LinkId) -> LinkRow {
        self.store().link(id).await.expect("a row").expect("a link")
    }

    /// All rows.
    pub(crate) async fn items(&self) -> Vec<Item> {
        let scan = self.client.scan().table_name(self.name).consistent_read(true).into_paginator().items();
        scan.send().collect::<Result<Vec<_>, _>>().await.expect("a scan")
    }

    /// The rows whose key has this prefix.
    pub(crate) async fn items_of(&self, prefix: &str) -> Vec<Item> {
        let is_of = |item: &Item| item["pk"].as_s().unwrap().starts_with(prefix);
        self.items().await.into_iter().filter(is_of).collect()
    }
}

/// A number of an item.
pub(crate) fn number(item: &Item, name: &str) -> u64 {
    item.get(name).and_then(|value: &AttributeValue| value.as_n().ok()).map_or(0, |digits| digits.parse().unwrap())
}

/// A text of an item.
pub(crate) fn text(item: &Item, name: &str) -> String {
    item.get(name).and_then(|value| value.as_s().ok()).cloned().unwrap_or_default()
}

fn prefix() -> Prefix {
    Prefix::from_stack_name("resume").unwrap()
}
