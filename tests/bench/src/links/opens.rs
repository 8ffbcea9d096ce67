//! The time to open a link, and the start of the function.

use std::time::Instant;

use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType};
use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};
use vitae_links::code::Code;
use vitae_links::document::Document;
use vitae_links::label::Label;
use vitae_links::row::LinkRow;
use vitae_parameters::{Config, Parameter, Prefix, SignerParameter};
use vitae_signer::{Algorithm, Hash, KeyPairId};
use vitae_testing::ministack::Ministack;
use vitae_testing::{Function, Program};

use super::{Error, event, expect, milliseconds, unique};
use crate::figure::Figure;
use crate::summary::{median, quantile};

/// The number of starts of each function.
const STARTS: usize = 15;

/// The largest share of the counter's start.
const START_GOAL: f64 = 2.0;

/// The opens before measuring, and those that are measured.
const WARM_UP: usize = 50;
const OPENS: usize = 500;

/// A local cloud with a link.
pub(super) struct Cloud {
    _ministack: Ministack,
    pub(super) endpoint: String,
    pub(super) topic: String,
    code: Code,
}

impl Cloud {
    pub(super) async fn start() -> Result<Self, Error> {
        let ministack = Ministack::start();
        let config = ministack.config().await;
        let endpoint = config.endpoint_url().unwrap_or_default().to_owned();
        let dynamodb = aws_sdk_dynamodb::Client::new(&config);
        create_table(&dynamodb, "links", &[("pk", KeyType::Hash)]).await?;
        create_table(&dynamodb, "visits", &[("pk", KeyType::Hash), ("sk", KeyType::Range)]).await?;
        let code = Code::generate().map_err(failed)?;
        let (label, document) =
            (Label::parse("bench").map_err(failed)?, Document::parse("resume.pdf").map_err(failed)?);
        let link = LinkRow::new(code.id(), label, document, 0, 4_000_000_000);
        let put = dynamodb.put_item().table_name("links").set_item(Some(link.to_item()));
        put.send().await.map_err(|error| Error::SetUp(format!("{error:?}")))?;
        put_parameters(&config).await?;
        let topic = aws_sdk_sns::Client::new(&config).create_topic().name("notices").send().await;
        let topic = topic.map_err(|error| Error::SetUp(format!("{error:?}")))?.topic_arn.unwrap_or_default();
        Ok(Self { _ministack: ministack, endpoint, topic, code })
    }

    fn open(&self) -> Value {
        let headers = json!({"x-vitae-site": "https://example.com", "x-amz-cf-id": unique(), "accept": "text/html"});
        event("POST", &format!("/l/{}", self.code.as_str()), &headers)
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::SetUp(error.to_string())
}

async fn create_table(client: &aws_sdk_dynamodb::Client, name: &str, key: &[(&str, KeyType)]) -> Result<(), Error> {
    let mut create = client.create_table().table_name(name).billing_mode(BillingMode::PayPerRequest);
    for (attribute, kind) in key {
        let definition = AttributeDefinition::builder().attribute_name(*attribute).attribute_type("S".into()).build();
        let element = KeySchemaElement::builder().attribute_name(*attribute).key_type(kind.clone()).build();
        create = create.attribute_definitions(definition.map_err(failed)?).key_schema(element.map_err(failed)?);
    }
    create.send().await.map(drop).map_err(|error| Error::SetUp(format!("{error:?}")))
}

async fn put_parameters(config: &SdkConfig) -> Result<(), Error> {
    let names = vec!["example.com".to_owned()];
    let settings = Config::from_names(names).map_err(failed)?.to_json();
    let generated = vitae_keys::key_pair::generate(Algorithm::EcdsaP256).map_err(failed)?.to_json();
    let generated: Value = serde_json::from_str(&generated).map_err(failed)?;
    let id = KeyPairId::new("K2JCJMDEHXQW5F").map_err(failed)?;
    let pem = generated["private_key"].as_str().unwrap_or_default();
    let signer = SignerParameter::new(id, Hash::Sha256, pem).map_err(failed)?.to_json();
    let key = Base64::encode_string(&[7; 32]);
    let (prefix, ssm) = (Prefix::from_stack_name("bench").map_err(failed)?, aws_sdk_ssm::Client::new(config));
    for (parameter, value) in [
        (Parameter::Config, settings.as_str()),
        (Parameter::SignerActive, signer.as_str()),
        (Parameter::LinksKey, key.as_str()),
    ] {
        let kind = if parameter.is_secret() { "SecureString" } else { "String" };
        let put = ssm.put_parameter().name(prefix.name(parameter)).value(value).r#type(kind.into());
        put.send().await.map_err(|error| Error::SetUp(format!("{error:?}")))?;
    }
    Ok(())
}

/// The time from the start of the process to its first response: an open, compared with the counter's visit.
pub(super) async fn start(cloud: &Cloud, links: &Program, counter: &Program) -> Result<Vec<Figure>, Error> {
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    // The first run of each has cold files.
    for run in 0..=STARTS {
        let one = first_response_ms("links", links, &cloud.open(), 303).await?;
        let visit = event("POST", "/api/count", &json!({"idempotency-key": unique()}));
        let other = first_response_ms("the counter", counter, &visit, 200).await?;
        if run > 0 {
            ours.push(one);
            peer.push(other);
        }
    }
    let figure = milliseconds("start to first open (peer: first visit of the counter)", median(&ours), STARTS);
    Ok(vec![figure.against(median(&peer)).at_most(START_GOAL)])
}

async fn first_response_ms(who: &'static str, program: &Program, event: &Value, status: u64) -> Result<f64, Error> {
    let start = Instant::now();
    let function = Function::start(program).await?;
    let response = function.invoke(event).await?;
    let duration = start.elapsed();
    expect(who, status, response)?;
    Ok(duration.as_secs_f64() * 1e3)
}

/// The time of a warm open. Returns the figures and the median in milliseconds.
pub(super) async fn warm(cloud: &Cloud, links: &Program) -> Result<(Vec<Figure>, f64), Error> {
    let function = Function::start(links).await?;
    let mut durations = Vec::new();
    for open in 0..WARM_UP + OPENS {
        let event = cloud.open();
        let start = Instant::now();
        let response = function.invoke(&event).await?;
        let duration = start.elapsed().as_secs_f64() * 1e3;
        expect("links", 303, response)?;
        if open >= WARM_UP {
            durations.push(duration);
        }
    }
    let (p50, p99) = (median(&durations), quantile(&durations, 0.99));
    let figures =
        vec![milliseconds("warm open, median", p50, OPENS), milliseconds("warm open, 99th percentile", p99, OPENS)];
    Ok((figures, p50))
}
