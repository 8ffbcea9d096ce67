//! Compression by CloudFront, by content type, size and Accept-Encoding.

use std::io::Read;

use crate::support::distribution::CACHING_OPTIMIZED;
use crate::support::{Cloud, Request, behavior, bucket_origin, config};

#[tokio::test]
async fn a_page_is_compressed_for_viewers_that_accept_it_and_cached_compressed() {
    let cloud = Cloud::start().await;
    let page = "<p>resume</p>".repeat(200);
    cloud.bucket("site", &[("page", &page), ("small", "<p>small</p>")]).await;
    let compressing = behavior("*", "site").cache_policy_id(CACHING_OPTIMIZED).compress(true);
    let plain = behavior("/plain/*", "site").cache_policy_id(CACHING_OPTIMIZED).compress(false);
    cloud
        .s3
        .put_object()
        .bucket("site")
        .key("plain/page")
        .content_type("text/html")
        .body(page.clone().into_bytes().into())
        .send()
        .await
        .unwrap();
    cloud
        .s3
        .put_object()
        .bucket("site")
        .key("image")
        .content_type("image/png")
        .body(page.clone().into_bytes().into())
        .send()
        .await
        .unwrap();
    let (id, arn) = cloud
        .distribution(config(vec![bucket_origin(&cloud, "site").await], vec![plain, compressing]).build().unwrap())
        .await;
    cloud.allow("site", &arn, &["s3:GetObject"]).await;
    let edge = cloud.serve(&id).await;
    let request =
        |path: &str, encodings: &str| Request::get(path).header("Accept-Encoding", encodings).send(edge.port());

    let brotli = request("/page", "gzip, deflate, br").await;
    assert_eq!((brotli.header("content-encoding").as_str(), brotli.header("vary").as_str()), ("br", "Accept-Encoding"));
    assert!(brotli.header("etag").starts_with("W/\""), "{}", brotli.header("etag"));
    let mut decoded = Vec::new();
    brotli::BrotliDecompress(&mut &brotli.body[..], &mut decoded).unwrap();
    assert!(decoded == page.as_bytes() && brotli.body.len() < page.len());

    let gzip = request("/page", "gzip").await;
    assert_eq!((gzip.header("content-encoding").as_str(), gzip.x_cache().as_str()), ("gzip", "Miss from cloudfront"));
    let mut decoded = String::new();
    flate2::read::GzDecoder::new(&gzip.body[..]).read_to_string(&mut decoded).unwrap();
    assert_eq!(decoded, page);

    let identity = request("/page", "identity").await;
    assert_eq!((identity.header("content-encoding").as_str(), identity.text()), ("", page.clone()));
    // Captures of three sites: not compressed, but the type qualifies.
    assert_eq!(
        [identity.header("vary"), identity.header("content-length")],
        ["Accept-Encoding".to_owned(), page.len().to_string()]
    );
    let again = request("/page", "br, gzip").await;
    assert_eq!((again.x_cache().as_str(), again.body == brotli.body), ("Hit from cloudfront", true));
    // Captures of four sites: compressed responses have no length, on hits too.
    for compressed in [&brotli, &gzip, &again] {
        assert_eq!([compressed.header("content-length"), compressed.header("transfer-encoding")], ["", "chunked"]);
    }
    let head = Request::method("HEAD", "/page").header("Accept-Encoding", "br, gzip").send(edge.port()).await;
    assert_eq!(
        (head.header("content-encoding").as_str(), head.header("content-length").as_str(), head.body.len()),
        ("br", "", 0)
    );
    let same =
        Request::get("/page").header("Accept-Encoding", "br, gzip").header("If-None-Match", &brotli.header("etag"));
    assert_eq!(same.send(edge.port()).await.status, 304);

    for path in ["/small", "/image", "/plain/page"] {
        assert_eq!(request(path, "br, gzip").await.header("content-encoding"), "", "{path}");
    }
}
