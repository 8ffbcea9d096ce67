//! The notice to the owner: what arrived and what to do, never the content.

use aws_sdk_sns::Client;

use crate::error::Error;
use crate::record::{Record, Status};

/// A message for the owner's topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// ASCII on one line, at most 100 characters.
    /// <https://docs.aws.amazon.com/sns/latest/api/API_Publish.html>
    pub subject: String,
    /// The text.
    pub message: String,
}

impl Notice {
    /// The notice about a record with a result.
    #[must_use]
    pub fn new(record: &Record) -> Self {
        let Record { id, name, size, file_type, status, .. } = record;
        let reason = record.reason.map(|reason| format!(" ({reason})")).unwrap_or_default();
        let next = match status {
            Status::Clean => format!("Read it with: cargo vitae inbox get {id}"),
            Status::Quarantined => format!(
                "It may be dangerous. Do not open it on a machine that matters. To get it anyway: cargo vitae inbox get {id} --quarantined"
            ),
            _ => format!("See: cargo vitae inbox show {id}"),
        };
        Self {
            subject: format!("Vitae inbox: a file is {status}"),
            message: format!(
                "A visitor sent a file.\n\nName: {name}\nType: {file_type}\nSize: {size} bytes\nStatus: {status}{reason}\n\n{next}\n"
            ),
        }
    }

    /// Publishes the notice.
    ///
    /// # Errors
    /// [`Error`] if SNS fails.
    pub async fn publish(&self, client: &Client, topic: &str) -> Result<(), Error> {
        let publish = client.publish().topic_arn(topic).subject(&self.subject).message(&self.message);
        publish.send().await.map(drop).map_err(|error| Error::from_sdk("sns:Publish", &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::file_type::FileType;
    use crate::record::Reason;
    use crate::upload_id::UploadId;

    #[test]
    fn a_notice_says_what_arrived_and_what_to_do() {
        let id = UploadId::parse("0123456789-_3456789abc").unwrap();
        let record = Record::new(id, "Anzeige Müller.pdf".into(), FileType::Pdf, 4711, 0);
        for (status, reason, expected) in [
            (Status::Clean, None, "Status: clean\n\nRead it with: cargo vitae inbox get 0123456789-_3456789abc"),
            (
                Status::Quarantined,
                Some(Reason::ThreatsFound),
                "Status: quarantined (threats_found)\n\nIt may be dangerous.",
            ),
            (Status::Failed, Some(Reason::ScanOverdue), "Status: failed (scan_overdue)\n\nSee: cargo vitae inbox show"),
        ] {
            let notice = Notice::new(&Record { status, reason, ..record.clone() });
            assert!(notice.message.contains(expected), "{}", notice.message);
            assert!(notice.message.contains("Name: Anzeige Müller.pdf\nType: application/pdf\nSize: 4711 bytes"));
            assert!(notice.subject.is_ascii() && notice.subject.len() <= 100 && !notice.subject.contains('\n'));
        }
    }
}
