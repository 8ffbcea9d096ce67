//! Pages that reload themselves during development.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use vitae_local::LocalEdge;

use super::support::{Cloud, Request, Response, behavior, bucket_origin, config};

const PAGE: &str = "<!DOCTYPE html><title>Resume</title>";
const SCRIPT: &str = "<script src=\"/.vitae/reload.js?since=";

/// Creates a site with one page; returns the distribution's id.
async fn site(cloud: &Cloud) -> String {
    cloud.bucket("site", &[("index.html", PAGE)]).await;
    let config = config(vec![bucket_origin(cloud, "site").await], vec![behavior("*", "site")]);
    let (id, arn) = cloud.distribution(config.default_root_object("index.html").build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject", "s3:ListBucket"]).await;
    id
}

async fn navigate(edge: &LocalEdge, path: &str) -> Response {
    Request::get(path).header("Accept", "text/html,*/*;q=0.8").send(edge.port()).await
}

#[tokio::test]
async fn a_page_gets_the_reload_script_and_is_not_cached() {
    let cloud = Cloud::start().await;
    let id = site(&cloud).await;
    let edge = cloud.serve_live(&id).await;
    let page = navigate(&edge, "/").await;
    assert!(page.text().starts_with(PAGE) && page.text().contains(SCRIPT), "{}", page.text());
    assert_eq!(page.header("content-length"), page.body.len().to_string());
    assert_eq!((page.header("etag").as_str(), page.header("last-modified").as_str()), ("", ""));

    // A request that is not a navigation gets the object unchanged.
    let plain = Request::get("/").send(edge.port()).await;
    assert_eq!(plain.text(), PAGE);
    let object = cloud.s3.get_object().bucket("site").key("index.html").send().await.unwrap();
    assert_eq!(object.body.collect().await.unwrap().into_bytes(), PAGE);
    // A conditional navigation gets the whole page with its script.
    let again = Request::get("/").header("Accept", "text/html").header("If-None-Match", &plain.header("etag"));
    assert!(again.send(edge.port()).await.text().contains(SCRIPT));

    let production = cloud.serve(&id).await;
    assert_eq!(navigate(&production, "/").await.text(), PAGE);
    for path in ["/.vitae/reload", "/.vitae/reload.js"] {
        let response = navigate(&production, path).await;
        assert!(response.status == 404 && !response.text().contains("EventSource"), "{path}: the origin's response");
    }
    // Protects against DNS rebinding.
    assert_eq!(Request::get("/.vitae/reload.js").host("evil.example").send(edge.port()).await.status, 403);
}

#[tokio::test]
async fn a_listening_page_is_notified_and_does_not_delay_shutdown() {
    let cloud = Cloud::start().await;
    let edge = cloud.serve_live(&site(&cloud).await).await;
    let mut stream = TcpStream::connect(("127.0.0.1", edge.port())).await.unwrap();
    let request = format!("GET /.vitae/reload HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", edge.port());
    stream.write_all(request.as_bytes()).await.unwrap();
    assert!(read_until(&mut stream, "retry: ").await.contains("text/event-stream"));
    edge.reload_pages();
    read_until(&mut stream, "event: reload").await;
    edge.shutdown().await;
    let mut rest = Vec::new();
    timeout(TIMEOUT, stream.read_to_end(&mut rest)).await.expect("the stream ends").unwrap();
    assert!(
        rest.ends_with(b"0\r\n\r\n"),
        "the stream must end with its last chunk: {:?}",
        String::from_utf8_lossy(&rest)
    );
}

/// After this a page that receives nothing fails the test.
const TIMEOUT: Duration = Duration::from_secs(30);

async fn read_until(stream: &mut TcpStream, expected: &str) -> String {
    let mut text = String::new();
    let listen = async {
        while !text.contains(expected) {
            let mut bytes = [0; 1024];
            let read = stream.read(&mut bytes).await.unwrap();
            assert!(read > 0, "the stream ended: {text}");
            text.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
    };
    timeout(TIMEOUT, listen).await.unwrap_or_else(|_| panic!("not received: {expected}"));
    text
}
