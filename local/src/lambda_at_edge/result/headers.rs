//! `{"name": [{"key": "Name", "value": "v"}]}`, read back.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::{Failure, invalid};
use crate::edge_headers;

/// Reads the headers of a result; none at all is none.
pub(super) fn read(value: Option<&Value>) -> Result<HeaderMap, Failure> {
    let fields = match value {
        None | Some(Value::Null) => return Ok(HeaderMap::new()),
        Some(Value::Object(fields)) => fields,
        Some(_) => return Err(invalid("`headers` is not an object")),
    };
    let mut headers = HeaderMap::new();
    for (name, elements) in fields {
        let lower = name.to_ascii_lowercase();
        if edge_headers::is_disallowed(&lower) {
            return Err(invalid(format!("the header {name:?} is disallowed")));
        }
        let parsed: HeaderName = lower.parse().map_err(|_| invalid(format!("{name:?} is not the name of a header")))?;
        let Value::Array(elements) = elements else {
            return Err(invalid(format!("the header {name:?} is not an array")));
        };
        for element in elements {
            let key = element.get("key").filter(|key| !key.is_null());
            if key.is_some_and(|key| !key.as_str().is_some_and(|key| key.eq_ignore_ascii_case(name))) {
                return Err(invalid(format!("the key of the header {name:?} is not its name")));
            }
            let value = element.get("value").and_then(Value::as_str);
            let value = value.ok_or_else(|| invalid(format!("a value of the header {name:?} is not a string")))?;
            let value = HeaderValue::from_str(value)
                .map_err(|_| invalid(format!("a value of the header {name:?} is not a header's")))?;
            headers.append(parsed.clone(), value);
        }
    }
    Ok(headers)
}
