//! `POST /inbox`: what a visitor wants to send.

use serde::Deserialize;
use vitae_parameters::Problem;

use crate::file_name::{BadName, FileName};
use crate::file_type::FileType;
use crate::limits::{BODY_BYTES, FILE_BYTES};

/// A valid request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadRequest {
    /// The file's name.
    pub name: FileName,
    /// Its declared type.
    pub file_type: FileType,
    /// Its declared size in bytes, at least 1.
    pub size: u64,
}

/// Why a request is rejected. No message quotes a value, since it is the visitor's and the message is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRequest {
    /// The body is too long.
    #[error("the body has {bytes} bytes; send at most {BODY_BYTES}")]
    BodyTooLarge {
        /// The number of bytes.
        bytes: usize,
    },
    /// The body is not JSON of this shape.
    #[error("the body is not a JSON object with exactly the fields name (text), type (text) and size (whole number)")]
    Json,
    /// The name is rejected.
    #[error(transparent)]
    Name(#[from] BadName),
    /// The type is not accepted, or the name has an extension of another one.
    #[error("the type is not PDF, DOCX, ODT, TXT or MD, or the name's extension is of another type")]
    Type,
    /// The file is empty.
    #[error("the size is 0")]
    Empty,
    /// The file is too large.
    #[error("the size is {size} bytes; send at most {FILE_BYTES}")]
    TooLarge {
        /// The declared size.
        size: u64,
    },
}

impl BadRequest {
    /// Its response.
    #[must_use]
    pub const fn problem(self) -> Problem {
        match self {
            Self::BodyTooLarge { .. } => Problem::BodyTooLarge,
            Self::Json | Self::Name(_) | Self::Empty => Problem::BadRequest,
            Self::Type => Problem::TypeNotAccepted,
            Self::TooLarge { .. } => Problem::FileTooLarge,
        }
    }
}

/// The JSON. An unknown field is rejected: it would be a wish that is not granted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Json {
    name: String,
    r#type: String,
    size: u64,
}

impl UploadRequest {
    /// Parses and validates a request body.
    ///
    /// # Errors
    /// [`BadRequest`] names the violated rule.
    pub fn parse(body: &[u8]) -> Result<Self, BadRequest> {
        if body.len() > BODY_BYTES {
            return Err(BadRequest::BodyTooLarge { bytes: body.len() });
        }
        let json: Json = serde_json::from_slice(body).map_err(|_| BadRequest::Json)?;
        let name = FileName::parse(&json.name)?;
        let file_type = FileType::from_media_type(&json.r#type).ok_or(BadRequest::Type)?;
        if !name.has_extension_of(file_type) {
            return Err(BadRequest::Type);
        }
        match json.size {
            0 => Err(BadRequest::Empty),
            size if size > FILE_BYTES => Err(BadRequest::TooLarge { size }),
            size => Ok(Self { name, file_type, size }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(name: &str, media_type: &str, size: u64) -> Result<UploadRequest, BadRequest> {
        UploadRequest::parse(json!({"name": name, "type": media_type, "size": size}).to_string().as_bytes())
    }

    #[test]
    fn each_type_is_accepted_with_its_extension_up_to_10_mib() {
        for file_type in FileType::ALL {
            let name = format!("brief.{}", file_type.extension());
            let request = parse(&name, file_type.media_type(), FILE_BYTES).unwrap();
            assert_eq!(
                (request.name.as_str(), request.file_type, request.size),
                (name.as_str(), file_type, FILE_BYTES)
            );
        }
    }

    #[test]
    fn each_violated_rule_has_its_problem() {
        for (rejected, problem) in [
            (parse("brief.pdf", "application/pdf", 0), Problem::BadRequest),
            (parse("brief.pdf", "application/pdf", FILE_BYTES + 1), Problem::FileTooLarge),
            (parse("brief.exe", "application/x-msdownload", 1), Problem::TypeNotAccepted),
            (parse("brief.exe", "application/pdf", 1), Problem::TypeNotAccepted),
            (parse("../brief.pdf", "application/pdf", 1), Problem::BadRequest),
        ] {
            assert_eq!(rejected.unwrap_err().problem(), problem);
        }
    }

    #[test]
    fn a_body_of_another_shape_is_rejected() {
        for body in [
            "",
            "x",
            "{}",
            "[]",
            r#"{"name":"a.pdf","type":"application/pdf","size":"1"}"#,
            r#"{"name":"a.pdf","type":"application/pdf","size":1.5}"#,
            r#"{"name":"a.pdf","type":"application/pdf","size":-1}"#,
            r#"{"name":"a.pdf","type":"application/pdf","size":1,"tagging":"clean"}"#,
        ] {
            assert_eq!(UploadRequest::parse(body.as_bytes()), Err(BadRequest::Json), "{body}");
        }
        let long = vec![b' '; BODY_BYTES + 1];
        assert_eq!(UploadRequest::parse(&long), Err(BadRequest::BodyTooLarge { bytes: BODY_BYTES + 1 }));
    }
}
