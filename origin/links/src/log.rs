//! Log lines. None holds an address, a code, a label or a signed URL; a link is named by the first digits of its id.

use std::time::Duration;

use serde_json::{Value, json};
use vitae_parameters::log::{self, Level};
use vitae_parameters::metric::{self, Sample};

use crate::error::Error;
use crate::feedback::FeedbackKind;
use crate::outbox::Delivery;
use crate::outcome::{Outcome, RequestResult};
use crate::parameters::RefreshError;

/// What every line of one invocation has.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The time in milliseconds since 1970.
    pub now_ms: u64,
    /// Lambda's request id.
    pub request_id: Option<&'a str>,
}

impl Context<'_> {
    /// The time in seconds since 1970.
    #[must_use]
    pub const fn now_s(&self) -> u64 {
        self.now_ms / 1000
    }

    /// The line of a request.
    #[must_use]
    pub fn outcome(&self, outcome: &Outcome, duration: Duration) -> Value {
        let (level, event, reason) = match outcome {
            Outcome::Shown { .. } => (Level::Info, "link_shown", None),
            Outcome::Opened { .. } => (Level::Info, "link_opened", None),
            Outcome::Requested(RequestResult::Accepted) => (Level::Info, "link_requested", None),
            Outcome::Requested(RequestResult::Replayed) => (Level::Info, "link_requested", Some("replay".to_owned())),
            Outcome::Requested(RequestResult::Limited(limit)) => {
                (Level::Warn, "request_limited", Some(limit.as_str().to_owned()))
            }
            Outcome::Closed { state, .. } => {
                let state = state.map_or("unknown", |state| state.as_str());
                (Level::Warn, "request_rejected", Some(state.to_owned()))
            }
            Outcome::Rejected(rejection) => (Level::Warn, "request_rejected", Some(rejection.to_string())),
            Outcome::Failed(error) => (Level::Error, "request_failed", Some(error.to_string())),
        };
        let mut fields = json!({
            "status": outcome.status(),
            "durationMs": u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        });
        match outcome {
            Outcome::Shown { id, .. } => fields["link"] = id.short().into(),
            Outcome::Opened { id, is_replay, .. } => {
                fields["link"] = id.short().into();
                fields["replay"] = (*is_replay).into();
            }
            Outcome::Closed { state, id } => {
                fields["code"] = outcome.problem().code().into();
                // The hash of an unknown code says nothing.
                if state.is_some() {
                    fields["link"] = id.short().into();
                }
            }
            Outcome::Rejected(_) | Outcome::Failed(_) => fields["code"] = outcome.problem().code().into(),
            Outcome::Requested(_) => {}
        }
        let line = self.line(level, event, fields, reason);
        match outcome {
            Outcome::Opened { is_replay: false, .. } => self.count(line, metric::LINK_OPENED),
            Outcome::Requested(RequestResult::Accepted) => self.count(line, metric::LINK_REQUESTED),
            _ => line,
        }
    }

    /// The line of a message.
    #[must_use]
    pub fn delivery(&self, delivery: &Delivery) -> Value {
        let (level, event, reason) = match delivery {
            Delivery::NoticeSent => (Level::Info, "notice_sent", None),
            Delivery::NoticeFailed(reason) => (Level::Warn, "notice_failed", Some(reason.clone())),
            Delivery::MailSent => (Level::Info, "mail_sent", None),
            Delivery::MailThrottled => (Level::Warn, "mail_throttled", None),
            Delivery::MailRejected(code) => (Level::Error, "mail_rejected", Some(code.clone())),
            Delivery::MailUnknown(reason) => (Level::Error, "mail_unknown", Some(reason.clone())),
            Delivery::Dropped => (Level::Warn, "message_dropped", None),
            Delivery::Claimed => (Level::Info, "message_claimed", None),
            Delivery::Failed(error) => (Level::Error, "message_failed", Some(error.to_string())),
        };
        let line = self.line(level, event, json!({}), reason);
        match delivery {
            Delivery::MailSent => self.count(line, metric::MAIL_SENT),
            Delivery::MailRejected(_) | Delivery::MailUnknown(_) => self.count(line, metric::MAIL_FAILED),
            Delivery::NoticeFailed(_) => self.count(line, metric::NOTICE_FAILED),
            _ => line,
        }
    }

    /// The line of a bounce or complaint.
    #[must_use]
    pub fn feedback(&self, kind: FeedbackKind) -> Value {
        let (event, name) = match kind {
            FeedbackKind::Bounce => ("mail_bounced", metric::MAIL_BOUNCED),
            FeedbackKind::Complaint => ("mail_complaint", metric::MAIL_COMPLAINT),
        };
        let line = self.line(Level::Warn, event, json!({}), None);
        self.count(line, name)
    }

    /// The line of a task that failed.
    #[must_use]
    pub fn task_failed(&self, error: &Error) -> Value {
        self.line(Level::Error, "task_failed", json!({}), Some(error.to_string()))
    }

    /// The line of a failed refresh of the parameters.
    #[must_use]
    pub fn refresh_failed(&self, error: &RefreshError) -> Value {
        self.line(Level::Warn, "refresh_failed", json!({}), Some(error.to_string()))
    }

    fn line(&self, level: Level, event: &str, mut fields: Value, reason: Option<String>) -> Value {
        if let Some(reason) = reason {
            fields["reason"] = reason.into();
        }
        log::line(self.now_ms, level, self.request_id, event, fields)
    }

    fn count(&self, line: Value, name: &'static str) -> Value {
        metric::embed(line, self.now_ms, metric::NAMESPACE, &[], &[Sample::count(name, 1)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::Code;
    use crate::outcome::Signed;
    use crate::request::Limit;
    use crate::row::LinkState;

    const CONTEXT: Context<'_> = Context { now_ms: 1_795_780_800_000, request_id: Some("r-1") };

    fn outcome(outcome: &Outcome) -> Value {
        CONTEXT.outcome(outcome, Duration::from_millis(12))
    }

    #[test]
    fn an_open_is_a_metric_and_a_replay_is_not() {
        let signed = Signed { url: "https://example.com/cv/resume.pdf?Signature=x".into(), expires_s: 60 };
        let id = Code::from_bytes(&[0; 16]).id();
        let line = outcome(&Outcome::Opened { id: id.clone(), is_replay: false, signed: signed.clone() });
        assert_eq!(
            (&line["event"], &line["link"], &line["LinkOpened"]),
            (&json!("link_opened"), &json!("8a5bdb4cc151"), &json!(1))
        );
        assert!(!line.to_string().contains("Signature"), "{line}");
        let line = outcome(&Outcome::Opened { id, is_replay: true, signed });
        assert!(line.get("_aws").is_none() && line["replay"] == true, "{line}");
    }

    #[test]
    fn a_rejection_has_its_code_and_an_unknown_link_no_id() {
        let id = Code::from_bytes(&[0; 16]).id();
        let line = outcome(&Outcome::Closed { id: id.clone(), state: None });
        assert_eq!((&line["status"], &line["code"]), (&json!(410), &json!("link_unknown")));
        assert!(line.get("link").is_none(), "{line}");
        let line = outcome(&Outcome::Closed { id, state: Some(LinkState::Revoked) });
        assert_eq!((&line["code"], &line["level"]), (&json!("link_revoked"), &json!("WARN")));
    }

    #[test]
    fn a_limited_request_is_logged_as_accepted_by_its_status_only() {
        let line = outcome(&Outcome::Requested(RequestResult::Limited(Limit::Pause)));
        assert_eq!((&line["status"], &line["reason"]), (&json!(202), &json!("pause")));
        let line = outcome(&Outcome::Requested(RequestResult::Accepted));
        assert_eq!(line["LinkRequested"], 1);
    }

    #[test]
    fn messages_are_counted() {
        assert_eq!(CONTEXT.delivery(&Delivery::MailSent)["MailSent"], 1);
        assert_eq!(CONTEXT.delivery(&Delivery::MailRejected("MessageRejected".into()))["MailFailed"], 1);
        assert_eq!(CONTEXT.delivery(&Delivery::NoticeFailed("Throttling".into()))["NoticeFailed"], 1);
        assert_eq!(CONTEXT.feedback(FeedbackKind::Complaint)["MailComplaint"], 1);
    }
}
