/// A function of this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    /// Owns the signing keys.
    Keys,
    /// Shows and opens named links, and sends them.
    Links,
    /// Takes the inbox's requests.
    Inbox,
    /// Handles the inbox's events.
    InboxEvents,
}

/// The `Handler` setting names no function of this program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the Handler of this function is {value:?}: use keys, links, inbox or inbox-events")]
pub(crate) struct UnknownHandler {
    /// The setting.
    value: String,
}

impl Function {
    /// The function of a `Handler` setting.
    ///
    /// # Errors
    /// [`UnknownHandler`] quotes it.
    pub(crate) fn from_handler(handler: &str) -> Result<Self, UnknownHandler> {
        match handler {
            "keys" => Ok(Self::Keys),
            "links" => Ok(Self::Links),
            "inbox" => Ok(Self::Inbox),
            "inbox-events" => Ok(Self::InboxEvents),
            _ => Err(UnknownHandler { value: handler.to_owned() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handler_names_its_function() {
        assert_eq!(Function::from_handler("keys"), Ok(Function::Keys));
        assert_eq!(Function::from_handler("links"), Ok(Function::Links));
        assert_eq!(Function::from_handler("inbox"), Ok(Function::Inbox));
        assert_eq!(Function::from_handler("inbox-events"), Ok(Function::InboxEvents));
    }

    #[test]
    fn another_handler_is_quoted() {
        for value in ["", "bootstrap", "Keys", "keys.handler"] {
            assert_eq!(Function::from_handler(value), Err(UnknownHandler { value: value.into() }));
        }
    }
}
