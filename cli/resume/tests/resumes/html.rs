//! Reads HTML as the tests need it. Chromium reads the pages in `tests/browser`.

/// The text that a reader sees in the body, without the elements of `skipped`, and with single spaces.
pub(crate) fn body_text(html: &str, skipped: &[&str]) -> String {
    let body = html.split_once("<body>").expect("a body").1;
    let mut text = String::new();
    let mut rest = body;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = tag.split_once('>').expect("the end of a tag");
        text.push(' ');
        rest = match skipped.iter().find(|name| is_start(tag, name)) {
            Some(name) => after.split_once(&format!("</{name}>")).expect("the end of an element").1,
            None => after,
        };
    }
    text.push_str(rest);
    squeeze(&unescape(&text))
}

fn is_start(tag: &str, name: &str) -> bool {
    tag == name || tag.strip_prefix(name).is_some_and(|rest| rest.starts_with(' '))
}

/// The names of all tags in their order.
pub(crate) fn tags(html: &str) -> Vec<String> {
    let starts = html.split('<').skip(1);
    starts.map(|tag| tag.split([' ', '>', '\n']).next().unwrap_or_default().to_owned()).collect()
}

/// The values of an attribute.
pub(crate) fn attributes(html: &str, name: &str) -> Vec<String> {
    let begin = format!(" {name}=\"");
    let values = html.split(&begin).skip(1);
    values.map(|rest| unescape(rest.split_once('"').expect("the end of a value").0)).collect()
}

/// Replaces the references that the templates write.
pub(crate) fn unescape(text: &str) -> String {
    let mut text = text.to_owned();
    for (reference, character) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#x27;", "'"),
        ("&#39;", "'"),
        ("&#x2f;", "/"),
        ("&amp;", "&"),
    ] {
        text = text.replace(reference, character);
    }
    text
}

/// Single spaces instead of any white space.
pub(crate) fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
