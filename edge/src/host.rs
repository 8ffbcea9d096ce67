//! The host of a request, if it is one of ours.

use core::fmt;

use crate::configuration::Settings;
use crate::event::Field;
use vitae_parameters::Scheme;

/// One of the site's hosts, and the scheme by which viewers reach it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OwnHost<'a> {
    pub(crate) scheme: Scheme,
    /// In lower case, as the configuration has it and as browsers send it.
    pub(crate) host: &'a str,
}

/// Scheme and host, such as `https://example.com`.
impl fmt::Display for OwnHost<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.as_str(), self.host)
    }
}

impl<'a> OwnHost<'a> {
    /// One of `config.names`, the distribution's own name, or, while `config.dev_origin` is true, the authority of a
    /// loopback `origins/dev`: the local edge's address, whose scheme is its own.
    pub(crate) fn find(field: &Field<'_>, settings: &Settings<'a>, distribution: Option<&'a str>) -> Option<Self> {
        let requested = field.one()?;
        let same = |host: &&'a str| host.eq_ignore_ascii_case(requested);
        let names = settings.config.names.iter().map(String::as_str);
        if let Some(host) = names.chain(distribution).find(same) {
            return Some(Self { scheme: Scheme::Https, host });
        }
        let dev = settings.origins.dev.filter(|origin| origin.is_loopback())?;
        same(&dev.authority()).then(|| Self { scheme: dev.scheme(), host: dev.authority() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::allowed_origins::AllowedOrigins;
    use crate::testing::DISTRIBUTION;
    use vitae_parameters::{Config, Origin};

    fn own_host(host: &Field<'_>, dev: Option<&str>) -> Option<(Scheme, String)> {
        let config = Config::from_names(vec!["example.com".into(), "www.example.com".into()]).unwrap();
        let dev = dev.map(|origin| Origin::parse(origin).unwrap());
        let origins = AllowedOrigins { names: &config.names, prod: None, dev: dev.as_ref() };
        let settings = Settings { config: &config, origins };
        OwnHost::find(host, &settings, Some(DISTRIBUTION)).map(|own| (own.scheme, own.host.to_owned()))
    }

    #[test]
    fn names_and_the_distributions_own_name_are_ours() {
        for host in ["example.com", "www.example.com", DISTRIBUTION] {
            assert_eq!(own_host(&Field::One(host), None), Some((Scheme::Https, host.to_owned())));
        }
        assert_eq!(own_host(&Field::One("EXAMPLE.com"), None), Some((Scheme::Https, "example.com".to_owned())));
    }

    #[test]
    fn the_local_edges_address_is_ours_while_the_dev_origin_is_on() {
        let local = Field::One("localhost:8787");
        assert_eq!(own_host(&local, Some("http://localhost:8787")), Some((Scheme::Http, "localhost:8787".to_owned())));
        assert_eq!(own_host(&local, None), None);
        assert_eq!(own_host(&local, Some("http://localhost:3000")), None);
    }

    #[test]
    fn a_dev_origin_that_is_not_loopback_is_not_our_host() {
        assert_eq!(own_host(&Field::One("dev.example.org"), Some("https://dev.example.org")), None);
    }

    #[test]
    fn every_other_host_is_unknown() {
        for host in ["", "evil.example", "example.com.", "example.com:443", "a.example.com", "example.com, example.com"]
        {
            assert_eq!(own_host(&Field::One(host), Some("http://localhost:8787")), None, "{host}");
        }
        assert_eq!(own_host(&Field::Absent, None), None);
        assert_eq!(own_host(&Field::Several(vec!["example.com", "example.com"]), None), None);
    }
}
