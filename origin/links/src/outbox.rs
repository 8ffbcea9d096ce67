//! Sends what was written to be sent: notices at least once, e-mail at most once.
//!
//! A message is `pending` in the same transaction as what it reports. A run claims it with a conditional write, sends it, and
//! records the result. What a run did not finish:
//!
//! - A notice is claimed again by a later run after a minute, so it can arrive twice.
//! - A mail is never claimed again: SES has no token for idempotency, so a mail whose response was lost may be on its way.
//!   If it is lost, its address can request another when the request is no longer outstanding.
//! - A mail that SES did not accept because of throttling is given back, and one that it rejected becomes a notice.

use std::sync::Arc;

use vitae_parameters::Config;

use crate::address::{Address, AddressHash, LinksKey};
use crate::code::LinkId;
use crate::error::Error;
use crate::mail::{self, Mail};
use crate::notice::Notice;
use crate::row::{LinkRow, Message, OutboxRow, OutboxState};
use crate::run_id::RunId;
use crate::sender::{MailResult, Sender};
use crate::settings::Settings;
use crate::site;
use crate::store::{Pending, Store};

/// Sends messages.
#[derive(Clone, Debug)]
pub struct Outbox {
    store: Store,
    sender: Sender,
    settings: Arc<Settings>,
}

/// What a message is made from.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The owner's settings.
    pub config: &'a Config,
    /// The key of codes; without it no mail can be sent.
    pub key: Option<&'a LinksKey>,
    /// The run that sends.
    pub run: &'a RunId,
    /// The time in seconds since 1970.
    pub now_s: u64,
}

/// The result of a message, for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// A notice was published.
    NoticeSent,
    /// A notice was not published; a later run publishes it.
    NoticeFailed(String),
    /// SES accepted a mail.
    MailSent,
    /// SES throttled; a later run sends the mail.
    MailThrottled,
    /// SES rejected a mail, with this code; the owner is notified instead.
    MailRejected(String),
    /// The response of SES was lost: the mail may be on its way.
    MailUnknown(String),
    /// The request is no longer outstanding, or its link has gone.
    Dropped,
    /// Another run sends it.
    Claimed,
    /// A row is wrong, or a call of DynamoDB failed.
    Failed(Error),
}

impl Outbox {
    /// An outbox.
    #[must_use]
    pub const fn new(store: Store, sender: Sender, settings: Arc<Settings>) -> Self {
        Self { store, sender, settings }
    }

    /// Sends everything that is pending, and deletes the addresses that are no longer needed.
    ///
    /// # Errors
    /// If the table cannot be read.
    pub async fn run(&self, context: Context<'_>) -> Result<Vec<Delivery>, Error> {
        let mut deliveries = Vec::new();
        for pending in self.store.pending(context.now_s).await? {
            match pending {
                Ok(Pending::Notice(link)) => deliveries.push(self.notify_open(&link, context).await),
                Ok(Pending::Message(row)) => deliveries.extend(self.deliver(&row, context).await),
                Ok(Pending::Email(hash)) => {
                    let deleted = self.store.delete_email(&hash, context.now_s).await;
                    deliveries.extend(deleted.err().map(Delivery::Failed));
                }
                Err(row) => deliveries.push(Delivery::Failed(row.into())),
            }
        }
        Ok(deliveries)
    }

    /// Publishes the notice of a link's first open.
    pub async fn notify_open(&self, link: &LinkRow, context: Context<'_>) -> Delivery {
        let notify = async || -> Result<Delivery, Error> {
            if !self.store.claim_notice(&link.id, context.run.as_str(), context.now_s).await? {
                return Ok(Delivery::Claimed);
            }
            let notice = Notice::opened(link, link.first_open_s.unwrap_or(context.now_s));
            if let Err(error) = self.sender.publish(&notice).await {
                return Ok(Delivery::NoticeFailed(error.to_string()));
            }
            self.store.finish_notice(&link.id).await?;
            Ok(Delivery::NoticeSent)
        };
        notify().await.unwrap_or_else(Delivery::Failed)
    }

    /// Sends the message of a request. A rejected mail is followed by a notice.
    pub async fn deliver(&self, row: &OutboxRow, context: Context<'_>) -> Vec<Delivery> {
        let first = match &row.message {
            Message::Mail { link, site } => self.mail(row, link, site, context).await,
            Message::Notice => self.notify_request(row, context).await,
        };
        let first = first.unwrap_or_else(Delivery::Failed);
        if matches!(first, Delivery::MailRejected(_)) {
            let notice = self.notify_request(row, context).await.unwrap_or_else(Delivery::Failed);
            return vec![first, notice];
        }
        vec![first]
    }

    async fn mail(&self, row: &OutboxRow, id: &LinkId, site: &str, context: Context<'_>) -> Result<Delivery, Error> {
        let (Some(key), Some(mail_from)) = (context.key, &self.settings.mail_from) else {
            return Err(Error::Unavailable("links/key or MAIL_FROM is missing; the mail stays pending".to_owned()));
        };
        let address = self.outstanding_address(&row.address, Some(id)).await?;
        let link = self.store.link(id).await?;
        let code = key.code(&row.token);
        let (Some(address), Some(link)) = (address, link) else { return self.drop_message(row).await };
        if code.id() != *id {
            return self.drop_message(row).await;
        }
        let owner = context.config.owner_name();
        let host = site.split_once("://").map_or(site, |(_, host)| host);
        let url = site::link_url(site, &code);
        let mail = Mail::new(owner, host, &link.document.name(), &url, link.expires_s);
        let run = context.run.as_str();
        if !self.store.claim_mail(&row.token, run, context.now_s).await? {
            return Ok(Delivery::Claimed);
        }
        Ok(match self.sender.send(&mail::from(owner, mail_from), &address, &mail).await {
            MailResult::Accepted => {
                self.store.finish_message(&row.token, OutboxState::Sent).await?;
                Delivery::MailSent
            }
            MailResult::Throttled => {
                self.store.release_mail(&row.token, run).await?;
                Delivery::MailThrottled
            }
            MailResult::Rejected(code) => {
                self.store.replace_by_notice(&row.token, run, id).await?;
                Delivery::MailRejected(code)
            }
            MailResult::Unknown(reason) => Delivery::MailUnknown(reason),
        })
    }

    async fn notify_request(&self, row: &OutboxRow, context: Context<'_>) -> Result<Delivery, Error> {
        let Some(address) = self.outstanding_address(&row.address, None).await? else {
            return self.drop_message(row).await;
        };
        if !self.store.claim_request_notice(&row.token, context.run.as_str(), context.now_s).await? {
            return Ok(Delivery::Claimed);
        }
        let notice = Notice::requested(&address, row.created_s);
        if let Err(error) = self.sender.publish(&notice).await {
            return Ok(Delivery::NoticeFailed(error.to_string()));
        }
        self.store.finish_message(&row.token, OutboxState::Sent).await?;
        self.store.delete_notified_email(&row.address, row.created_s).await?;
        Ok(Delivery::NoticeSent)
    }

    async fn drop_message(&self, row: &OutboxRow) -> Result<Delivery, Error> {
        self.store.drop_message(&row.token).await?;
        Ok(Delivery::Dropped)
    }

    /// The address of an outstanding request, if it is the one of this link.
    async fn outstanding_address(&self, hash: &AddressHash, link: Option<&LinkId>) -> Result<Option<Address>, Error> {
        let Some(row) = self.store.address(hash).await? else { return Ok(None) };
        let is_outstanding = link.is_none_or(|link| row.outstanding.as_ref() == Some(link));
        Ok(row.email.filter(|_| is_outstanding && row.suppressed_s.is_none()))
    }
}
