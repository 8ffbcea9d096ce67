//! Folders and local servers that take the place of origins.

use std::collections::BTreeMap;
use std::path::PathBuf;

use http::uri::{Authority, Uri};

use crate::error::Error;

/// What takes the place of an origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OriginReplacement {
    /// A folder, whose files are served as S3 serves the objects of a bucket.
    Folder(PathBuf),
    /// A server on this machine, such as `http://localhost:3000`. It gets the request that the origin would get, `Host`
    /// included.
    Server(String),
}

impl OriginReplacement {
    /// Parses `ID=FOLDER` or `ID=URL`; also returns the id.
    ///
    /// # Errors
    /// A message that says what is wrong.
    pub fn parse(text: &str) -> Result<(String, Self), String> {
        let Some((id, value)) = text.split_once('=').filter(|(id, value)| !id.is_empty() && !value.is_empty()) else {
            return Err(format!("{text:?} is not ID=FOLDER or ID=URL"));
        };
        let replacement = if value.contains("://") {
            server(value)?;
            Self::Server(value.to_owned())
        } else {
            Self::Folder(PathBuf::from(value))
        };
        Ok((id.to_owned(), replacement))
    }
}

/// The replacements of a distribution's origins.
#[derive(Clone, Debug, Default)]
pub(crate) struct OriginReplacements {
    by_id: BTreeMap<String, Replacement>,
    /// Whether an origin without a replacement must not be reached.
    is_closed: bool,
}

/// What takes the place of an origin, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Replacement {
    /// An absolute path without symbolic links.
    Folder(PathBuf),
    /// A loopback address.
    Server(Authority),
    /// Nothing: the origin must not be reached.
    Missing,
}

impl OriginReplacements {
    /// # Errors
    /// A folder does not exist, or a server is not on this machine.
    pub(crate) fn new(replacements: Vec<(String, OriginReplacement)>, is_closed: bool) -> Result<Self, Error> {
        let mut by_id = BTreeMap::new();
        for (id, replacement) in replacements {
            let refused = |cause: String| Error::Origin { id: id.clone(), cause };
            let checked = match replacement {
                OriginReplacement::Folder(folder) => match folder.canonicalize() {
                    Ok(path) if path.is_dir() => Replacement::Folder(path),
                    Ok(_) => return Err(refused(format!("{} is not a folder", folder.display()))),
                    Err(cause) => return Err(refused(format!("{}: {cause}", folder.display()))),
                },
                OriginReplacement::Server(url) => Replacement::Server(server(&url).map_err(refused)?),
            };
            by_id.insert(id, checked);
        }
        Ok(Self { by_id, is_closed })
    }

    /// Checks that every replacement is one of an origin, and logs the origins that have none.
    pub(super) fn check_ids<'a>(&self, ids: impl Iterator<Item = &'a str>) -> Result<(), Error> {
        let ids: Vec<&str> = ids.collect();
        if let Some(unknown) = self.by_id.keys().find(|id| !ids.contains(&id.as_str())) {
            let cause = format!("the distribution has no such origin; its origins are {}", ids.join(", "));
            return Err(Error::Origin { id: unknown.clone(), cause });
        }
        for id in ids.into_iter().filter(|id| self.is_closed && !self.by_id.contains_key(*id)) {
            tracing::warn!(target: "vitae::edge", "the origin {id} has no replacement, so its responses are 502; pass --origin {id}=FOLDER");
        }
        Ok(())
    }

    pub(super) fn find(&self, id: &str) -> Option<Replacement> {
        self.by_id.get(id).cloned().or_else(|| self.is_closed.then_some(Replacement::Missing))
    }
}

/// The address of a server on this machine.
fn server(url: &str) -> Result<Authority, String> {
    let uri: Uri = url.parse().map_err(|_| format!("{url:?} is not a URL such as http://localhost:3000"))?;
    let (Some("http"), Some(authority), "/" | "") = (uri.scheme_str(), uri.authority(), uri.path()) else {
        return Err(format!(
            "{url:?} is not http://HOST:PORT; a local server is reached without TLS and without a path"
        ));
    };
    let host = authority.host();
    let is_loopback = match host.trim_matches(['[', ']']).parse::<std::net::IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost",
    };
    if is_loopback { Ok(authority.clone()) } else { Err(format!("{url:?} is not on this machine; use localhost")) }
}

#[cfg(test)]
mod tests {
    use super::{OriginReplacement, OriginReplacements, Replacement};
    use std::path::PathBuf;

    #[test]
    fn an_id_is_followed_by_a_folder_or_a_url() {
        let parse = OriginReplacement::parse;
        assert_eq!(parse("site=dist"), Ok(("site".to_owned(), OriginReplacement::Folder(PathBuf::from("dist")))));
        let server = OriginReplacement::Server("http://localhost:3000".to_owned());
        assert_eq!(parse("api=http://localhost:3000"), Ok(("api".to_owned(), server)));
        for text in ["site", "=dist", "site="] {
            assert!(parse(text).unwrap_err().contains("ID=FOLDER"), "{text}");
        }
    }

    #[test]
    fn a_server_must_be_on_this_machine() {
        for url in ["http://localhost:3000", "http://127.0.0.1:80/", "http://[::1]:80", "http://localhost"] {
            assert!(OriginReplacement::parse(&format!("a={url}")).is_ok(), "{url}");
        }
        for (url, reason) in [
            ("http://example.com", "not on this machine"),
            ("http://localhost.example.com", "not on this machine"),
            ("http://169.254.169.254", "not on this machine"),
            ("http://localhost@example.com", "not on this machine"),
            ("https://localhost:3000", "without TLS"),
            ("http://localhost:3000/path", "without a path"),
            ("://", "not a URL"),
        ] {
            let error = OriginReplacement::parse(&format!("a={url}")).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }

    #[test]
    fn a_replacement_of_an_unknown_origin_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let replaced =
            |path: PathBuf| OriginReplacements::new(vec![("a".to_owned(), OriginReplacement::Folder(path))], true);
        let replacements = replaced(folder.path().to_owned()).unwrap();
        assert!(replacements.check_ids(["a", "b"].into_iter()).is_ok());
        let error = replacements.check_ids(["b", "c"].into_iter()).unwrap_err().to_string();
        assert!(error.contains("its origins are b, c"), "{error}");
        assert_eq!(replacements.find("b"), Some(Replacement::Missing));
        assert!(replaced(folder.path().join("missing")).is_err());
    }
}
