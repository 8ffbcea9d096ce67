//! `vitae links`: the owner's side of named links. It reads and writes the table directly, with the rows of `vitae-links`, so that it
//! works while the function does not.

mod documents;
mod lifetime;
mod report;
mod table;

use std::time::{SystemTime, UNIX_EPOCH};

use aws_sdk_dynamodb::{operation::update_item::UpdateItemError, types::AttributeValue};
use vitae_links::{
    address::{Address, LinksKey},
    code::{Code, LinkId},
    label::Label,
    row::{
        Item, LINK_PREFIX, LinkRow, UnreadableRow, address_key,
        attribute::{ADDRESS, EXPIRES, PK, REVOKED, TTL},
        link_key,
    },
};
use vitae_parameters::{Config, Parameter};

pub use self::{
    lifetime::{BadLifetime, Lifetime},
    report::Report,
    table::table,
};
use crate::{
    aws::{AwsClients, CallError},
    deploy::{self, Outputs},
    operate::http,
};

/// Why a command failed. No error contains a link's code or a visitor's address.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The stack was deployed without named links.
    #[error("the stack {stack:?} has no named links: deploy it with Links=true")]
    NoLinks {
        /// The stack.
        stack: String,
    },
    /// The stack's outputs cannot be read.
    #[error(transparent)]
    Deploy(#[from] deploy::Error),
    /// A call failed.
    #[error(transparent)]
    Call(#[from] CallError),
    /// A row of the table cannot be read.
    #[error(transparent)]
    Row(#[from] UnreadableRow),
    /// A parameter is missing or malformed.
    #[error("{parameter}: {reason}")]
    Parameter {
        /// The parameter.
        parameter: Parameter,
        /// Why.
        reason: String,
    },
    /// The document is not in the CV bucket.
    #[error(
        "{document:?} is not in the CV bucket: put it into site/cv/ and upload it with `cargo vitae site apply`; there {known}"
    )]
    NoDocument {
        /// The document.
        document: String,
        /// The documents in the bucket.
        known: String,
    },
    /// The operating system has no random bytes.
    #[error(transparent)]
    Randomness(#[from] vitae_links::code::RandomnessError),
    /// No link has this id.
    #[error("no link has an id that begins with {id:?}: `cargo vitae links list` shows them")]
    NoLink {
        /// The id.
        id: String,
    },
    /// Several links have this id.
    #[error("{count} links have ids that begin with {id:?}: give more characters")]
    Ambiguous {
        /// The id.
        id: String,
        /// Their number.
        count: usize,
    },
    /// A revoked link cannot be extended.
    #[error("the link {id} is revoked: create another one")]
    Revoked {
        /// The id.
        id: String,
    },
}

/// The named links of a stack.
#[derive(Debug)]
pub struct Links {
    aws: AwsClients,
    stack: String,
    outputs: Outputs,
    table: String,
}

/// A link that was created, and its URL, which is shown once.
#[derive(Debug)]
pub struct Created {
    /// The link.
    pub link: LinkRow,
    /// Its URL.
    pub url: String,
}

impl Links {
    /// Finds the links of a stack.
    ///
    /// # Errors
    /// [`Error::NoLinks`], or the call that failed.
    pub async fn find(aws: AwsClients, stack: String) -> Result<Self, Error> {
        let outputs = deploy::outputs(&aws, &stack).await?;
        match &outputs.links {
            None => Err(Error::NoLinks { stack }),
            Some(links) => Ok(Self { table: links.table.clone(), aws, stack, outputs }),
        }
    }

    /// Creates a link. Without a document it opens the CV.
    ///
    /// # Errors
    /// [`Error::NoDocument`], or the call that failed.
    pub async fn create(&self, label: Label, document: Option<&str>, lifetime: Lifetime) -> Result<Created, Error> {
        let config = self.config().await?;
        let document = documents::find(&self.aws, &self.outputs.cv_bucket, document.unwrap_or(&config.cv.path)).await?;
        let base = self.base_url(&config).await?;
        let (code, now_s) = (Code::generate()?, now_s());
        let link = LinkRow::new(code.id(), label, document, now_s, lifetime.expiry_s(now_s));
        let put = self.aws.dynamodb().put_item().table_name(&self.table).set_item(Some(link.to_item()));
        let put = put.condition_expression("attribute_not_exists(#pk)").expression_attribute_names("#pk", PK);
        put.send().await.map_err(|error| CallError::new("PutItem of the link", &error))?;
        Ok(Created { url: format!("{base}/l/{}", code.as_str()), link })
    }

    /// Every link, the newest first.
    ///
    /// # Errors
    /// The call that failed, or the row that is malformed.
    pub async fn list(&self) -> Result<Vec<LinkRow>, Error> {
        let items = self.scan("begins_with(#pk, :prefix)", &[("#pk", PK)], &[(":prefix", LINK_PREFIX)]).await?;
        let mut links = items.iter().map(LinkRow::from_item).collect::<Result<Vec<_>, _>>()?;
        links.sort_by(|a, b| b.created_s.cmp(&a.created_s).then_with(|| a.id.cmp(&b.id)));
        Ok(links)
    }

    /// The link whose id begins with `id`.
    ///
    /// # Errors
    /// [`Error::NoLink`], [`Error::Ambiguous`], or as [`Links::list`].
    pub async fn show(&self, id: &str) -> Result<LinkRow, Error> {
        let mut found: Vec<_> = self
            .list()
            .await?
            .into_iter()
            .filter(|link| link.id.as_str().starts_with(&id.to_ascii_lowercase()))
            .collect();
        match (found.len(), found.pop()) {
            (1, Some(link)) if !id.is_empty() => Ok(link),
            (0, _) => Err(Error::NoLink { id: id.to_owned() }),
            (count, _) => Err(Error::Ambiguous { id: id.to_owned(), count }),
        }
    }

    /// Sets the expiry of a link, from now.
    ///
    /// # Errors
    /// [`Error::Revoked`], or as [`Links::show`].
    pub async fn extend(&self, id: &str, lifetime: Lifetime) -> Result<LinkRow, Error> {
        let link = self.show(id).await?;
        let expires_s = lifetime.expiry_s(now_s());
        let update = self.update(&link.id, "SET #expires = :expires, #ttl = :ttl", "attribute_not_exists(#revoked)");
        let update = update
            .expression_attribute_names("#expires", EXPIRES)
            .expression_attribute_names("#ttl", TTL)
            .expression_attribute_values(":expires", AttributeValue::N(expires_s.to_string()))
            .expression_attribute_values(":ttl", AttributeValue::N(LinkRow::ttl_s(expires_s).to_string()));
        match update.send().await {
            Ok(_) => Ok(LinkRow { expires_s, ..link }),
            Err(error) if is_condition_failed(&error) => Err(Error::Revoked { id: link.id.short().to_owned() }),
            Err(error) => Err(CallError::new("UpdateItem of the link", &error).into()),
        }
    }

    /// Revokes a link. Revoking it again changes nothing.
    ///
    /// # Errors
    /// As [`Links::show`].
    pub async fn revoke(&self, id: &str) -> Result<LinkRow, Error> {
        let link = self.show(id).await?;
        let revoked_s = link.revoked_s.unwrap_or_else(now_s);
        let update = self.update(&link.id, "SET #revoked = if_not_exists(#revoked, :now)", "attribute_exists(#pk)");
        let update = update
            .expression_attribute_names("#pk", PK)
            .expression_attribute_values(":now", AttributeValue::N(revoked_s.to_string()));
        match update.send().await {
            Ok(_) => Ok(LinkRow { revoked_s: Some(revoked_s), ..link }),
            Err(error) if is_condition_failed(&error) => Err(Error::NoLink { id: id.to_owned() }),
            Err(error) => Err(CallError::new("UpdateItem of the link", &error).into()),
        }
    }

    /// Deletes every row about an address: its own, its links and its messages. Returns their number.
    ///
    /// # Errors
    /// The call that failed. Rows that were deleted stay deleted.
    pub async fn forget(&self, address: &Address) -> Result<usize, Error> {
        let parameter = Parameter::LinksKey;
        let key = self.parameter(parameter).await?;
        let key = LinksKey::parse(&key).map_err(|error| Error::Parameter { parameter, reason: error.to_string() })?;
        let hash = key.hash(address);
        let names = [("#pk", PK), ("#address", ADDRESS)];
        let own = address_key(&hash);
        let values = [(":pk", own.as_str()), (":hash", hash.as_str())];
        let items = self.scan("#pk = :pk OR #address = :hash", &names, &values).await?;
        for item in &items {
            let key = item.get(PK).cloned().unwrap_or_else(|| AttributeValue::S(own.clone()));
            let deleted = self.aws.dynamodb().delete_item().table_name(&self.table).key(PK, key).send().await;
            deleted.map_err(|error| CallError::new("DeleteItem of a row about the address", &error))?;
        }
        Ok(items.len())
    }

    /// Where the URLs of links begin: the address of the local system, or the first of the site's names.
    async fn base_url(&self, config: &Config) -> Result<String, Error> {
        let address = http::address(&self.aws, &self.stack).await?;
        let own = format!("https://{}", self.outputs.distribution_domain_name);
        Ok(match config.names.first() {
            Some(name) if address == own => format!("https://{name}"),
            _ => address,
        })
    }

    async fn config(&self) -> Result<Config, Error> {
        let parameter = Parameter::Config;
        let json = self.parameter(parameter).await?;
        Config::parse(&json).map_err(|error| Error::Parameter { parameter, reason: error.to_string() })
    }

    async fn parameter(&self, parameter: Parameter) -> Result<String, Error> {
        let name = format!("{}{parameter}", self.outputs.parameter_prefix);
        let read = self.aws.ssm().get_parameters().names(&name).with_decryption(true).send().await;
        let read = read.map_err(|error| CallError::new(format!("GetParameters of {name}"), &error))?;
        let value = read.parameters().first().and_then(|parameter| parameter.value()).map(str::to_owned);
        value.ok_or_else(|| Error::Parameter { parameter, reason: "is missing: update the stack".to_owned() })
    }

    async fn scan(&self, filter: &str, names: &[(&str, &str)], values: &[(&str, &str)]) -> Result<Vec<Item>, Error> {
        let mut scan =
            self.aws.dynamodb().scan().table_name(&self.table).filter_expression(filter).consistent_read(true);
        for (placeholder, name) in names {
            scan = scan.expression_attribute_names(*placeholder, *name);
        }
        for (placeholder, value) in values {
            scan = scan.expression_attribute_values(*placeholder, AttributeValue::S((*value).to_owned()));
        }
        let mut pages = scan.into_paginator().items().send();
        let mut items = Vec::new();
        while let Some(item) = pages.next().await {
            items.push(item.map_err(|error| CallError::new(format!("Scan of {}", self.table), &error))?);
        }
        Ok(items)
    }

    fn update(
        &self,
        id: &LinkId,
        expression: &str,
        condition: &str,
    ) -> aws_sdk_dynamodb::operation::update_item::builders::UpdateItemFluentBuilder {
        let update = self.aws.dynamodb().update_item().table_name(&self.table);
        update
            .key(PK, AttributeValue::S(link_key(id)))
            .update_expression(expression)
            .condition_expression(condition)
            .expression_attribute_names("#revoked", REVOKED)
    }
}

fn is_condition_failed<R>(error: &aws_sdk_dynamodb::error::SdkError<UpdateItemError, R>) -> bool {
    error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception)
}

/// Seconds since 1970.
#[must_use]
pub fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
