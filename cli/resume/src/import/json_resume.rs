//! JSON Resume of any version. Fields that were renamed are moved, dates are cut to the form of the schema, and anything else that
//! the schema does not know, or that has the wrong type, is listed.
//! <https://github.com/jsonresume/resume-schema/blob/master/CHANGELOG.md>

use serde_json::{Map, Value};

use super::{ImportError, Imported};
use crate::{
    check::{Severity, text_finding},
    date::Date,
    link::{self, LinkError},
    resume::Resume,
    schema::{Kind, RESUME},
};

/// Fields that earlier versions named differently: the section, the old name and the new one.
const RENAMED: [(&str, &str, &str); 14] = [
    ("", "bio", "basics"),
    ("", "hobbies", "interests"),
    ("basics", "picture", "image"),
    ("basics", "website", "url"),
    ("basics", "mobile", "phone"),
    ("work", "company", "name"),
    ("work", "website", "url"),
    ("volunteer", "website", "url"),
    ("education", "gpa", "score"),
    ("education", "website", "url"),
    ("awards", "awardDate", "date"),
    ("publications", "website", "url"),
    ("languages", "name", "language"),
    ("languages", "level", "fluency"),
];

pub(super) fn import(content: &[u8]) -> Result<Imported, ImportError> {
    let value: Value = serde_json::from_slice(content).map_err(|error| ImportError::Json(error.to_string()))?;
    let Value::Object(mut root) = value else { return Err(ImportError::UnknownFormat) };
    let mut not_imported = Vec::new();
    rename(&mut root);
    let value = clean(Value::Object(root), &RESUME, "", &mut not_imported).unwrap_or_default();
    let resume = serde_json::from_value::<Resume>(value).map_err(|error| ImportError::Json(error.to_string()))?;
    Ok(Imported { resume, not_imported })
}

fn rename(root: &mut Map<String, Value>) {
    let move_field = |object: &mut Map<String, Value>, old: &str, new: &str| {
        if !object.contains_key(new)
            && let Some(value) = object.remove(old)
        {
            object.insert(new.to_owned(), value);
        }
    };
    for (section, old, new) in RENAMED {
        match (section, root.get_mut(section)) {
            ("", _) => move_field(root, old, new),
            (_, Some(Value::Object(object))) => move_field(object, old, new),
            (_, Some(Value::Array(items))) => {
                for item in items.iter_mut().filter_map(Value::as_object_mut) {
                    move_field(item, old, new);
                }
            }
            _ => {}
        }
    }
}

/// The part of a value that the schema allows; `None` if that is nothing.
fn clean(value: Value, kind: &Kind, path: &str, lost: &mut Vec<String>) -> Option<Value> {
    match (kind, value) {
        (_, Value::Null) => None,
        (Kind::Object(fields), Value::Object(object)) => {
            let mut kept = Map::new();
            for (name, value) in object {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                match fields.iter().find(|field| field.name == name) {
                    Some(field) => kept.extend(clean(value, &field.kind, &path, lost).map(|value| (name, value))),
                    None if !is_empty(&value) => lost.push(format!("{path}: is not a field of the schema")),
                    None => {}
                }
            }
            Some(Value::Object(kept))
        }
        (Kind::Texts, value @ Value::Object(_)) => Some(value),
        (Kind::List(item), Value::Array(items)) => {
            let items = items.into_iter().enumerate();
            Some(items.filter_map(|(index, value)| clean(value, item, &format!("{path}[{index}]"), lost)).collect())
        }
        // Some editors write a list of one text as a text.
        (Kind::List(Kind::Text), text @ Value::String(_)) => Some(Value::Array(vec![text])),
        (Kind::Object(_) | Kind::Texts | Kind::List(_), value) => {
            lost.push(format!("{path}: has the wrong type: {value}"));
            None
        }
        (Kind::Date, Value::Number(year)) => clean(Value::String(year.to_string()), kind, path, lost),
        (Kind::Date, Value::String(text)) => date(&text, path, lost),
        (Kind::Url, Value::String(text)) => valid(with_scheme(text), kind, path, lost),
        (_, Value::String(text)) => valid(text, kind, path, lost),
        (Kind::Text, Value::Number(number)) => Some(Value::String(number.to_string())),
        (_, value) => {
            lost.push(format!("{path}: has the wrong type: {value}"));
            None
        }
    }
}

/// The text, if the check accepts it.
fn valid(text: String, kind: &Kind, path: &str, lost: &mut Vec<String>) -> Option<Value> {
    match text_finding(kind, &text) {
        Err((Severity::Error, reason)) => {
            lost.push(format!("{path}: {reason}"));
            None
        }
        _ => Some(Value::String(text)),
    }
}

/// Adds the scheme that many people leave out.
fn with_scheme(text: String) -> String {
    let url = format!("https://{text}");
    let is_missing = matches!(link::check(&text), Err(LinkError::NoScheme(_)));
    if is_missing && text.contains('.') && !text.starts_with('/') && link::check(&url).is_ok() { url } else { text }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}

/// A date, without the time that some editors append. A word for the present is a missing end.
fn date(text: &str, path: &str, lost: &mut Vec<String>) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() || ["present", "now", "current", "today"].contains(&text.to_lowercase().as_str()) {
        return None;
    }
    let day = text.split(['T', ' ']).next().unwrap_or_default().replace('/', "-");
    // `2014-06-00` of some editors is a month.
    let day = day.trim_end_matches("-00");
    if Date::parse(day).is_ok() {
        return Some(Value::String(day.to_owned()));
    }
    lost.push(format!("{path}: {text:?} is not a date"));
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imported(text: &str) -> Imported {
        import(text.as_bytes()).unwrap()
    }

    #[test]
    fn fields_of_earlier_versions_have_their_present_names() {
        let imported = imported(
            r#"{"basics": {"name": "Ada", "picture": "me.jpg", "website": "https://a.example"},
                "work": [{"company": "Acme", "website": "https://acme.example", "startDate": "2014-06-29T00:00:00Z", "endDate": "Present"}],
                "education": [{"gpa": "4.0"}], "hobbies": [{"name": "Chess"}], "languages": [{"name": "Latin", "level": "Fluent"}]}"#,
        );
        let resume = &imported.resume;
        assert_eq!((&*resume.basics.image, &*resume.basics.url), ("me.jpg", "https://a.example"));
        assert_eq!(
            (&*resume.work[0].name, &*resume.work[0].url, &*resume.work[0].start_date),
            ("Acme", "https://acme.example", "2014-06-29")
        );
        assert_eq!((&*resume.work[0].end_date, &*resume.education[0].score), ("", "4.0"));
        assert_eq!((&*resume.interests[0].name, &*resume.languages[0].language), ("Chess", "Latin"));
        assert_eq!(imported.not_imported, [""; 0]);
    }

    #[test]
    fn what_has_no_place_in_the_schema_is_listed() {
        let imported = imported(
            r#"{"basics": {"name": "Ada", "age": 36, "profiles": "none"}, "work": [{"startDate": "long ago", "empty": ""}], "coverLetter": "Dear"}"#,
        );
        assert_eq!(
            imported.not_imported,
            [
                "basics.age: is not a field of the schema",
                "basics.profiles: has the wrong type: \"none\"",
                "coverLetter: is not a field of the schema",
                "work[0].startDate: \"long ago\" is not a date",
            ]
        );
    }

    #[test]
    fn a_number_is_a_text_and_a_null_is_missing() {
        let imported = imported(r#"{"basics": {"name": null, "phone": 12}, "awards": [{"date": 2014}]}"#);
        assert_eq!((&*imported.resume.basics.phone, &*imported.resume.awards[0].date), ("12", "2014"));
    }

    #[test]
    fn the_result_is_a_valid_resume() {
        let imported = imported(
            r#"{"basics": {"url": "ada.example", "email": "none", "image": "javascript:x"}, "work": [{"url": "javascript:alert(1)"}]}"#,
        );
        assert_eq!(imported.resume.basics.url, "https://ada.example");
        assert_eq!(imported.not_imported.len(), 3, "{:?}", imported.not_imported);
        assert_eq!(crate::check(&serde_json::to_string(&imported.resume).unwrap()), []);
    }

    #[test]
    fn a_current_resume_is_imported_unchanged() {
        let text = r#"{"basics":{"name":"Ada"},"work":[{"name":"Acme","highlights":["a","b"]}]}"#;
        assert_eq!(serde_json::to_string(&imported(text).resume).unwrap(), text);
    }
}
