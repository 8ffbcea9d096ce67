//! The table. This is the only module that calls DynamoDB.
//!
//! Every write is conditional and can be repeated: the SDK repeats a call whose response was lost, and the second attempt
//! must change nothing.

mod expression;
mod pending;
mod transaction;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::transact_write_items::builders::TransactWriteItemsInputBuilder;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use vitae_lambda::{TransactionResult, backoff_limit, canonical_request, jitter};

use crate::address::AddressHash;
use crate::code::LinkId;
use crate::error::Error;
use crate::row::{AddressRow, Item, LinkRow, OutboxRow, OutboxState, address_key, link_key, outbox_key};
use crate::token::Token;
use expression::{names, number, text, values};
use transaction::RequestItem;

pub use pending::Pending;
pub use transaction::{AcceptedRequest, open as open_transaction};

/// How long a claimed notice is not claimed again, in seconds: longer than the function's timeout.
const CLAIM_S: u64 = 60;

/// The table.
#[derive(Clone, Debug)]
pub struct Store {
    client: Client,
    table: String,
}

/// The result of opening a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenResult {
    /// The open is recorded.
    Opened {
        /// Whether an earlier call with the same token recorded it.
        is_replay: bool,
    },
    /// The link cannot be opened any more.
    Closed,
}

/// The result of accepting a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcceptResult {
    /// It is accepted.
    Accepted,
    /// An earlier call with the same token was accepted.
    Replayed,
    /// A limit of the address was exceeded in the meantime.
    AddressLimit,
    /// The site has accepted all requests of the day.
    SiteLimit,
}

impl Store {
    /// The table with this name.
    #[must_use]
    pub const fn new(client: Client, table: String) -> Self {
        Self { client, table }
    }

    /// A link.
    ///
    /// # Errors
    /// As any call.
    pub async fn link(&self, id: &LinkId) -> Result<Option<LinkRow>, Error> {
        let item = self.get(link_key(id)).await?;
        Ok(item.as_ref().map(LinkRow::from_item).transpose()?)
    }

    /// The row of an address.
    ///
    /// # Errors
    /// As any call.
    pub async fn address(&self, hash: &AddressHash) -> Result<Option<AddressRow>, Error> {
        let item = self.get(address_key(hash)).await?;
        Ok(item.as_ref().map(AddressRow::from_item).transpose()?)
    }

    /// The row of a message.
    ///
    /// # Errors
    /// As any call.
    pub async fn message(&self, token: &str) -> Result<Option<OutboxRow>, Error> {
        let item = self.get(outbox_key(token)).await?;
        Ok(item.as_ref().map(OutboxRow::from_item).transpose()?)
    }

    /// Records one open of a link, once per token.
    ///
    /// # Errors
    /// [`Error::Unavailable`] if DynamoDB sent no usable response. The open may be recorded.
    pub async fn open(&self, link: &LinkRow, token: &Token, now_s: u64) -> Result<OpenResult, Error> {
        let transaction = transaction::open(&self.table, &link.id, link.address.is_some(), token, now_s);
        match self.transact(&transaction, token).await? {
            Written::Now => Ok(OpenResult::Opened { is_replay: false }),
            Written::Before => Ok(OpenResult::Opened { is_replay: true }),
            Written::Not(_) => Ok(OpenResult::Closed),
        }
    }

    /// Accepts a request, once per token.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub async fn accept(&self, request: &AcceptedRequest) -> Result<AcceptResult, Error> {
        let transaction = transaction::request(&self.table, request);
        let failed = match self.transact(&transaction, &request.token).await? {
            Written::Now => return Ok(AcceptResult::Accepted),
            Written::Before => return Ok(AcceptResult::Replayed),
            Written::Not(failed) => failed,
        };
        let item = failed.first().and_then(|&index| RequestItem::ALL.get(index));
        Ok(match item {
            Some(RequestItem::Address) => AcceptResult::AddressLimit,
            Some(RequestItem::Day) => AcceptResult::SiteLimit,
            // DynamoDB remembers a token for ten minutes; after that, the message's row shows the earlier request.
            Some(RequestItem::Message | RequestItem::Link) | None => AcceptResult::Replayed,
        })
    }

    /// Claims the notice of a link's first open for one run. Returns false if there is nothing to send, or if another
    /// run is sending it.
    ///
    /// # Errors
    /// As any call.
    pub async fn claim_notice(&self, id: &LinkId, run: &str, now_s: u64) -> Result<bool, Error> {
        let condition =
            "#notice = :pending AND (attribute_not_exists(#claimed) OR #claimed < :before OR #claim = :run)";
        self.claim(link_key(id), condition, "", run, now_s).await
    }

    /// Records that the notice of a link's first open was sent.
    ///
    /// # Errors
    /// As any call.
    pub async fn finish_notice(&self, id: &LinkId) -> Result<(), Error> {
        let update = "SET #notice = :sent REMOVE #claim, #claimed";
        let values = values([(":sent", text("sent"))]);
        self.update(link_key(id), update, "attribute_exists(#pk)", values).await.map(drop)
    }

    /// Claims a notice of a request for one run, as [`Store::claim_notice`].
    ///
    /// # Errors
    /// As any call.
    pub async fn claim_request_notice(&self, token: &str, run: &str, now_s: u64) -> Result<bool, Error> {
        let condition = "#state = :pending AND #kind = :notice \
                         AND (attribute_not_exists(#claimed) OR #claimed < :before OR #claim = :run)";
        self.claim(outbox_key(token), condition, "", run, now_s).await
    }

    /// Claims a mail for one run, for ever: a mail whose sending was begun is never sent again. The claim of the same run may
    /// be repeated.
    ///
    /// # Errors
    /// As any call. The mail may be claimed; it is not sent.
    pub async fn claim_mail(&self, token: &str, run: &str, now_s: u64) -> Result<bool, Error> {
        let condition = "#kind = :mail AND (#state = :pending OR (#state = :sending AND #claim = :run))";
        self.claim(outbox_key(token), condition, ", #state = :sending", run, now_s).await
    }

    /// Records the result of a message.
    ///
    /// # Errors
    /// As any call.
    pub async fn finish_message(&self, token: &str, state: OutboxState) -> Result<(), Error> {
        let update = "SET #state = :state";
        let values = values([(":state", text(state.as_str()))]);
        self.update(outbox_key(token), update, "attribute_exists(#pk)", values).await.map(drop)
    }

    /// Gives up a message that no run has claimed.
    ///
    /// # Errors
    /// As any call.
    pub async fn drop_message(&self, token: &str) -> Result<(), Error> {
        let values = values([(":failed", text("failed")), (":pending", text("pending"))]);
        self.update(outbox_key(token), "SET #state = :failed", "#state = :pending", values).await.map(drop)
    }

    /// Gives back a mail that SES did not accept because of throttling: a later run sends it.
    ///
    /// # Errors
    /// As any call.
    pub async fn release_mail(&self, token: &str, run: &str) -> Result<(), Error> {
        let update = "SET #state = :pending REMOVE #claim, #claimed";
        let values = values([(":pending", text("pending")), (":sending", text("sending")), (":run", text(run))]);
        self.update(outbox_key(token), update, "#state = :sending AND #claim = :run", values).await.map(drop)
    }

    /// Turns a mail that SES rejected into a notice to the owner. Its link, whose code no one has, is deleted.
    ///
    /// # Errors
    /// As any call. The mail then stays as it is, and no notice is sent.
    pub async fn replace_by_notice(&self, token: &str, run: &str, link: &LinkId) -> Result<(), Error> {
        let update = "SET #state = :pending, #kind = :notice REMOVE #claim, #claimed, #link, #site";
        let values = values([
            (":pending", text("pending")),
            (":sending", text("sending")),
            (":notice", text("notice")),
            (":run", text(run)),
        ]);
        self.update(outbox_key(token), update, "#state = :sending AND #claim = :run", values).await?;
        let delete = self.client.delete_item().table_name(&self.table).key("pk", text(link_key(link)));
        delete.send().await.map(drop).map_err(|error| Error::from_sdk("DeleteItem", &error))
    }

    /// Ends an outstanding request, and deletes its address, if it is still the one of this link.
    ///
    /// # Errors
    /// As any call.
    pub async fn end_request(&self, hash: &AddressHash, link: &LinkId) -> Result<(), Error> {
        let update = "REMOVE #email, #outstanding, #outstanding_until";
        let values = values([(":link", text(link.as_str()))]);
        self.update(address_key(hash), update, "#outstanding = :link", values).await.map(drop)
    }

    /// Deletes an address whose request is no longer outstanding at this time.
    ///
    /// # Errors
    /// As any call.
    pub async fn delete_email(&self, hash: &AddressHash, now_s: u64) -> Result<(), Error> {
        let update = "REMOVE #email, #outstanding, #outstanding_until";
        let values = values([(":now", number(now_s))]);
        self.update(address_key(hash), update, "#outstanding_until <= :now", values).await.map(drop)
    }

    /// Deletes an address that was passed on to the owner, if its last request is the one of this time. The request stays
    /// outstanding.
    ///
    /// # Errors
    /// As any call.
    pub async fn delete_notified_email(&self, hash: &AddressHash, requested_s: u64) -> Result<(), Error> {
        let values = values([(":requested", number(requested_s))]);
        self.update(address_key(hash), "REMOVE #email", "#last_sent = :requested", values).await.map(drop)
    }

    /// Records that messages to an address bounce, or are reported as spam.
    ///
    /// # Errors
    /// As any call.
    pub async fn suppress(&self, hash: &AddressHash, now_s: u64) -> Result<(), Error> {
        let values = values([(":now", number(now_s))]);
        self.update(address_key(hash), "SET #suppressed = :now", "attribute_exists(#pk)", values).await.map(drop)
    }

    /// Sets the claim of a row. The expressions may use `:run`, `:before`, and the names of states and kinds.
    async fn claim(&self, key: String, condition: &str, update: &str, run: &str, now_s: u64) -> Result<bool, Error> {
        let update = format!("SET #claim = :run, #claimed = :now{update}");
        let mut values = values([(":run", text(run)), (":now", number(now_s))]);
        let before = (":before", number(now_s.saturating_sub(CLAIM_S)));
        let words = ["pending", "sending", "notice", "mail"].map(|word| (format!(":{word}"), text(word)));
        let optional = words.into_iter().chain([(before.0.to_owned(), before.1)]);
        // DynamoDB rejects values that no expression uses.
        let is_used = |name: &str| condition.contains(name) || update.contains(name);
        values.extend(optional.filter(|(name, _)| is_used(name)));
        self.update(key, &update, condition, values).await
    }

    /// Updates a row; false if the condition is false.
    async fn update(
        &self,
        key: String,
        update: &str,
        condition: &str,
        values: std::collections::HashMap<String, AttributeValue>,
    ) -> Result<bool, Error> {
        let values = (!values.is_empty()).then_some(values);
        let updated = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("pk", text(key))
            .update_expression(update)
            .condition_expression(condition)
            .set_expression_attribute_names(Some(names(&[update, condition])))
            .set_expression_attribute_values(values)
            .send()
            .await;
        match updated {
            Ok(_) => Ok(true),
            Err(error)
                if matches!(error.as_service_error(), Some(UpdateItemError::ConditionalCheckFailedException(_))) =>
            {
                Ok(false)
            }
            Err(error) => Err(Error::from_sdk("UpdateItem", &error)),
        }
    }

    /// A consistent read.
    async fn get(&self, key: String) -> Result<Option<Item>, Error> {
        let get = self.client.get_item().table_name(&self.table).key("pk", text(key)).consistent_read(true);
        get.send().await.map(|output| output.item).map_err(|error| Error::from_sdk("GetItem", &error))
    }

    /// Sends a transaction until it is written or refused. A conflict is retried without limit: the caller has a deadline.
    async fn transact(&self, transaction: &TransactWriteItemsInputBuilder, token: &Token) -> Result<Written, Error> {
        let mut attempt = 0;
        loop {
            match TransactionResult::from_sdk(canonical_request::send(transaction, &self.client).await) {
                TransactionResult::Written => return Ok(Written::Now),
                TransactionResult::AlreadyWritten => return Ok(Written::Before),
                TransactionResult::ConditionFailed(items) => return Ok(Written::Not(items)),
                TransactionResult::Failed(error) => return Err(error.into()),
                TransactionResult::Retry(_) => {
                    attempt += 1;
                    tokio::time::sleep(jitter(token.seed(attempt), backoff_limit(attempt))).await;
                }
            }
        }
    }
}

/// The result of a transaction.
enum Written {
    Now,
    Before,
    /// The conditions of the items with these indices are false.
    Not(Vec<usize>),
}
