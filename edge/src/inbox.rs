//! Prepares requests for the inbox function. The id in the path is the visitor's right to read a status: nothing here or in a
//! log quotes it.

use vitae_parameters::INBOX_BODY_BYTES;

use crate::event::Event;
use crate::function_url::{delete_body_hash, set_allowed_origin, set_body_hash};
use crate::handler::Rejection;

/// Prepares a request for the form of an upload.
pub(crate) fn prepare_create(event: &mut Event, origin: Option<&str>) -> Result<(), Rejection> {
    set_body_hash(event, INBOX_BODY_BYTES)?;
    prepare(event, origin);
    Ok(())
}

/// Prepares a read of an upload's status.
pub(crate) fn prepare_status(event: &mut Event, origin: Option<&str>) {
    prepare(event, origin);
    delete_body_hash(event);
}

fn prepare(event: &mut Event, origin: Option<&str>) {
    event.set_querystring(String::new());
    set_allowed_origin(event, origin);
}
