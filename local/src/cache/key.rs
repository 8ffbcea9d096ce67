//! The cache key, which identifies a stored response.
//!
//! It contains the origin, the path, the normalised `Accept-Encoding`, and the parts of query, headers and
//! cookies that the cache policy names. On a behavior with trusted key groups, the pipeline has removed the parameters
//! of the signature.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-the-cache-key.html>

use std::fmt;

use http::Method;

use crate::distribution::{Behavior, Selection};
use crate::path_pattern;
use crate::viewer_request::ViewerRequest;

/// `Debug` omits headers and cookies, which may be credentials.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    origin: String,
    is_options: bool,
    /// As in the origin request, including the default root object.
    path: String,
    query: String,
    /// Sorted by name. An absent header differs from an empty one.
    headers: Vec<(String, Vec<u8>)>,
    cookies: Vec<(String, String)>,
    encoding: Option<&'static str>,
}

impl Key {
    /// `None` if the response is never stored: the method is not GET, HEAD or, if it is a cached method, OPTIONS.
    pub(crate) fn new(behavior: &Behavior, viewer: &ViewerRequest, path: &str) -> Option<Self> {
        let is_options = viewer.method == Method::OPTIONS;
        if !(matches!(viewer.method, Method::GET | Method::HEAD) || is_options && behavior.caching.options) {
            return None;
        }
        let forwarding = &behavior.forwarding;
        let (in_query, in_cookies, in_headers) = (&forwarding.query[0], &forwarding.cookies[0], &forwarding.headers[0]);
        let query: Vec<&str> = viewer
            .query
            .split('&')
            .filter(|pair| !pair.is_empty() && in_query.contains(pair.split_once('=').map_or(*pair, |(name, _)| name)))
            .collect();
        let mut headers = Vec::new();
        if let Selection::Only(names) = in_headers {
            // A normalised `Accept-Encoding` is in `encoding` instead.
            let is_normalised = |name: &&String| forwarding.normalises_encodings() && *name == "accept-encoding";
            for name in names.iter().filter(|name| !is_normalised(name)) {
                let values = viewer.headers.get_all(name.as_str()).iter();
                headers.extend(values.map(|value| (name.clone(), value.as_bytes().to_vec())));
            }
        }
        headers.sort_by(|(a, _), (b, _)| a.cmp(b));
        let mut cookies: Vec<(String, String)> =
            viewer.cookies().into_iter().filter(|(name, _)| in_cookies.contains(name)).collect();
        cookies.sort();
        Some(Self {
            origin: behavior.origin.id.clone(),
            is_options,
            path: path.to_owned(),
            query: query.join("&"),
            headers,
            cookies,
            encoding: forwarding.encoding(viewer),
        })
    }

    /// The normalised path and the part of the query that is in the key.
    pub(super) fn url(&self) -> String {
        let question_mark = if self.query.is_empty() { "" } else { "?" };
        format!("{}{question_mark}{}", path_pattern::normalise(&self.path), self.query)
    }

    /// The approximate memory use, in bytes.
    pub(super) fn size(&self) -> usize {
        let headers: usize = self.headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        let cookies: usize = self.cookies.iter().map(|(name, value)| name.len() + value.len()).sum();
        size_of::<Self>() + self.origin.len() + self.path.len() + self.query.len() + headers + cookies
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({} {})", self.origin, self.path)
    }
}

#[cfg(test)]
impl Key {
    /// A key of only a path, for tests.
    pub(super) fn for_path(path: &str) -> Self {
        Self::with_query(path, "")
    }

    pub(super) fn with_query(path: &str, query: &str) -> Self {
        Self {
            origin: "o".to_owned(),
            is_options: false,
            path: path.to_owned(),
            query: query.to_owned(),
            headers: Vec::new(),
            cookies: Vec::new(),
            encoding: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Key;
    use crate::distribution::{Behavior, Caching, Forwarding, Selection};
    use crate::viewer_request::ViewerRequest;
    use http::Method;

    fn only(names: &[&str]) -> Selection {
        Selection::Only(names.iter().map(ToString::to_string).collect())
    }

    fn key(forwarding: &Forwarding, query: &str, headers: &[(&'static str, &'static str)]) -> Key {
        let behavior = Behavior::with_policies(forwarding.clone(), Caching::default());
        Key::new(&behavior, &ViewerRequest::get("/a", query, headers), "/a").unwrap()
    }

    #[test]
    fn parts_that_the_policy_does_not_name_make_no_difference() {
        let unnamed = Forwarding {
            headers: [Selection::None, Selection::All],
            cookies: [Selection::None, Selection::All],
            query: [Selection::None, Selection::All],
            ..Forwarding::default()
        };
        let plain = key(&unnamed, "", &[]);
        assert!(
            plain == key(&unnamed, "a=1", &[("cookie", "a=1"), ("origin", "https://a"), ("accept-encoding", "br")])
        );
    }

    #[test]
    fn parts_that_the_policy_names_make_a_difference() {
        let named = Forwarding {
            headers: [only(&["x-a"]), Selection::None],
            cookies: [only(&["c"]), Selection::None],
            query: [only(&["days"]), Selection::None],
            ..Forwarding::default()
        };
        let plain = key(&named, "", &[]);
        assert!(plain != key(&named, "days=1", &[]) && plain != key(&named, "", &[("cookie", "c=1")]));
        assert!(plain != key(&named, "", &[("x-a", "")]), "an empty header is not an absent one");
        assert!(key(&named, "", &[("x-a", "1")]) != key(&named, "", &[("x-a", "2")]));
        assert!(plain == key(&named, "other=1", &[("cookie", "d=1"), ("x-b", "1")]));
        assert!(key(&named, "days=1&days=2", &[]) != key(&named, "days=2&days=1", &[]), "the order matters");
    }

    #[test]
    fn encodings_are_normalised() {
        let compressing = Forwarding { gzip: true, brotli: true, ..Forwarding::default() };
        let with = |value: &'static str| key(&compressing, "", &[("accept-encoding", value)]);
        assert!(with("gzip, deflate, br") == with("br;q=1.0, gzip;q=0.8") && with("gzip") != with("br"));
        assert!(with("zstd") == key(&compressing, "", &[]));
    }

    /// The developer guide's page `QueryStringParameters`; jasonsims/aws-cloudfront-sign#8. The pipeline removes the
    /// parameters of a signature on a behavior with trusted key groups.
    #[test]
    fn parameters_named_like_those_of_a_signature_are_ordinary_ones() {
        let all = Forwarding { query: [Selection::All, Selection::None], ..Forwarding::default() };
        assert!(key(&all, "Policy=a", &[]) != key(&all, "Policy=b", &[]));
    }

    #[test]
    fn unsafe_methods_have_no_key() {
        let behavior = Behavior::with_policies(Forwarding::default(), Caching::default());
        let mut post = ViewerRequest::get("/a", "", &[]);
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            post.method = method;
            assert!(Key::new(&behavior, &post, "/a").is_none());
        }
        let options = Behavior::with_policies(Forwarding::default(), Caching { options: true, ..Caching::default() });
        post.method = Method::OPTIONS;
        let key_of_options = Key::new(&options, &post, "/a").unwrap();
        assert!(key_of_options != key(&Forwarding::default(), "", &[]), "never served to a GET");
    }
}
