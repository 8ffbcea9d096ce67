//! The body of a request for a link: JSON `{"email": "…"}`, or the same field of an HTML form.

use base64ct::{Base64, Encoding as _};
use serde::Deserialize;
use vitae_parameters::LINK_BODY_BYTES;

use crate::address::{Address, BadAddress};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// The format of a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// A page: a browser navigates.
    Html,
    /// JSON: a script calls.
    Json,
    /// Either: a redirect for a success, JSON for a problem.
    Any,
}

/// Why a body is rejected. Nothing of it is quoted, since the message is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadBody {
    /// It is too long.
    #[error("the body is longer than {LINK_BODY_BYTES} bytes")]
    TooLarge,
    /// It is neither JSON nor a form.
    #[error("the body is neither {JSON} nor {FORM}")]
    MediaType,
    /// It has other fields than one `email`.
    #[error("the body is not exactly one field \"email\" with a text")]
    Fields,
    /// The address is malformed.
    #[error(transparent)]
    Address(#[from] BadAddress),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    email: String,
}

/// Whether a media type is that of a form.
pub(super) fn is_form(content_type: Option<&str>) -> bool {
    media_type(content_type).eq_ignore_ascii_case(FORM)
}

/// Parses a body.
pub(super) fn parse(content_type: Option<&str>, body: &str, is_base64: bool) -> Result<Address, BadBody> {
    let decoded;
    let bytes = if is_base64 {
        decoded = Base64::decode_vec(body).map_err(|_| BadBody::Fields)?;
        decoded.as_slice()
    } else {
        body.as_bytes()
    };
    if bytes.len() > LINK_BODY_BYTES {
        return Err(BadBody::TooLarge);
    }
    let email = if is_form(content_type) {
        let mut fields = form_urlencoded::parse(bytes);
        match (fields.next(), fields.next()) {
            (Some((name, value)), None) if name == "email" => value.into_owned(),
            _ => return Err(BadBody::Fields),
        }
    } else if media_type(content_type).eq_ignore_ascii_case(JSON) {
        serde_json::from_slice::<Body>(bytes).map_err(|_| BadBody::Fields)?.email
    } else {
        return Err(BadBody::MediaType);
    };
    Ok(Address::parse(&email)?)
}

/// A media type without its parameters.
fn media_type(content_type: Option<&str>) -> &str {
    content_type.unwrap_or_default().split(';').next().unwrap_or_default().trim_matches([' ', '\t'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(body: &str) -> Result<Address, BadBody> {
        parse(Some("application/json; charset=utf-8"), body, false)
    }

    fn form(body: &str) -> Result<Address, BadBody> {
        parse(Some(FORM), body, false)
    }

    #[test]
    fn json_and_forms_have_one_field() {
        let jane = Address::parse("jane+cv@example.com").unwrap();
        assert_eq!(json(r#"{"email":"jane+cv@example.com"}"#), Ok(jane.clone()));
        assert_eq!(form("email=jane%2Bcv%40example.com"), Ok(jane.clone()));
        assert_eq!(parse(Some(FORM), &Base64::encode_string(b"email=jane%2Bcv@example.com"), true), Ok(jane));
        for body in ["", "{}", "null", "[]", r#"{"email":1}"#, r#"{"email":"a@b.cd","x":1}"#, "{\"email\":"] {
            assert_eq!(json(body), Err(BadBody::Fields), "{body}");
        }
        for body in ["", "mail=a%40b.cd", "email=a%40b.cd&email=c%40d.ef", "email=a%40b.cd&x=1"] {
            assert_eq!(form(body), Err(BadBody::Fields), "{body}");
        }
        assert_eq!(parse(Some(FORM), "*", true), Err(BadBody::Fields));
    }

    #[test]
    fn a_malformed_address_or_media_type_is_rejected() {
        assert_eq!(json(r#"{"email":"jane@example.com\r\nBcc: x@y.z"}"#), Err(BadAddress.into()));
        assert_eq!(form("email=jane%40example.com%0D%0ABcc%3A+x%40y.zz"), Err(BadAddress.into()));
        for content_type in [None, Some(""), Some("text/plain"), Some("multipart/form-data; boundary=x")] {
            assert_eq!(parse(content_type, "email=a%40b.cd", false), Err(BadBody::MediaType), "{content_type:?}");
        }
    }

    #[test]
    fn a_body_has_at_most_4_kb() {
        let body = |bytes: usize| format!("{{\"email\":\"a@b.cd\"}}{}", " ".repeat(bytes - 18));
        assert!(json(&body(4096)).is_ok());
        assert_eq!(json(&body(4097)), Err(BadBody::TooLarge));
    }
}
