//! The origins that may count visits, request links and read responses.

use vitae_parameters::Origin;

/// The allowed origins: `https://` plus each of the stack's names, and the values of `origins/*`.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct AllowedOrigins<'a> {
    pub(crate) names: &'a [String],
    pub(crate) prod: Option<&'a Origin>,
    /// `None` unless `config.dev_origin` is true.
    pub(crate) dev: Option<&'a Origin>,
}

impl AllowedOrigins<'_> {
    /// Whether the origin equals one of them byte for byte. There are no wildcards or suffixes, and `null` never matches.
    pub(crate) fn contains(self, origin: &str) -> bool {
        let own = |host: &str| self.names.iter().any(|name| name == host);
        origin.strip_prefix("https://").is_some_and(own)
            || [self.prod, self.dev].into_iter().flatten().any(|added| added.as_str() == origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_names_and_added_origins_are_allowed_and_similar_ones_are_not() {
        let names = ["example.com".to_owned(), "www.example.com".to_owned()];
        let prod = Origin::parse("https://other.example:8443").unwrap();
        let dev = Origin::parse("http://localhost:8787").unwrap();
        let allowed = AllowedOrigins { names: &names, prod: Some(&prod), dev: Some(&dev) };
        for origin in
            ["https://example.com", "https://www.example.com", "https://other.example:8443", "http://localhost:8787"]
        {
            assert!(allowed.contains(origin), "{origin}");
        }
        for origin in [
            "",
            "null",
            "*",
            "example.com",
            "https://",
            "http://example.com",
            "https://example.com/",
            "https://EXAMPLE.com",
            "https://example.com:443",
            "https://a.example.com",
            "https://other.example",
            "http://localhost",
            "https://example.com.evil.example",
            "https://evil.example/https://example.com",
        ] {
            assert!(!allowed.contains(origin), "{origin}");
        }
        assert!(!AllowedOrigins { dev: None, ..allowed }.contains("http://localhost:8787"));
    }
}
