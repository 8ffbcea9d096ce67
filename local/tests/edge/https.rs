//! HTTPS with a development certificate, HTTP/2 on it, and what becomes of plain HTTP.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use aws_sdk_cloudfront::types::{EventType, HttpVersion, TrustedKeyGroups, ViewerProtocolPolicy};
use bytes::Bytes;
use http::Request;
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

use crate::support::cloud::json_of;
use crate::support::{Ask, Cloud, Keys, behavior, bucket_origin, config, curl, curl_text, lambda_at_edge};

const FUNCTION: &str =
    "export const handler = async (event) => ({ status: '200', body: JSON.stringify(event.Records[0].cf.request) });";

/// An edge that does not answer fails the test instead of stopping it.
const PATIENCE: Duration = Duration::from_secs(30);

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

    /// The status of a request over HTTP/2 with so many bytes of headers.
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
        let mut request = Request::get(self.url("/a"));
        for number in 0..bytes / 10_000 {
            request = request.header(format!("x-large-{number}"), "a".repeat(10_000));
        }
        let sent = timeout(PATIENCE, sender.send_request(request.body(Empty::<Bytes>::new()).unwrap())).await;
        connection.abort();
        sent.expect("an answer in time").expect("an answer").status().as_u16()
    }

    /// What curl gets that trusts the certificate and no other.
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
async fn curl_trusts_the_certificate_and_speaks_both_versions() {
    let secure = Secure::start(HttpVersion::Http2and3).await;
    assert_eq!(secure.curl(&VERSION, "/a").await, "A 2 200");
    assert_eq!(secure.curl(&[&["--http1.1"], &VERSION[..]].concat(), "/a").await, "A 1.1 200");
    let head = secure.curl(&["--head"], "/a").await;
    assert!(
        head.starts_with("HTTP/2 200") && head.contains("x-cache: ") && head.contains("content-length: 1"),
        "{head}"
    );
    let body = secure.curl(&["--data-binary", "hello", "--cookie", "a=1", "--header", "Cookie: b=2"], "/shown").await;
    let shown = json_of(body.as_bytes());
    assert_eq!((shown["method"].as_str(), shown["body"]["data"].as_str()), (Some("POST"), Some("aGVsbG8=")));
    assert_eq!(shown["headers"]["host"][0]["value"], format!("localhost:{}", secure.edge.port()), "as over HTTP/1.1");
    let many = (0..20).map(|_| secure.url("/a")).collect::<Vec<_>>();
    let mut arguments = vec!["--parallel", "--cacert", path_text(&secure.certificate)];
    arguments.extend(many.iter().map(String::as_str));
    assert_eq!(curl(&arguments).await, b"A".repeat(20));
}

#[tokio::test]
async fn large_heads_are_refused_over_http_2_too() {
    let secure = Secure::start(HttpVersion::Http2).await;
    for (bytes, expected) in [(30_000, "200"), (33_000, "400")] {
        let large = format!("X-Large: {}", "a".repeat(bytes));
        let answer =
            secure.curl(&["--header", &large, "--output", "/dev/null", "--write-out", "%{http_code}"], "/a").await;
        assert_eq!(answer, expected, "{bytes} bytes");
    }
    // Larger than curl can send: by another client.
    for bytes in [70_000, 300_000, 1_000_000, 1_100_000] {
        let status = secure.large_head(bytes).await;
        assert!(status == 400 || status == 431, "{bytes} bytes: {status}");
    }
    let long = format!("/{}", "a".repeat(9_000));
    assert_eq!(secure.curl(&["--output", "/dev/null", "--write-out", "%{http_code}"], &long).await, "414");
    assert_eq!(secure.curl(&VERSION, "/a").await, "A 2 200");
}

#[tokio::test]
async fn a_distribution_without_http_2_offers_none() {
    let secure = Secure::start(HttpVersion::Http11).await;
    assert_eq!(secure.curl(&VERSION, "/a").await, "A 1.1 200");
}

#[tokio::test]
async fn plain_http_meets_the_viewer_protocol_policy() {
    let secure = Secure::start(HttpVersion::Http2).await;
    let port = secure.edge.port();
    let moved = Ask::get("/a?b=c").of(port).await;
    assert_eq!((moved.status, moved.header("location")), (301, secure.url("/a?b=c")));
    assert_eq!(moved.x_cache(), "Redirect from cloudfront");
    assert_eq!(Ask::post("/a", b"x").of(port).await.status, 307);
    assert_eq!(Ask::get("/only/a").of(port).await.status, 403);
    assert_eq!(Ask::get("/any/a").of(port).await.text(), "ANY");
    assert_eq!(secure.curl(&VERSION, "/only/a").await, "ONLY 2 200");
    assert_eq!(Ask::get("/shown").of(port).await.status, 301, "no function sees a redirected request");
}

#[tokio::test]
async fn a_url_is_signed_for_its_scheme() {
    let secure = Secure::start(HttpVersion::Http2).await;
    let sign = |url: &str| secure.keys.canned(&secure.key_pair_id, url, 4_000_000_000, "-sha256");
    let right = sign(&secure.url("/cv/a"));
    assert_eq!(secure.curl(&VERSION, &format!("/cv/a?{right}")).await, "CV 2 200");
    let wrong = sign(&secure.url("/cv/a").replace("https:", "http:"));
    assert!(secure.curl(&VERSION, &format!("/cv/a?{wrong}")).await.ends_with(" 2 403"));
}

#[tokio::test]
async fn what_is_no_tls_after_all_does_no_harm() {
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
