//! Bounces and complaints, which SES sends to EventBridge.
//!
//! SES itself suppresses the address and counts the rates, on which the alarms are. The function records it too, so that no
//! other link is made for the address.
//! <https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-ses.html>

use serde::Deserialize;

use crate::address::Address;

/// A bounce or complaint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feedback {
    /// Which.
    pub kind: FeedbackKind,
    /// The addresses.
    pub addresses: Vec<Address>,
}

/// The kind of a [`Feedback`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedbackKind {
    /// The message cannot be delivered to the address.
    Bounce,
    /// The recipient reported the message as spam.
    Complaint,
}

#[derive(Deserialize)]
struct Event {
    source: String,
    #[serde(rename = "detail-type")]
    detail_type: String,
    detail: Detail,
}

/// The same records as in SES's event publishing.
/// <https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html>
#[derive(Deserialize)]
struct Detail {
    bounce: Option<Bounce>,
    complaint: Option<Complaint>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Bounce {
    bounce_type: String,
    bounced_recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Complaint {
    complained_recipients: Vec<Recipient>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Recipient {
    email_address: String,
}

impl Feedback {
    /// Reads an event; `None` if it is another. A bounce that is not permanent has no addresses: the next message may arrive.
    #[must_use]
    pub fn from_event(event: &serde_json::Value) -> Option<Self> {
        let Event { source, detail_type, detail } = Event::deserialize(event).ok()?;
        if source != "aws.ses" {
            return None;
        }
        let (kind, recipients) = match detail_type.as_str() {
            "Email Bounced" => {
                let bounce = detail.bounce?;
                let is_permanent = bounce.bounce_type == "Permanent";
                (FeedbackKind::Bounce, if is_permanent { bounce.bounced_recipients } else { Vec::new() })
            }
            "Email Complaint Received" => (FeedbackKind::Complaint, detail.complaint?.complained_recipients),
            _ => return None,
        };
        let addresses = recipients.iter().filter_map(|recipient| Address::parse(&recipient.email_address).ok());
        Some(Self { kind, addresses: addresses.collect() })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn permanent_bounces_and_complaints_have_their_addresses() {
        let jane = Address::parse("jane@example.com").unwrap();
        let recipients = json!([{"emailAddress": "jane@example.com"}]);
        let event = |detail_type: &str, detail: serde_json::Value| json!({"source": "aws.ses", "detail-type": detail_type, "detail": detail});
        let bounce = |kind: &str| {
            event("Email Bounced", json!({"bounce": {"bounceType": kind, "bouncedRecipients": recipients}}))
        };
        let complaint = event("Email Complaint Received", json!({"complaint": {"complainedRecipients": recipients}}));
        for (event, kind, addresses) in [
            (bounce("Permanent"), FeedbackKind::Bounce, vec![jane.clone()]),
            (bounce("Transient"), FeedbackKind::Bounce, vec![]),
            (complaint, FeedbackKind::Complaint, vec![jane]),
        ] {
            assert_eq!(Feedback::from_event(&event), Some(Feedback { kind, addresses }));
        }
        for other in [json!({}), json!({"source": "aws.s3"}), event("Email Delivered", json!({}))] {
            assert_eq!(Feedback::from_event(&other), None);
        }
    }
}
