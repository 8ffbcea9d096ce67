//! What went into a stage and what came out.

use http::HeaderMap;
use serde_json::{Map, Value};

use super::hide::hide;

/// Noted only where it is traced: a request that nobody looks at pays nothing for it.
#[derive(Debug)]
pub(crate) struct Exchange {
    is_traced: bool,
    event: Option<Value>,
    result: Option<Value>,
}

impl Exchange {
    pub(crate) const fn new(is_traced: bool) -> Self {
        Self { is_traced, event: None, result: None }
    }

    /// What goes in.
    pub(crate) fn event(&mut self, event: impl FnOnce() -> Value) {
        if self.is_traced {
            self.event = Some(event());
        }
    }

    /// What comes out.
    pub(crate) fn result(&mut self, result: impl FnOnce() -> Value) {
        if self.is_traced {
            self.result = Some(result());
        }
    }

    /// Both, without what nobody is to see.
    pub(super) fn shown(self) -> (Option<Value>, Option<Value>) {
        (self.event.map(hide), self.result.map(hide))
    }
}

/// Headers as an object; several values of one name are joined.
pub(crate) fn headers(headers: &HeaderMap) -> Value {
    let mut shown = Map::new();
    for name in headers.keys() {
        let values: Vec<_> =
            headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
        shown.insert(name.to_string(), Value::String(values.join(", ")));
    }
    Value::Object(shown)
}
