//! HTTPS with a development certificate, HTTP/2, and redirects from plain HTTP.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_cloudfront::types::{EventType, HttpVersion, TrustedKeyGroups, ViewerProtocolPolicy};
use bytes::Bytes;
use http_body_util::Empty;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use vitae_local::LocalEdge;

use crate::support::cloud::parse_json;
use crate::support::{Cloud, Keys, Request, behavior, bucket_origin, config, curl, curl_text, lambda_at_edge};

const FUNCTION: &str =
    "export const handler = async (event) => ({ status: '200', body: JSON.stringify(event.Records[0].cf.request) });";

/// After this an edge that does not respond fails the test.
const TIMEOUT: Duration = Duration::from_secs(30);

struct Secure {
    edge: LocalEdge,
    certificate: PathBuf,
    keys: Keys,
    key_pair_id: String,
    _cloud: Cloud,
}

impl Secure {
    async fn start(version: HttpVersion) -> Self {
        let cloud = Cloud::start().await;
        cloud.bucket("site", &[("a", "A"), ("only/a", "ONLY"), ("any/a", "ANY"), ("cv/a", "CV")]).await;
        let keys = Keys::p256();
        let (group, ids) = cloud.key_group("signers", &[&keys.public_pem]).await;
        let trusted = TrustedKeyGroups::builder().enabled(true).quantity(1).items(group).build().unwrap();
        let shown = cloud.function_version("shown", FUNCTION).await;
        let behaviors = vec![
            behavior("/only/*", "site").viewer_protocol_policy(ViewerProtocolPolicy::HttpsOnly),
            behavior("/any/*", "site").viewer_protocol_policy(ViewerProtocolPolicy::AllowAll),
            behavior("/cv/*", "site").trusted_key_groups(trusted),
            behavior("/shown", "site").lambda_function_associations(lambda_at_edge(
                &shown,
                EventType::ViewerRequest,
                true,
            )),
            behavior("*", "site"),
        ];
        let origins = vec![bucket_origin(&cloud, "site").await];
        let (id, arn) = cloud.distribution(config(origins, behaviors).http_version(version).build().unwrap()).await;
        cloud.allow("site", &arn, &["s3:GetObject"]).await;
        let edge = cloud.serve_https(&id).await;
        let certificate = cloud.folder().join("certificate.pem");
        std::fs::write(&certificate, edge.certificate_pem().unwrap()).unwrap();
        Self { edge, certificate, keys, key_pair_id: ids[0].clone(), _cloud: cloud }
    }

    fn url(&self, path: &str) -> String {
        format!("https://localhost:{}{path}", self.edge.port())
    }

    /// The status of a request over HTTP/2 with headers of this many bytes.
    async fn large_head(&self, bytes: usize) -> u16 {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(&self.certificate).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots);
        let mut config = config.with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let stream = TcpStream::connect(("127.0.0.1", self.edge.port())).await.unwrap();
        let name = "localhost".try_into().unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
        let client = http2::Builder::new(TokioExecutor::new()).handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = client.unwrap();
        let connection = tokio::spawn(connection);
        let mut request = http::Request::get(self.url("/a"));
        for number in 0..bytes / 10_000 {
            request = request.header(format!("x-large-{number}"), "a".repeat(10_000));
        }
        let sent = timeout(TIMEOUT, sender.send_request(request.body(Empty::<Bytes>::new()).unwrap())).await;
        connection.abort();
        sent.expect("a response in time").expect("a response").status().as_u16()
    }

    /// The output of curl, which trusts this certificate only.
    async fn curl(&self, arguments: &[&str], path: &str) -> String {
        let url = self.url(path);
        curl_text(&[&["--cacert", path_text(&self.certificate)], arguments, &[&url]].concat()).await
    }
}

fn path_text(path: &Path) -> &str {
    path.to_str().unwrap()
}

const VERSION: [&str; 2] = ["--write-out", " %{http_version} %{http_code}"];

#[tokio::test]
async fn curl_trusts_the_certificate_and_uses_both_http_versions() {
    let secure = Secure::start(HttpVersion::Http2and3).await;
    assert_eq!(secure.curl(&VERSION, "/a").await, "A 2 200");
    assert_eq!(secure.curl(&[&["--http1.1"], &VERSION[..]].concat(), "/a").await, "A 1.1 200");
    let head = secure.curl(&["--head"], "/a").await;
    assert!(
        head.starts_with("HTTP/2 200") && head.contains("x-cache: ") && head.contains("content-length: 1"),
        "{head}"
    );
    let body = secure.curl(&["--data-binary", "hello", "--cookie", "a=1", "--header", "Cookie: b=2"], "/shown").await;
    let shown = parse_json(body.as_bytes());
    assert_eq!((shown["method"].as_str(), shown["body"]["data"].as_str()), (Some("POST"), Some("aGVsbG8=")));
    assert_eq!(shown["headers"]["host"][0]["value"], format!("localhost:{}", secure.edge.port()), "as over HTTP/1.1");
    let many = (0..20).map(|_| secure.url("/a")).collect::<Vec<_>>();
    let mut arguments = vec!["--parallel", "--cacert", path_text(&secure.certificate)];
    arguments.extend(many.iter().map(String::as_str));
    assert_eq!(curl(&arguments).await, b"A".repeat(20));
}

#[tokio::test]
async fn large_headers_are_rejected_over_http_2_too() {
    let secure = Secure::start(HttpVersion::Http2).await;
    for (bytes, expected) in [(30_000, "200"), (33_000, "400")] {
        let large = format!("X-Large: {}", "a".repeat(bytes));
        let response =
            secure.curl(&["--header", &large, "--output", "/dev/null", "--write-out", "%{http_code}"], "/a").await;
        assert_eq!(response, expected, "{bytes} bytes");
    }
    // curl cannot send these; another client does.
    for bytes in [70_000, 300_000, 1_000_000, 1_100_000] {
        let status = secure.large_head(bytes).await;
        assert!(status == 400 || status == 431, "{bytes} bytes: {status}");
    }
    let long = format!("/{}", "a".repeat(9_000));
    assert_eq!(secure.curl(&["--output", "/dev/null", "--write-out", "%{http_code}"], &long).await, "414");
    assert_eq!(secure.curl(&VERSION, "/a").await, "A 2 200");
}

#[tokio::test]
async fn a_distribution_without_http_2_does_not_offer_it() {
    let secure = Secure::start(HttpVersion::Http11).await;
    assert_eq!(secure.curl(&VERSION, "/a").await, "A 1.1 200");
}

#[tokio::test]
async fn the_viewer_protocol_policy_applies_to_plain_http() {
    let secure = Secure::start(HttpVersion::Http2).await;
    let port = secure.edge.port();
    let moved = Request::get("/a?b=c").send(port).await;
    assert_eq!((moved.status, moved.header("location")), (301, secure.url("/a?b=c")));
    assert_eq!(moved.x_cache(), "Redirect from cloudfront");
    assert_eq!(Request::post("/a", b"x").send(port).await.status, 307);
    assert_eq!(Request::get("/only/a").send(port).await.status, 403);
    assert_eq!(Request::get("/any/a").send(port).await.text(), "ANY");
    assert_eq!(secure.curl(&VERSION, "/only/a").await, "ONLY 2 200");
    assert_eq!(Request::get("/shown").send(port).await.status, 301, "no function runs for a redirected request");
}

#[tokio::test]
async fn a_signature_is_valid_for_one_scheme_only() {
    let secure = Secure::start(HttpVersion::Http2).await;
    let sign = |url: &str| secure.keys.canned(&secure.key_pair_id, url, 4_000_000_000, "-sha256");
    let right = sign(&secure.url("/cv/a"));
    assert_eq!(secure.curl(&VERSION, &format!("/cv/a?{right}")).await, "CV 2 200");
    let wrong = sign(&secure.url("/cv/a").replace("https:", "http:"));
    assert!(secure.curl(&VERSION, &format!("/cv/a?{wrong}")).await.ends_with(" 2 403"));
}

#[tokio::test]
async fn connections_that_are_not_tls_do_no_harm() {
    let secure = Secure::start(HttpVersion::Http2).await;
    let port = secure.edge.port();
    for hello in [
        &b"\x16"[..],
        b"\x16\x03\x01\xff\xff",
        b"\x16\x03\x01\x00\x05hello",
        b"\x00",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"",
    ] {
        let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stream, hello).await.unwrap();
        drop(stream);
    }
    assert_eq!(secure.curl(&VERSION, "/a").await, "A 2 200");
}
