//! Pages that reload themselves, in development and nowhere else.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use vitae_local::LocalEdge;

use super::support::{Answer, Ask, Cloud, behavior, bucket_origin, config};

const PAGE: &str = "<!DOCTYPE html><title>Resume</title>";
const SCRIPT: &str = "<script src=\"/.vitae/reload.js?since=";

/// A site of one page.
async fn site(cloud: &Cloud) -> String {
    cloud.bucket("site", &[("index.html", PAGE)]).await;
    let config = config(vec![bucket_origin(cloud, "site").await], vec![behavior("*", "site")]);
    let (id, arn) = cloud.distribution(config.default_root_object("index.html").build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject", "s3:ListBucket"]).await;
    id
}

async fn navigate(edge: &LocalEdge, path: &str) -> Answer {
    Ask::get(path).header("Accept", "text/html,*/*;q=0.8").of(edge.port()).await
}

#[tokio::test]
async fn a_page_is_given_the_script_and_nothing_keeps_it() {
    let cloud = Cloud::start().await;
    let id = site(&cloud).await;
    let edge = cloud.serve_live(&id).await;
    let page = navigate(&edge, "/").await;
    assert!(page.text().starts_with(PAGE) && page.text().contains(SCRIPT), "{}", page.text());
    assert_eq!(page.header("content-length"), page.body.len().to_string());
    assert_eq!((page.header("etag").as_str(), page.header("last-modified").as_str()), ("", ""));

    // What is no navigation sees what the bucket holds.
    let plain = Ask::get("/").of(edge.port()).await;
    assert_eq!(plain.text(), PAGE);
    let object = cloud.s3.get_object().bucket("site").key("index.html").send().await.unwrap();
    assert_eq!(object.body.collect().await.unwrap().into_bytes(), PAGE);
    // A page whose validator a browser still has from elsewhere comes whole, with its script.
    let again = Ask::get("/").header("Accept", "text/html").header("If-None-Match", &plain.header("etag"));
    assert!(again.of(edge.port()).await.text().contains(SCRIPT));

    let production = cloud.serve(&id).await;
    assert_eq!(navigate(&production, "/").await.text(), PAGE);
    for path in ["/.vitae/reload", "/.vitae/reload.js"] {
        let answer = navigate(&production, path).await;
        assert!(answer.status == 404 && !answer.text().contains("EventSource"), "{path}: the origin's own answer");
    }
    // A rebound name hears nothing.
    assert_eq!(Ask::get("/.vitae/reload.js").host("evil.example").of(edge.port()).await.status, 403);
}

#[tokio::test]
async fn a_page_that_listens_is_told_and_does_not_keep_the_edge_from_ending() {
    let cloud = Cloud::start().await;
    let edge = cloud.serve_live(&site(&cloud).await).await;
    let mut stream = TcpStream::connect(("127.0.0.1", edge.port())).await.unwrap();
    let request = format!("GET /.vitae/reload HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", edge.port());
    stream.write_all(request.as_bytes()).await.unwrap();
    assert!(heard(&mut stream, "retry: ").await.contains("text/event-stream"));
    edge.reload_pages();
    heard(&mut stream, "event: reload").await;
    edge.shutdown().await;
    let mut rest = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut rest)).await.expect("the stream ends").unwrap();
    assert!(rest.ends_with(b"0\r\n\r\n"), "it was not cut off: {:?}", String::from_utf8_lossy(&rest));
}

/// Far longer than it takes: a page that hears nothing fails the test instead of stopping it.
const PATIENCE: Duration = Duration::from_secs(30);

async fn heard(stream: &mut TcpStream, words: &str) -> String {
    let mut text = String::new();
    let listen = async {
        while !text.contains(words) {
            let mut bytes = [0; 1024];
            let read = stream.read(&mut bytes).await.unwrap();
            assert!(read > 0, "the stream ended: {text}");
            text.push_str(&String::from_utf8_lossy(&bytes[..read]));
        }
    };
    timeout(PATIENCE, listen).await.unwrap_or_else(|_| panic!("not heard: {words}"));
    text
}
