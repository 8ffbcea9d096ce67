//! Prepares requests for the counter.

use vitae_parameters::{DAYS, Problem};

use crate::event::{Event, Field, INCLUDED_BODY_BYTES, Malformed};
use crate::function_url::{delete_body_hash, set_allowed_origin, set_body_hash};
use crate::handler::Rejection;
use crate::hex;

/// Identifies a visit, so that a retry is not counted again.
const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The length of a UUID in characters, which is also the longest `ClientRequestToken` of DynamoDB.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
const UUID_CHARS: usize = 36;

/// The positions of the hyphens. <https://www.rfc-editor.org/rfc/rfc9562#section-4>
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// How much of the hash of a request id becomes a key, in hexadecimal digits: 128 bits. The id itself is longer than 36
/// characters.
const DERIVED_CHARS: usize = 32;

/// Prepares a read. Of the query only `days` is forwarded: CloudFront answers 502 to a function that returns a query with a
/// character it passed to the function itself, such as U+0085.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html>
pub(crate) fn prepare_read(event: &mut Event, origin: Option<&str>) -> Result<(), Rejection> {
    let query = days(event.querystring())?.map(|days| format!("days={days}")).unwrap_or_default();
    event.set_querystring(query);
    set_allowed_origin(event, origin);
    delete_body_hash(event);
    Ok(())
}

/// Prepares a visit.
pub(crate) fn prepare_visit(event: &mut Event, origin: Option<&str>) -> Result<(), Rejection> {
    let key = idempotency_key(&event.header(IDEMPOTENCY_KEY), event.request_id())?;
    set_body_hash(event, INCLUDED_BODY_BYTES)?;
    event.set_querystring(String::new());
    set_allowed_origin(event, origin);
    event.set_header(IDEMPOTENCY_KEY, &key);
    Ok(())
}

/// The value of `days`, which has one spelling, as in the counter.
fn days(querystring: &str) -> Result<Option<&str>, Problem> {
    let mut values = querystring.split('&').filter_map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name == "days").then_some(value)
    });
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) if is_days(value) => Ok(Some(value)),
        _ => Err(Problem::BadDays),
    }
}

fn is_days(value: &str) -> bool {
    value.parse::<u16>().is_ok_and(|days| DAYS.contains(&days) && days.to_string() == value)
}

/// The page's key in lower case, or one derived from CloudFront's request id. UUIDs are compared case-insensitively
/// (<https://www.rfc-editor.org/rfc/rfc9562#section-4>) and DynamoDB's tokens are not. A malformed key is rejected and not
/// replaced, because its retry would be counted again.
fn idempotency_key(field: &Field<'_>, request_id: Option<&str>) -> Result<String, Rejection> {
    match field {
        Field::One(key) if is_uuid(key) => Ok(key.to_ascii_lowercase()),
        Field::One(_) | Field::Several(_) => Err(Problem::BadIdempotencyKey.into()),
        Field::Absent => {
            let id = request_id.filter(|id| !id.is_empty()).ok_or(Malformed::Field("config.requestId"))?;
            let mut key = hex::sha256(id.as_bytes());
            key.truncate(DERIVED_CHARS);
            Ok(key)
        }
    }
}

fn is_uuid(text: &str) -> bool {
    let fits =
        |(index, byte): (usize, u8)| if HYPHENS.contains(&index) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    text.len() == UUID_CHARS && text.bytes().enumerate().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const UUID: &str = "3b241101-e2bb-4255-8caf-4136c566a962";

    #[test]
    fn a_uuid_from_the_page_is_kept() {
        assert_eq!(idempotency_key(&Field::One(UUID), Some("id")), Ok(UUID.to_owned()));
    }

    #[test]
    fn a_uuid_in_capitals_is_the_same_key() {
        let capitals = UUID.to_ascii_uppercase();
        assert_eq!(idempotency_key(&Field::One(&capitals), Some("id")), Ok(UUID.to_owned()));
    }

    #[test]
    fn without_a_key_it_derives_from_the_request_id() {
        // The first half of `printf id | sha256sum`.
        assert_eq!(
            idempotency_key(&Field::Absent, Some("id")),
            Ok("a56145270ce6b3bebd1dd012b73948677dd618d496488bc608a3cb43ce3547dd"[..32].to_owned())
        );
        assert_ne!(idempotency_key(&Field::Absent, Some("id")), idempotency_key(&Field::Absent, Some("other")));
    }

    #[test]
    fn without_a_key_and_a_request_id_the_event_is_malformed() {
        for id in [None, Some("")] {
            assert_eq!(idempotency_key(&Field::Absent, id), Err(Malformed::Field("config.requestId").into()));
        }
    }

    #[test]
    fn a_malformed_key_is_rejected() {
        let braced = format!("{{{UUID}}}");
        let short = &UUID[..35];
        let unhyphenated = UUID.replace('-', "0");
        for key in [
            "",
            "x",
            &braced,
            short,
            &unhyphenated,
            "3b241101-e2bb-4255-8caf-4136c566a96g",
            "3b241101-e2bb-4255-8caf-4136c566a96é",
        ] {
            assert_eq!(idempotency_key(&Field::One(key), Some("id")), Err(Problem::BadIdempotencyKey.into()), "{key}");
        }
        assert_eq!(
            idempotency_key(&Field::Several(vec![UUID, UUID]), Some("id")),
            Err(Problem::BadIdempotencyKey.into())
        );
    }

    #[test]
    fn days_has_one_spelling_and_appears_once() {
        for (query, value) in [("days=1", "1"), ("days=30", "30"), ("days=400", "400"), ("other=x&days=7", "7")] {
            assert_eq!(days(query), Ok(Some(value)), "{query}");
        }
        for query in ["", "daysx=0", "&", "DAYS=x", "\u{85}"] {
            assert_eq!(days(query), Ok(None), "{query}");
        }
        let long = format!("days={}", "9".repeat(9000));
        for bad in [
            "days",
            "days=",
            "days=0",
            "days=401",
            "days=-1",
            "days=+1",
            "days=01",
            "days=1.0",
            "days=%31",
            "days=1&days=1",
            "days=1&days",
            "days= 1",
            "days=١",
            "days=30x",
            &long,
        ] {
            assert_eq!(days(bad), Err(Problem::BadDays), "{bad}");
        }
    }

    /// Otherwise the cache could serve one origin's visitor another origin's headers.
    #[test]
    fn responses_of_the_api_are_not_cached() {
        let template = include_str!("../../cloudformation/stack.yaml");
        let (_, api) = template.split_once("- PathPattern: /api/*").expect("the behavior of the API");
        let (api, _) = api.split_once("- PathPattern:").expect("a behavior after it");
        // CachingDisabled:
        // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
        assert!(api.contains("CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad"), "{api}");
    }
}
