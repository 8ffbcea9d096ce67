//! Sends e-mail through SES and notices through SNS. AWS's messages are not kept: SES quotes the address in some.

use aws_sdk_sesv2::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};

use crate::address::Address;
use crate::mail::Mail;
use crate::notice::Notice;

/// The longest code of an error in a log line, in characters.
const CODE_CHARS: usize = 64;

/// Sends messages.
#[derive(Clone, Debug)]
pub struct Sender {
    ses: aws_sdk_sesv2::Client,
    sns: aws_sdk_sns::Client,
    topic: String,
    configuration_set: Option<String>,
}

/// The result of sending an e-mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MailResult {
    /// SES accepted it.
    Accepted,
    /// SES did not accept it, because of throttling.
    Throttled,
    /// SES rejected it, with this code. Another attempt would be rejected too.
    Rejected(String),
    /// No usable response: SES may have accepted it.
    Unknown(String),
}

/// A notice was not sent. The message holds the code of AWS only.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Publish: {0}")]
pub struct PublishError(String);

impl Sender {
    /// A sender. The client of SES must not retry: a retry after a lost response would send a mail twice.
    #[must_use]
    pub const fn new(
        ses: aws_sdk_sesv2::Client,
        sns: aws_sdk_sns::Client,
        topic: String,
        configuration_set: Option<String>,
    ) -> Self {
        Self { ses, sns, topic, configuration_set }
    }

    /// Sends an e-mail once. `from` is the value of the header.
    pub async fn send(&self, from: &str, to: &Address, mail: &Mail) -> MailResult {
        let content = |data: &str| Content::builder().data(data).charset("UTF-8").build().ok();
        let body = Body::builder().set_text(content(&mail.text)).set_html(content(&mail.html)).build();
        let message = Message::builder().set_subject(content(&mail.subject)).body(body).build();
        let sent = self
            .ses
            .send_email()
            .from_email_address(from)
            .destination(Destination::builder().to_addresses(to.as_str()).build())
            .content(EmailContent::builder().simple(message).build())
            .set_configuration_set_name(self.configuration_set.clone())
            .send()
            .await;
        sent.map_or_else(|error| MailResult::from_error(&error), |_| MailResult::Accepted)
    }

    /// Publishes a notice.
    ///
    /// # Errors
    /// [`PublishError`] with AWS's code. The notice may have been published.
    pub async fn publish(&self, notice: &Notice) -> Result<(), PublishError> {
        let publish = self.sns.publish().topic_arn(&self.topic).subject(notice.subject).message(&notice.message);
        publish.send().await.map(drop).map_err(|error| PublishError(code(&error)))
    }
}

impl MailResult {
    fn from_error(error: &SdkError<SendEmailError>) -> Self {
        let code = code(error);
        match error {
            // Nothing was sent.
            SdkError::ConstructionFailure(_) => Self::Rejected(code),
            SdkError::ServiceError(response) if response.raw().status().is_server_error() => Self::Unknown(code),
            SdkError::ServiceError(response) => match response.err() {
                SendEmailError::TooManyRequestsException(_) | SendEmailError::LimitExceededException(_) => {
                    Self::Throttled
                }
                _ if matches!(code.as_str(), "Throttling" | "ThrottlingException") => Self::Throttled,
                _ => Self::Rejected(code),
            },
            _ => Self::Unknown(code),
        }
    }
}

/// AWS's code of an error, or its kind.
fn code<E: ProvideErrorMetadata>(error: &SdkError<E>) -> String {
    match error {
        SdkError::ServiceError(response) => {
            let code = response.err().code().unwrap_or("no code");
            let is_word = |character: &char| character.is_ascii_alphanumeric() || matches!(character, ' ' | '.' | '_');
            code.chars().filter(is_word).take(CODE_CHARS).collect()
        }
        SdkError::ConstructionFailure(_) => "the request could not be built".to_owned(),
        SdkError::TimeoutError(_) => "the request timed out".to_owned(),
        SdkError::DispatchFailure(_) => "the request could not be sent".to_owned(),
        _ => "the response was truncated or unreadable".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sesv2::config::http::HttpResponse;
    use aws_sdk_sesv2::error::ErrorMetadata;
    use aws_sdk_sesv2::types::error::{MessageRejected, TooManyRequestsException};
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn result(error: SendEmailError, status: u16) -> MailResult {
        MailResult::from_error(&SdkError::service_error(
            error,
            HttpResponse::new(status.try_into().unwrap(), SdkBody::empty()),
        ))
    }

    fn generic(code: &str) -> SendEmailError {
        let message = "Email address is not verified: jane@example.com";
        SendEmailError::generic(ErrorMetadata::builder().code(code).message(message).build())
    }

    #[test]
    fn a_rejection_is_told_from_throttling_and_from_a_lost_response() {
        let meta = |code: &str| ErrorMetadata::builder().code(code).message("jane@example.com").build();
        let rejected = MessageRejected::builder().meta(meta("MessageRejected")).build();
        assert_eq!(
            result(SendEmailError::MessageRejected(rejected), 400),
            MailResult::Rejected("MessageRejected".into())
        );
        let throttled = TooManyRequestsException::builder().meta(meta("TooManyRequestsException")).build();
        assert_eq!(result(SendEmailError::TooManyRequestsException(throttled), 429), MailResult::Throttled);
        assert_eq!(result(generic("ThrottlingException"), 400), MailResult::Throttled);
        assert_eq!(result(generic("AccessDeniedException"), 403), MailResult::Rejected("AccessDeniedException".into()));
        assert_eq!(result(generic("InternalFailure"), 500), MailResult::Unknown("InternalFailure".into()));
        let lost: SdkError<SendEmailError> = SdkError::timeout_error("late");
        assert_eq!(MailResult::from_error(&lost), MailResult::Unknown("the request timed out".into()));
    }

    #[test]
    fn no_message_of_aws_is_kept() {
        let shown = format!("{:?}", result(generic("MessageRejected<jane@example.com>"), 400));
        assert!(!shown.contains('@') && !shown.contains("not verified"), "{shown}");
    }
}
