//! The resumes.

use serde_json::{Map, Value, json};

/// A resume and what is special about it.
pub(crate) struct Shape {
    pub(crate) name: &'static str,
    pub(crate) json: Value,
}

impl Shape {
    pub(crate) fn text(&self) -> String {
        self.json.to_string()
    }
}

/// All shapes that are valid.
pub(crate) fn shapes() -> Vec<Shape> {
    let shape = |name, json| Shape { name, json };
    vec![
        shape("the sample", sample()),
        shape("every field of the schema", every_field(&|path| format!("The {path}."))),
        shape("a name only", json!({"basics": {"name": "Ada Lovelace"}})),
        shape("nothing", json!({})),
        shape("40 positions", forty_positions()),
        shape("one job", one_job()),
        shape("a picture", json!({"basics": {"name": "Ada", "label": "Analyst", "image": "/me.jpg"}})),
        shape("Hebrew, from right to left", hebrew()),
        shape("Japanese", japanese()),
        shape("Ukrainian", ukrainian()),
        shape("titles of 200 characters", long_titles()),
        shape("missing dates", missing_dates()),
        shape("hostile texts", every_field(&hostile)),
        shape("quotes in every field", every_field(&|path| format!("\"{path}\" 'and' `this` «x» “y”"))),
    ]
}

/// The sample of this repository.
pub(crate) fn sample() -> Value {
    serde_json::from_str(include_str!("../../../../site/resume.json")).expect("JSON")
}

/// A text that would do something if it were not text: HTML, a template, Typst, a comment of our pages, JSON.
pub(crate) fn hostile(path: &str) -> String {
    format!(
        "{path} <script>alert(1)</script> \"onload=\"alert(2) '><img src=x onerror=alert(3)> {{{{ 7*7 }}}} {{% raw %}} \
         </title></style></script><!-- if open --> <!-- end --> #eval(\"1+1\") $x^2$ *b* _i_ @ref <label> ]]> \\u{{0}} &amp; &#60;"
    )
}

/// Every field of the schema, with a text that `text` makes from its path.
pub(crate) fn every_field(text: &dyn Fn(&str) -> String) -> Value {
    let object = |section: &str, fields: &[&str], others: Value| {
        let mut object: Map<String, Value> =
            fields.iter().map(|field| ((*field).to_owned(), json!(text(&format!("{section}.{field}"))))).collect();
        object.extend(others.as_object().expect("an object").clone());
        Value::Object(object)
    };
    let list = |path: &str| json!([text(&format!("{path}.one")), text(&format!("{path}.two"))]);
    let url = |name: &str| format!("https://{name}.example/path?a=1&b=2");
    json!({
        "$schema": "https://example.com/schema.json",
        "basics": object("basics", &["name", "label", "summary"], json!({
            "email": "ada@example.com", "phone": "+44 20 1234", "url": url("home"), "image": "/me.jpg",
            "location": object("location", &["address", "postalCode", "city", "countryCode", "region"], json!({})),
            "profiles": [object("profile", &["network", "username"], json!({"url": url("profile")}))],
        })),
        "work": [object("work", &["name", "location", "description", "position", "summary"], json!({
            "url": url("work"), "startDate": "2014-06-29", "endDate": "2016-01", "highlights": list("work.highlights"),
        }))],
        "volunteer": [object("volunteer", &["organization", "position", "summary", "location"], json!({
            "url": url("volunteer"), "startDate": "2012", "endDate": "2013", "highlights": list("volunteer.highlights"),
        }))],
        "education": [object("education", &["institution", "area", "studyType", "score", "location"], json!({
            "url": url("education"), "startDate": "2008-09", "endDate": "2011-07", "courses": list("education.courses"),
        }))],
        "awards": [object("award", &["title", "awarder", "summary"], json!({"date": "2015-03-04"}))],
        "certificates": [object("certificate", &["name", "issuer"], json!({"date": "2017-05", "url": url("certificate")}))],
        "publications": [object("publication", &["name", "publisher", "summary"], json!({"releaseDate": "2018", "url": url("publication")}))],
        "skills": [object("skill", &["name", "level"], json!({"keywords": list("skill.keywords")}))],
        "languages": [object("language", &["language", "fluency"], json!({}))],
        "interests": [object("interest", &["name"], json!({"keywords": list("interest.keywords")}))],
        "references": [object("reference", &["name", "reference"], json!({}))],
        "projects": [object("project", &["name", "description", "entity", "type"], json!({
            "highlights": list("project.highlights"), "keywords": list("project.keywords"), "roles": list("project.roles"),
            "url": url("project"), "startDate": "2019-02", "endDate": "2020-11",
        }))],
        "meta": {"canonical": url("canonical"), "version": "v1.0.0", "lastModified": "2026-11-27T00:00:00", "site": "https://ada.example"},
    })
}

fn forty_positions() -> Value {
    let work = |n: u32| {
        json!({
            "name": format!("Employer {n:02}"), "position": format!("Position {n:02}"),
            "location": (["Aachen", "Bremen", "Chemnitz", "Dresden", "Erfurt"][n as usize % 5]),
            "startDate": format!("{}-03", 2025 - n), "endDate": format!("{}-02", 2026 - n),
            "summary": format!("What was done in position {n:02}."),
            "highlights": [format!("First result of {n:02}"), format!("Second result of {n:02}")],
        })
    };
    json!({"basics": {"name": "Ada Lovelace", "label": "Analyst"}, "work": (0..40).map(work).collect::<Vec<_>>()})
}

fn one_job() -> Value {
    json!({"basics": {"name": "Ada Lovelace"}, "work": [{"name": "Engine Ltd", "position": "Analyst", "location": "London", "startDate": "1842"}]})
}

fn hebrew() -> Value {
    json!({
        "basics": {"name": "נועה בן־דוד", "label": "מהנדסת תוכנה", "email": "noa@example.com", "summary": "בונה מערכות שאינן נופלות.", "location": {"city": "חיפה"}},
        "work": [
            {"name": "נמל חיפה", "position": "ראש צוות (Site Reliability)", "location": "חיפה", "startDate": "2020-05", "highlights": ["קיצרה את זמן ההשבתה ב־40%", "CloudFront ו־Lambda"]},
            {"name": "רכבת ישראל", "position": "מפתחת", "location": "לוד", "startDate": "2014", "endDate": "2020-04"},
        ],
        "skills": [{"name": "Rust", "keywords": ["WASM", "tokio"]}],
        "meta": {"language": "he", "labels": {"work": "ניסיון", "background": "רקע", "skills": "כישורים", "now": "היום", "cv_download": "הורדת קורות חיים"}},
    })
}

fn japanese() -> Value {
    json!({
        "basics": {"name": "山田 花子", "label": "信頼性エンジニア", "email": "hanako@example.com", "summary": "時間どおりに動くものを作ります。", "location": {"city": "横浜市", "countryCode": "JP"}},
        "work": [
            {"name": "港湾株式会社", "position": "主任エンジニア", "location": "横浜", "startDate": "2019-04", "highlights": ["停止時間を三十一時間から四十分に短縮した。"]},
            {"name": "鉄道株式会社", "position": "技術者", "location": "大阪", "startDate": "2012-04", "endDate": "2019-03", "summary": "信号システムの試験。"},
        ],
        "languages": [{"language": "日本語", "fluency": "母語"}, {"language": "英語", "fluency": "流暢"}],
        "meta": {"language": "ja", "labels": {"work": "職歴", "background": "その他", "languages": "言語"}},
    })
}

fn ukrainian() -> Value {
    json!({
        "basics": {"name": "Оксана Шевченко", "label": "Інженерка з надійності", "email": "oksana@example.com", "location": {"city": "Львів"}},
        "work": [
            {"name": "Порт", "position": "Головна інженерка", "location": "Одеса", "startDate": "2018", "highlights": ["Зменшила простій із 31 години до 40 хвилин."]},
            {"name": "Залізниця", "position": "Інженерка", "location": "Львів", "startDate": "2010", "endDate": "2018"},
        ],
        "meta": {"language": "uk", "labels": {"work": "Досвід"}},
    })
}

/// 200 characters, with and without a place to break a line.
fn long_titles() -> Value {
    let words = "Vice President of Everything ".repeat(7).chars().take(200).collect::<String>();
    let word = "Donaudampfschifffahrtsgesellschaft".repeat(6).chars().take(200).collect::<String>();
    json!({
        "basics": {"name": words, "label": word, "email": "long@example.com"},
        "work": [
            {"name": word, "position": words, "location": word, "startDate": "2014", "endDate": "2016", "highlights": [word, words]},
            {"name": words, "position": word, "location": words, "startDate": "2016"},
        ],
        "skills": [{"name": word, "keywords": [words, word]}],
        "projects": [{"name": words, "url": format!("https://example.com/{word}")}],
    })
}

fn missing_dates() -> Value {
    json!({
        "basics": {"name": "Ada Lovelace"},
        "work": [
            {"name": "No dates", "location": "Paris"},
            {"name": "Only an end", "endDate": "2001", "location": "Lyon"},
            {"name": "Only a start", "startDate": "2002-02", "location": "Nice"},
            {"name": "Empty dates", "startDate": "", "endDate": ""},
            {"name": "End before start", "startDate": "2010", "endDate": "2009", "location": "Lille"},
        ],
        "education": [{"institution": "School without dates"}],
        "publications": [{"name": "Paper without a date"}],
    })
}
