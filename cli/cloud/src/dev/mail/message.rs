//! A message as SES received it: <https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html>

use serde::Deserialize;

/// The parts of a message that are shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) from: String,
    pub(super) to: Vec<String>,
    pub(super) subject: String,
    pub(super) text: String,
    pub(super) html: String,
    /// Further headers, by name and value.
    pub(super) headers: Vec<(String, String)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendEmail {
    #[serde(default)]
    from_email_address: String,
    #[serde(default)]
    destination: Destination,
    content: Content,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Destination {
    #[serde(default)]
    to_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    simple: Simple,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Simple {
    subject: Part,
    body: Body,
    #[serde(default)]
    headers: Vec<Header>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Body {
    text: Part,
    html: Part,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Part {
    data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Header {
    name: String,
    value: String,
}

impl Message {
    /// Parses the body of `SendEmail`. Only simple content is shown, which is what the system sends.
    pub(super) fn parse(json: &[u8]) -> serde_json::Result<Self> {
        let SendEmail { from_email_address, destination, content: Content { simple } } = serde_json::from_slice(json)?;
        Ok(Self {
            from: from_email_address,
            to: destination.to_addresses,
            subject: simple.subject.data,
            text: simple.body.text.data,
            html: simple.body.html.data,
            headers: simple.headers.into_iter().map(|Header { name, value }| (name, value)).collect(),
        })
    }
}
