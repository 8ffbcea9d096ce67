//! What a viewer would rather have: the page, JSON, or whatever comes.
//!
//! <https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1>

/// What `Accept` asks for, as far as the edge offers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wants {
    /// It names HTML: a person's browser is navigating.
    Html,
    /// It prefers JSON: a script is asking.
    Json,
    /// Neither; `*/*` or no header at all.
    Anything,
}

/// How well a media type is liked: thousandths of quality, then how exactly the range named it.
type Liking = (u16, u8);

impl Wants {
    /// From the media ranges of `Accept`.
    pub(crate) fn of<'a>(ranges: impl Iterator<Item = &'a str>) -> Self {
        let (mut html, mut json): (Option<Liking>, Option<Liking>) = (None, None);
        for range in ranges {
            let mut parts = range.split(';').map(|part| part.trim_matches([' ', '\t']));
            let name = parts.next().unwrap_or_default();
            let quality = parts.find_map(quality).unwrap_or(1000);
            liked(&mut html, quality, exactness(name, "text", "text/html"));
            liked(&mut json, quality, exactness(name, "application", "application/json"));
        }
        let named = |liking: Option<Liking>| liking.is_some_and(|(quality, exactness)| quality > 0 && exactness == 3);
        match (html, json) {
            (html, json) if named(html) && html >= json => Self::Html,
            (html, json) if named(json) && json > html => Self::Json,
            _ => Self::Anything,
        }
    }
}

/// Keeps the most exact range's quality: `text/html;q=0` outweighs `*/*`.
fn liked(liking: &mut Option<Liking>, quality: u16, exactness: u8) {
    if exactness > 0 && liking.is_none_or(|(_, before)| exactness > before) {
        *liking = Some((quality, exactness));
    }
}

fn exactness(range: &str, family: &str, full: &str) -> u8 {
    match range.split_once('/') {
        Some(_) if range.eq_ignore_ascii_case(full) => 3,
        Some((kind, "*")) if kind.eq_ignore_ascii_case(family) => 2,
        Some(("*", "*")) => 1,
        _ => 0,
    }
}

/// `q=0.8` in thousandths; what is not a quality is none.
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
    use super::Wants;

    #[test]
    fn what_clients_send_is_understood() {
        for (accept, wants) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", Wants::Html),
            ("text/html", Wants::Html),
            ("text/html, application/json", Wants::Html),
            ("application/json", Wants::Json),
            ("Application/JSON", Wants::Json),
            ("application/json, text/plain, */*", Wants::Json),
            ("application/json;q=0.9, text/html;q=0.8", Wants::Json),
            ("application/json ; q=0.5 , text/html", Wants::Html),
            ("application/json, */*;q=0.1", Wants::Json),
            ("*/*", Wants::Anything),
            ("", Wants::Anything),
            ("image/png", Wants::Anything),
            ("text/*", Wants::Anything),
            ("application/json;q=0", Wants::Anything),
            ("text/html;q=0, */*", Wants::Anything),
            ("text/html;q=0, application/json", Wants::Json),
            ("text/html;q=0.000", Wants::Anything),
            ("text/html;q=x", Wants::Html),
            ("text/html;q=0.9999", Wants::Html),
            ("text/html;q=.5, application/json;q=0.6", Wants::Html),
            ("text/html;q=0.5, application/json;q=0.51", Wants::Json),
            ("text/html;q=0.5, application/json;q=1.000", Wants::Json),
            ("text/html;level=1;q=0.4, application/json;q=0.5", Wants::Json),
        ] {
            assert_eq!(Wants::of(accept.split(',').map(str::trim)), wants, "{accept}");
        }
    }
}
