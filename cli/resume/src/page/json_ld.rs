//! The person as JSON-LD, for search engines: <https://schema.org/Person>.

use serde_json::{Map, Value, json};

use super::href;
use crate::resume::Resume;

/// The text of an element `script` of type `application/ld+json`.
pub(super) fn person(resume: &Resume, canonical: &str) -> String {
    let basics = &resume.basics;
    let mut person = Map::new();
    let mut add = |name: &str, value: Value| {
        let is_empty = match &value {
            Value::String(text) => text.is_empty(),
            Value::Array(list) => list.is_empty(),
            Value::Object(object) => object.len() < 2,
            _ => false,
        };
        if !is_empty {
            person.insert(name.to_owned(), value);
        }
    };
    add("@context", json!("https://schema.org"));
    add("@type", json!("Person"));
    add("name", json!(basics.name));
    add("jobTitle", json!(basics.label));
    add("email", json!(basics.email));
    add("telephone", json!(basics.phone));
    add("url", if canonical.is_empty() { json!(href(&basics.url)) } else { json!(canonical) });
    add("address", {
        let location = &basics.location;
        let mut address = Map::from_iter([("@type".to_owned(), json!("PostalAddress"))]);
        for (name, text) in [
            ("streetAddress", &location.address),
            ("postalCode", &location.postal_code),
            ("addressLocality", &location.city),
            ("addressRegion", &location.region),
            ("addressCountry", &location.country_code),
        ] {
            if !text.is_empty() {
                address.insert(name.to_owned(), json!(text));
            }
        }
        Value::Object(address)
    });
    let profiles = basics.profiles.iter().map(|profile| href(&profile.url)).filter(|url| !url.is_empty());
    add("sameAs", profiles.map(Value::String).collect());
    let employers = resume.work.iter().filter(|work| work.end_date.is_empty() && !work.start_date.is_empty());
    let employers = employers.map(|work| work.name.as_str()).filter(|name| !name.is_empty());
    add("worksFor", employers.map(|name| json!({"@type": "Organization", "name": name})).collect());
    let schools = resume.education.iter().map(|school| school.institution.as_str()).filter(|name| !name.is_empty());
    add("alumniOf", schools.map(|name| json!({"@type": "EducationalOrganization", "name": name})).collect());
    let languages = resume.languages.iter().map(|language| language.language.as_str()).filter(|name| !name.is_empty());
    add("knowsLanguage", languages.map(Value::from).collect());
    let skills = resume.skills.iter().map(|skill| skill.name.as_str()).filter(|name| !name.is_empty());
    add("knowsAbout", skills.map(Value::from).collect());
    escape(&Value::Object(person).to_string())
}

/// Replaces the characters that could end the element `script` or begin a comment in it. They are within strings only.
/// <https://html.spec.whatwg.org/multipage/scripting.html#restrictions-for-contents-of-script-elements>
fn escape(json: &str) -> String {
    json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resume::{Basics, Work};

    #[test]
    fn a_person_has_what_the_resume_has() {
        let basics = Basics { name: "Ada".into(), ..Basics::default() };
        let work = vec![
            Work { name: "Now Ltd".into(), start_date: "2020".into(), ..Work::default() },
            Work { name: "Then Ltd".into(), start_date: "2010".into(), end_date: "2020".into(), ..Work::default() },
        ];
        let person: Value =
            serde_json::from_str(&person(&Resume { basics, work, ..Resume::default() }, "https://e.x/")).unwrap();
        let expected = json!({
            "@context": "https://schema.org", "@type": "Person", "name": "Ada", "url": "https://e.x/",
            "worksFor": [{"@type": "Organization", "name": "Now Ltd"}],
        });
        assert_eq!(person, expected);
    }

    #[test]
    fn no_text_ends_the_element() {
        let name = "</script><!-- & \"quoted\"".to_owned();
        let text =
            person(&Resume { basics: Basics { name: name.clone(), ..Basics::default() }, ..Resume::default() }, "");
        assert!(!text.contains(['<', '>', '&']), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["name"], name);
    }
}
