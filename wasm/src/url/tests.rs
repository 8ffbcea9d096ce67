use alloc::format;
use alloc::string::ToString;

use super::Url;
use crate::Error;

fn error(url: &str) -> Error {
    Url::parse(url).expect_err(url)
}

#[test]
fn a_valid_url_is_kept_unchanged() {
    for url in [
        "https://d111111abcdef8.cloudfront.net/cv/resume.pdf",
        "http://localhost:8787/cv/resume.pdf",
        "https://d.example/",
        "https://d.example//twice//",
        "https://d.example/a%20b/%C3%A9+c;v=1,2/@:!$&'()~-._",
        "https://d.example/p?b=2&a=1&a=1&c&d=&e=/?:@",
        "https://192.0.2.1:8443/p",
        "https://xn--bcher-kva.example/",
        "https://d.example/...",
        "https://d.example/p?expires=1&policy=2&Expires2=3",
    ] {
        assert_eq!(Url::parse(url).expect(url).as_str(), url);
    }
}

#[test]
fn a_parameter_is_added_after_existing_ones() {
    assert_eq!(Url::parse("https://d.example/p").unwrap().separator(), '?');
    assert_eq!(Url::parse("https://d.example/p?a=1").unwrap().separator(), '&');
}

#[test]
fn a_url_that_is_not_absolute_http_is_rejected() {
    for url in [
        "",
        "/cv.pdf",
        "d.example/cv.pdf",
        "//d.example/cv.pdf",
        "ftp://d.example/",
        "HTTPS://d.example/",
        "*://d.example/",
        "wss://d.example/",
    ] {
        assert!(matches!(error(url), Error::UrlScheme { .. }), "{url}: {:?}", error(url));
    }
}

#[test]
fn a_password_in_the_url_is_rejected_and_not_quoted() {
    for url in ["https://me:secret@d.example/", "https://me:secret@D.example/ #x", "ftp://me:secret@d.example/"] {
        let message = error(url).to_string();
        assert!(!message.contains("secret"), "{message}");
    }
    assert_eq!(error("https://me@d.example/"), Error::UrlUserInfo);
}

#[test]
fn a_host_that_clients_would_rewrite_is_rejected() {
    for host in [
        "",
        ":8080",
        "D.example",
        "d.example:443",
        "d.example:0",
        "d.example:08080",
        "d.example:65536",
        "d.example:",
        "d..example",
        "d.example.",
        ".d.example",
        "dé.example",
        "d example",
        "d%2eexample",
        "[::1]",
        "127.1",
        "0x7f.0.0.0x1",
        "d.example:80:80",
        "*.example",
        &format!("{}.example", "a".repeat(250)),
    ] {
        let url = format!("https://{host}/");
        assert!(matches!(error(&url), Error::UrlHost { .. }), "{url}: {:?}", error(&url));
    }
    assert!(matches!(error("http://d.example:80/"), Error::UrlHost { .. }));
    assert!(Url::parse("http://d.example:443/").is_ok());
    assert!(matches!(error("https://"), Error::UrlHost { .. }));
}

#[test]
fn characters_that_must_be_escaped_are_rejected_with_their_position() {
    for character in
        [' ', '"', '<', '>', '\\', '^', '`', '{', '|', '}', '[', ']', '\n', '\r', '\t', '\0', '\x7f', 'é', '…', '😀']
    {
        let in_path = format!("https://d.example/a{character}b");
        assert_eq!(error(&in_path), Error::UrlCharacter { character, position: 19 });
        let in_query = format!("https://d.example/a?{character}b");
        assert_eq!(error(&in_query), Error::UrlCharacter { character, position: 20 });
    }
    assert_eq!(error("https://d.example/?q='"), Error::UrlCharacter { character: '\'', position: 21 });
    for url in [
        "https://d.example/100%",
        "https://d.example/%",
        "https://d.example/%2",
        "https://d.example/%zz",
        "https://d.example/%é1",
    ] {
        assert!(matches!(error(url), Error::UrlCharacter { character: '%', .. }), "{url}");
    }
}

#[test]
fn a_star_is_rejected_in_a_path_and_kept_in_a_query() {
    assert_eq!(error("https://d.example/cv/*"), Error::UrlWildcard { position: 21 });
    assert_eq!(error("https://d.example/c*?a=*"), Error::UrlWildcard { position: 19 });
    assert!(Url::parse("https://d.example/cv?filename*=UTF-8").is_ok());
    let error = Url::parse_without_star("https://d.example/cv?a=*").unwrap_err();
    assert_eq!(error, Error::UrlWildcard { position: 23 });
}

#[test]
fn an_empty_path_is_rejected() {
    for url in ["https://d.example", "https://d.example?a=1"] {
        assert!(matches!(error(url), Error::UrlPath { .. }), "{url}");
    }
}

#[test]
fn dot_segments_are_rejected_escaped_or_not() {
    for path in ["/../a", "/a/..", "/a/./b", "/.", "/%2e%2E/a", "/.%2e", "/%2E"] {
        let url = format!("https://d.example{path}");
        assert!(matches!(error(&url), Error::UrlPath { .. }), "{url}");
    }
}

#[test]
fn a_fragment_is_rejected() {
    for url in ["https://d.example/a#b", "https://d.example/a?b#c", "https://d.example#a", "https://d.example/ #é"] {
        assert!(matches!(error(url), Error::UrlFragment { .. }), "{url}: {:?}", error(url));
    }
}

#[test]
fn cloudfronts_own_parameters_are_rejected_even_if_escaped() {
    for name in ["Expires", "Policy", "Signature", "Key-Pair-Id", "Hash-Algorithm"] {
        for query in [
            format!("{name}=1"),
            format!("a=1&{name}"),
            format!("{name}=&b"),
            name.replace('i', "%69").replace('H', "%48"),
        ] {
            let url = format!("https://d.example/p?{query}");
            assert_eq!(error(&url), Error::UrlReservedParameter { name }, "{url}");
        }
    }
}

#[test]
fn an_empty_parameter_is_rejected() {
    for query in ["", "&a=1", "a=1&", "a=1&&b=2"] {
        let url = format!("https://d.example/p?{query}");
        assert!(matches!(error(&url), Error::UrlQuery { .. }), "{url}");
    }
}
