//! Prepares requests for the links function. The code in the path is a secret: nothing here or in a log quotes it.

use vitae_parameters::{LINK_BODY_BYTES, header};

use crate::event::Event;
use crate::function_url::{delete_body_hash, set_allowed_origin, set_body_hash};
use crate::handler::Rejection;

/// Prepares a read of a named link's page. `site` is the scheme and host that the viewer used.
pub(crate) fn prepare_read(event: &mut Event, site: &str, origin: Option<&str>) {
    prepare(event, site, origin);
    delete_body_hash(event);
}

/// Prepares a form or JSON: the open of a named link, or a request for one.
pub(crate) fn prepare_post(event: &mut Event, site: &str, origin: Option<&str>) -> Result<(), Rejection> {
    set_body_hash(event, LINK_BODY_BYTES)?;
    prepare(event, site, origin);
    Ok(())
}

/// The query has no meaning here, and mail programs add to it.
fn prepare(event: &mut Event, site: &str, origin: Option<&str>) {
    event.set_querystring(String::new());
    set_allowed_origin(event, origin);
    event.set_header(header::SITE, site);
}
