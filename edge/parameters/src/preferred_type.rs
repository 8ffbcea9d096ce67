//! The media type that a viewer prefers, of those that Vitae offers.
//!
//! <https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1>

/// The preferred media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PreferredType {
    /// HTML: a browser navigates.
    Html,
    /// JSON: a script calls.
    Json,
    /// Neither: `*/*`, or no `Accept`.
    Any,
}

/// The quality of a media type in thousandths, and the specificity of the range that gave it.
type Weight = (u16, u8);

impl PreferredType {
    /// Chooses by the media ranges of `Accept`.
    pub fn from_ranges<'a>(ranges: impl Iterator<Item = &'a str>) -> Self {
        let (mut html, mut json): (Option<Weight>, Option<Weight>) = (None, None);
        for range in ranges {
            let mut parts = range.split(';').map(|part| part.trim_matches([' ', '\t']));
            let name = parts.next().unwrap_or_default();
            let quality = parts.find_map(quality).unwrap_or(1000);
            weigh(&mut html, quality, specificity(name, "text", "text/html"));
            weigh(&mut json, quality, specificity(name, "application", "application/json"));
        }
        let named =
            |weight: Option<Weight>| weight.is_some_and(|(quality, specificity)| quality > 0 && specificity == 3);
        match (html, json) {
            (html, json) if named(html) && html >= json => Self::Html,
            (html, json) if named(json) && json > html => Self::Json,
            _ => Self::Any,
        }
    }
}

/// Keeps the quality of the most specific range: `text/html;q=0` overrides `*/*`.
fn weigh(weight: &mut Option<Weight>, quality: u16, specificity: u8) {
    if specificity > 0 && weight.is_none_or(|(_, before)| specificity > before) {
        *weight = Some((quality, specificity));
    }
}

fn specificity(range: &str, family: &str, full: &str) -> u8 {
    match range.split_once('/') {
        Some(_) if range.eq_ignore_ascii_case(full) => 3,
        Some((kind, "*")) if kind.eq_ignore_ascii_case(family) => 2,
        Some(("*", "*")) => 1,
        _ => 0,
    }
}

/// `q=0.8` in thousandths; `None` if the parameter is not a quality.
/// <https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2>
fn quality(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !name.eq_ignore_ascii_case("q") || fraction.len() > 3 || !digits {
        return None;
    }
    match whole {
        "1" => Some(1000),
        "0" => format!("{fraction:0<3}").parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::PreferredType;

    #[test]
    fn common_accept_headers_are_understood() {
        for (accept, wants) in [
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
                PreferredType::Html,
            ),
            ("text/html", PreferredType::Html),
            ("text/html, application/json", PreferredType::Html),
            ("application/json", PreferredType::Json),
            ("Application/JSON", PreferredType::Json),
            ("application/json, text/plain, */*", PreferredType::Json),
            ("application/json;q=0.9, text/html;q=0.8", PreferredType::Json),
            ("application/json ; q=0.5 , text/html", PreferredType::Html),
            ("application/json, */*;q=0.1", PreferredType::Json),
            ("*/*", PreferredType::Any),
            ("", PreferredType::Any),
            ("image/png", PreferredType::Any),
            ("text/*", PreferredType::Any),
            ("application/json;q=0", PreferredType::Any),
            ("text/html;q=0, */*", PreferredType::Any),
            ("text/html;q=0, application/json", PreferredType::Json),
            ("text/html;q=0.000", PreferredType::Any),
            ("text/html;q=x", PreferredType::Html),
            ("text/html;q=0.9999", PreferredType::Html),
            ("text/html;q=.5, application/json;q=0.6", PreferredType::Html),
            ("text/html;q=0.5, application/json;q=0.51", PreferredType::Json),
            ("text/html;q=0.5, application/json;q=1.000", PreferredType::Json),
            ("text/html;level=1;q=0.4, application/json;q=0.5", PreferredType::Json),
        ] {
            assert_eq!(PreferredType::from_ranges(accept.split(',').map(str::trim)), wants, "{accept}");
        }
    }
}
