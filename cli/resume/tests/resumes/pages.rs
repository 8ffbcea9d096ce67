//! The page of each shape.

use serde_json::Value;
use vitae_resume::{
    Resume, Today, check,
    page::{LanguageLink, Page, Surroundings},
    theme::Theme,
};

use crate::{
    html::{attributes, body_text, squeeze, tags},
    shapes::{Shape, every_field, hostile, shapes},
};

/// The themes of this repository.
pub(crate) const THEMES: [&str; 2] = ["default", "letter"];

pub(crate) fn themes() -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../site/themes")
}

/// The model of a shape's page.
pub(crate) fn page(shape: &Shape) -> Page {
    let resume: Resume = serde_json::from_value(shape.json.clone()).expect("the types of the schema");
    let lang = if resume.meta.language.is_empty() { "en".to_owned() } else { resume.meta.language.clone() };
    let this = LanguageLink { lang: lang.clone(), name: lang.clone(), path: "/".into(), is_current: true };
    let surroundings = Surroundings {
        lang,
        path: "/".into(),
        languages: vec![this],
        document: "resume.pdf".into(),
        picture: String::new(),
        today: Today { year: 2026, month: 11 },
    };
    Page::new(&resume, surroundings)
}

fn html(theme: &str, shape: &Shape) -> String {
    let theme = Theme::read(&themes(), theme).unwrap();
    let mut files = theme.render(&[page(shape)]).unwrap_or_else(|error| panic!("{}: {error}", shape.name));
    String::from_utf8(files.remove("index.html").expect("a page")).unwrap()
}

/// The texts of a resume with their paths, except those about the file.
pub(crate) fn texts(json: &Value, path: &str) -> Vec<(String, String)> {
    match json {
        Value::String(text) if !text.is_empty() => vec![(path.to_owned(), text.clone())],
        Value::Array(items) => items.iter().flat_map(|item| texts(item, path)).collect(),
        Value::Object(object) => object
            .iter()
            .filter(|(name, _)| !(path.is_empty() && matches!(name.as_str(), "meta" | "$schema")))
            .flat_map(|(name, value)| texts(value, &format!("{path}.{name}")))
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn every_shape_is_valid() {
    for shape in shapes() {
        let findings: Vec<_> = check(&shape.text()).into_iter().filter(vitae_resume::Finding::is_error).collect();
        assert_eq!(findings, [], "{}", shape.name);
    }
}

#[test]
fn every_text_of_a_resume_is_on_its_page() {
    for theme in THEMES {
        for shape in shapes() {
            let html = html(theme, &shape);
            let (text, hrefs) = (body_text(&html, &["figure"]), attributes(&html, "href"));
            let dates = attributes(&html, "datetime");
            for (path, value) in texts(&shape.json, "") {
                let is_there = match path.rsplit('.').next().unwrap() {
                    "url" => hrefs.contains(&value),
                    "image" => attributes(&html, "src").contains(&value),
                    "startDate" | "endDate" | "date" | "releaseDate" => dates.contains(&value),
                    _ => text.contains(&squeeze(&value)),
                };
                assert!(is_there, "{theme}, {}: {path} {value:?} is not on the page:\n{text}", shape.name);
            }
        }
    }
}

#[test]
fn no_text_of_a_resume_is_on_its_page_twice() {
    let shape = Shape { name: "every field", json: every_field(&|path| format!("‹{path}›")) };
    for theme in THEMES {
        // The graph repeats places and employers, and has them in words too.
        let text = body_text(&html(theme, &shape), &["figure"]);
        for (path, value) in texts(&shape.json, "").into_iter().filter(|(_, value)| value.starts_with('‹')) {
            assert_eq!(text.matches(&value).count(), 1, "{theme}: {path}:\n{text}");
        }
    }
}

#[test]
fn hostile_texts_add_no_element_no_attribute_and_no_link() {
    let harmless = Shape { name: "harmless", json: every_field(&|path| format!("{path} {}", "text ".repeat(45))) };
    let hostile = Shape { name: "hostile", json: every_field(&hostile) };
    for theme in THEMES {
        let (harmless, hostile) = (html(theme, &harmless), html(theme, &hostile));
        assert_eq!(tags(&hostile), tags(&harmless), "{theme}");
        assert_eq!(attributes(&hostile, "href"), attributes(&harmless, "href"), "{theme}");
        for name in ["onload", "onerror"] {
            assert_eq!(attributes(&hostile, name), [""; 0], "{theme}");
        }
        assert!(!hostile.contains(" 49 "), "{theme}: an expression was evaluated");
        // The comments around parts of the page stand alone on their lines.
        let marks = |html: &str| html.lines().filter(|line| line.trim().starts_with("<!-- ")).count();
        assert_eq!(marks(&hostile), marks(&harmless), "{theme}");
    }
}

#[test]
fn a_link_with_another_scheme_is_text_even_if_the_check_is_skipped() {
    let urls = [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "java\nscript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        " javascript:x",
        "//evil.example",
    ];
    for url in urls {
        let mut json = every_field(&|path| path.to_owned());
        for path in [
            "/basics/url",
            "/basics/profiles/0/url",
            "/work/0/url",
            "/volunteer/0/url",
            "/education/0/url",
            "/certificates/0/url",
            "/publications/0/url",
            "/projects/0/url",
            "/basics/image",
            "/meta/site",
            "/basics/email",
        ] {
            *json.pointer_mut(path).unwrap() = Value::String(url.to_owned());
        }
        let shape = Shape { name: "links", json };
        assert!(check(&shape.text()).iter().filter(|finding| finding.is_error()).count() >= 10, "{url:?}");
        for theme in THEMES {
            let html = html(theme, &shape);
            for attribute in ["href", "src", "content", "action"] {
                for value in attributes(&html, attribute) {
                    assert_ne!(value.trim(), url.trim(), "{theme}: {attribute}");
                }
            }
        }
    }
}

#[test]
fn a_section_without_content_leaves_no_trace() {
    let empty = serde_json::json!({
        "basics": {"name": "Ada", "label": "", "email": "", "phone": "", "summary": "", "location": {}, "profiles": []},
        "work": [], "volunteer": [{}], "education": [{"courses": []}], "awards": [{"title": ""}], "certificates": [],
        "publications": [], "skills": [{"keywords": [""]}], "languages": [{}], "interests": [], "references": [{}], "projects": [{}],
    });
    let minimal = Shape { name: "minimal", json: serde_json::json!({"basics": {"name": "Ada"}}) };
    for theme in THEMES {
        assert_eq!(html(theme, &Shape { name: "empty", json: empty.clone() }), html(theme, &minimal), "{theme}");
        // The one heading is that of the inbox.
        assert_eq!(tags(&html(theme, &minimal)).iter().filter(|tag| *tag == "h2").count(), 1, "{theme}");
    }
}

#[test]
fn a_page_has_its_language_and_direction() {
    for shape in shapes() {
        let (lang, dir) = match shape.name {
            "Hebrew, from right to left" => ("he", "rtl"),
            "Japanese" => ("ja", "ltr"),
            "Ukrainian" => ("uk", "ltr"),
            _ => ("en", "ltr"),
        };
        for theme in THEMES {
            let html = html(theme, &shape);
            assert!(html.contains(&format!("<html lang=\"{lang}\" dir=\"{dir}\">")), "{theme}, {}", shape.name);
        }
    }
}

#[test]
fn the_graph_is_there_if_there_are_two_dated_places() {
    let with_graph = |name: &str| !matches!(name, "a name only" | "nothing" | "one job" | "a picture");
    for shape in shapes() {
        assert_eq!(page(&shape).graph.is_some(), with_graph(shape.name), "{}", shape.name);
        assert_eq!(html("default", &shape).contains("graph-plot"), with_graph(shape.name), "{}", shape.name);
    }
}

#[test]
fn no_page_needs_an_inline_style_or_script() {
    for theme in THEMES {
        for shape in shapes() {
            let html = html(theme, &shape);
            assert_eq!(attributes(&html, "style"), [""; 0], "{theme}, {}", shape.name);
            let scripts: Vec<_> = html.split("<script").skip(1).map(|rest| rest.split('>').next().unwrap()).collect();
            for script in scripts {
                assert!(script.contains("application/ld+json") || script.contains(" src=\"/"), "{theme}: {script}");
            }
        }
    }
}

#[test]
fn the_person_is_json_for_search_engines() {
    for shape in shapes() {
        let html = html("default", &shape);
        let json =
            html.split_once("<script type=\"application/ld+json\">").unwrap().1.split_once("</script>").unwrap().0;
        let person: Value = serde_json::from_str(json).unwrap_or_else(|error| panic!("{}: {error}", shape.name));
        assert_eq!(person["@type"], "Person");
        let name = shape.json["basics"]["name"].clone();
        assert_eq!(person["name"], name, "{}", shape.name);
    }
}
