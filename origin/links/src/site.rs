//! Scheme and host of links.

use vitae_parameters::{Config, Origin};

use crate::code::Code;

/// The site of a link in a message: the first of the owner's names. A request through the local edge has a loopback site
/// instead, which no name is.
#[must_use]
pub fn for_mail(config: &Config, request: &Origin) -> String {
    match config.names.first() {
        Some(name) if !request.is_loopback() => format!("https://{name}"),
        _ => request.as_str().to_owned(),
    }
}

/// The URL of a link.
#[must_use]
pub fn link_url(site: &str, code: &Code) -> String {
    format!("{site}/l/{}", code.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_the_first_name_or_the_local_address() {
        let config = Config::from_names(vec!["example.com".into(), "www.example.com".into()]).unwrap();
        let site = |request: &str| for_mail(&config, &Origin::parse(request).unwrap());
        assert_eq!(site("https://www.example.com"), "https://example.com");
        assert_eq!(site("http://localhost:8787"), "http://localhost:8787");
        let code = Code::from_bytes(&[0; 16]);
        assert_eq!(link_url("https://example.com", &code), "https://example.com/l/AAAAAAAAAAAAAAAAAAAAAA");
    }
}
