//! Malformed requests, limits and host names.

use vitae_local::{Clock, LocalEdge};

use crate::support::{Cloud, Request, behavior, bucket_origin, config, raw, raw_bytes};

async fn serve(cloud: &Cloud) -> LocalEdge {
    cloud.bucket("site", &[("a", "A")]).await;
    let config = config(vec![bucket_origin(cloud, "site").await], vec![behavior("*", "site")]);
    let (id, arn) = cloud.distribution(config.build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject", "s3:ListBucket"]).await;
    cloud.serve(&id).await
}

#[tokio::test]
async fn invalid_bytes_in_a_request_are_400() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    let port = edge.port();
    let requests: [&[u8]; 9] = [
        b"GET /\x00 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /\x01a HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /\x7f HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /a?\xc3\x28 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 not TLS here\r\n\r\n",
    ];
    for request in requests {
        let response = raw(port, request).await;
        assert_eq!(response.status, 400, "{}", String::from_utf8_lossy(request).escape_debug());
        assert_eq!(
            (response.header("server").as_str(), response.x_cache().as_str()),
            ("CloudFront", "Error from cloudfront")
        );
        assert!(response.text().contains("Bad request"), "{}", response.text());
    }
    assert_eq!(Request::get("/a").send(port).await.text(), "A", "the edge still serves");
}

#[tokio::test]
async fn encoded_nuls_and_dots_match_no_object() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    for path in ["/%00", "/a%00", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/%ff", "/a%"] {
        let response = Request::get(path).send(edge.port()).await;
        assert!((400..=404).contains(&response.status), "{path}: {} {}", response.status, response.text());
    }
}

#[tokio::test]
async fn a_long_url_is_414_and_large_headers_are_400() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    let port = edge.port();
    for length in [9_000, 60_000, 200_000, 1_000_000] {
        let response = Request::get(&format!("/{}", "a".repeat(length))).send(port).await;
        // A request line longer than the head's buffer cannot be parsed, so it is 400, not 414.
        let expected = if length > 65_000 { 400 } else { 414 };
        assert_eq!(response.status, expected, "a URL of {length}");
    }
    for length in [33_000, 60_000, 1_000_000] {
        assert_eq!(
            Request::get("/a").header("X-Large", &"a".repeat(length)).send(port).await.status,
            400,
            "a header of {length}"
        );
    }
    let many = (0..200).fold(Request::get("/a"), |request, index| request.header(&format!("X-{index}"), "1"));
    assert_eq!(many.send(port).await.status, 400, "200 headers");
    assert_eq!(
        Request::get("/a").header("X-Large", &"a".repeat(30_000)).send(port).await.status,
        200,
        "a header within the limit"
    );
}

#[tokio::test]
async fn a_request_without_a_host_or_with_two_or_an_unknown_one_is_rejected() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    let port = edge.port();
    assert_eq!(raw(port, b"GET /a HTTP/1.1\r\nConnection: close\r\n\r\n").await.status, 400);
    assert_eq!(raw(port, b"GET /a HTTP/1.0\r\n\r\n").await.status, 400);
    let two = Request::get("/a").header("Host", "evil.example");
    assert_eq!(two.send(port).await.status, 400);
    let two_in_one =
        format!("GET http://evil.example/a HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    assert_eq!(raw(port, two_in_one.as_bytes()).await.status, 400);
    for host in ["evil.example", "localhost", "localhost:1", "localhost.evil.example:80"] {
        assert_eq!(Request::get("/a").host(host).send(port).await.status, 403, "{host}");
    }
    assert_eq!(Request::get("/a").host(&format!("LocalHost:{port}")).send(port).await.status, 200);
}

#[tokio::test]
async fn one_connection_serves_pipelined_requests_in_order() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    let host = format!("Host: localhost:{}", edge.port());
    let pipelined = format!(
        "GET /a HTTP/1.1\r\n{host}\r\n\r\nPOST /a HTTP/1.1\r\n{host}\r\nContent-Length: 4\r\n\r\nbodyGET /none HTTP/1.1\r\n{host}\r\nConnection: close\r\n\r\n"
    );
    let responses = raw_bytes(edge.port(), pipelined.as_bytes()).await;
    let responses = String::from_utf8_lossy(&responses).into_owned();
    let statuses: Vec<&str> = responses.split("HTTP/1.1 ").skip(1).map(|response| &response[..3]).collect();
    assert_eq!(statuses, ["200", "403", "404"], "{responses}");
}

#[tokio::test]
async fn a_viewer_that_has_closed_its_write_side_still_gets_its_response() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", edge.port())).await.unwrap();
    stream.write_all(format!("GET /a HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", edge.port()).as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).await.unwrap();
    assert!(response.starts_with("HTTP/1.1 200 ") && response.ends_with("\r\n\r\nA"), "{response}");
}

#[tokio::test]
async fn a_loopback_address_redirects_to_localhost() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    let port = edge.port();
    let sent = Request::get("/a?b=1").host(&format!("127.0.0.1:{port}")).send(port).await;
    assert_eq!((sent.status, sent.header("location")), (307, format!("http://localhost:{port}/a?b=1")));
    assert_eq!(sent.x_cache(), "Redirect from cloudfront");
}

#[tokio::test]
async fn the_distributions_domain_name_is_served_as_https() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    let listed = cloud.cloudfront.list_distributions().send().await.unwrap();
    let name = listed.distribution_list().unwrap().items()[0].domain_name().to_owned();
    assert_eq!(Request::get("/a").host(&name).send(edge.port()).await.status, 200);
}

#[tokio::test]
async fn a_body_with_an_ambiguous_length_is_rejected() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    let port = edge.port();
    for framing in ["Content-Length: 4\r\nContent-Length: 5", "Transfer-Encoding: xchunked", "Content-Length: -1"] {
        let request =
            format!("POST /a HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n{framing}\r\n\r\n0\r\n\r\n");
        assert_eq!(raw(port, request.as_bytes()).await.status, 400, "{framing}");
    }
}

#[tokio::test]
async fn a_body_over_6_mb_is_413() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    let response = Request::post("/a", &vec![0; 6 * 1_024 * 1_024 + 1]).send(edge.port()).await;
    assert_eq!(response.status, 413);
}

#[tokio::test]
async fn the_edge_listens_on_ipv6_too_and_reports_a_port_in_use() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    if tokio::net::TcpListener::bind("[::1]:0").await.is_ok() {
        assert!(tokio::net::TcpStream::connect(("::1", edge.port())).await.is_ok());
    }
    let listed = cloud.cloudfront.list_distributions().send().await.unwrap();
    let id = listed.distribution_list().unwrap().items()[0].id().to_owned();
    let error = cloud.serve_on(&id, Clock::system(), edge.port()).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("cannot listen on 127.0.0.1:{}", edge.port())), "{error}");
}
