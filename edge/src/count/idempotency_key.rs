//! The key of a visit: the page's own, or one made of CloudFront's request id.

use super::Refusal;
use crate::answer::Problem;
use crate::event::{Field, Malformed};
use crate::hex;

/// The length of a UUID in characters, which is also the most that DynamoDB takes as `ClientRequestToken`.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
const UUID_CHARS: usize = 36;

/// Where the hyphens stand. <https://www.rfc-editor.org/rfc/rfc9562#section-4>
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

/// How much of the hash of a request id makes a key, in hex digits: 128 bits. The id itself has more than 36 characters.
const DERIVED_CHARS: usize = 32;

/// The key to count under. A malformed one is refused and not replaced: its retry would be counted again.
pub(super) fn of(field: &Field<'_>, request_id: Option<&str>) -> Result<String, Refusal> {
    match field {
        Field::One(key) if is_uuid(key) => Ok((*key).to_owned()),
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
    fn the_pages_own_key_is_kept() {
        assert_eq!(of(&Field::One(UUID), Some("id")), Ok(UUID.to_owned()));
    }

    #[test]
    fn without_one_the_request_id_makes_it() {
        // The first half of `printf id | sha256sum`.
        assert_eq!(
            of(&Field::Absent, Some("id")),
            Ok("a56145270ce6b3bebd1dd012b73948677dd618d496488bc608a3cb43ce3547dd"[..32].to_owned())
        );
        assert_ne!(of(&Field::Absent, Some("id")), of(&Field::Absent, Some("other")));
    }

    #[test]
    fn without_either_the_event_is_malformed() {
        for id in [None, Some("")] {
            assert_eq!(of(&Field::Absent, id), Err(Malformed::Field("config.requestId").into()));
        }
    }

    #[test]
    fn a_malformed_key_is_refused() {
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
            assert_eq!(of(&Field::One(key), Some("id")), Err(Problem::BadIdempotencyKey.into()), "{key}");
        }
        assert_eq!(of(&Field::Several(vec![UUID, UUID]), Some("id")), Err(Problem::BadIdempotencyKey.into()));
    }
}
