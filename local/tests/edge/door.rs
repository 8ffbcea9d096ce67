//! Requests that nobody should send.

use vitae_local::{Clock, LocalEdge};

use crate::support::{Ask, Cloud, behavior, bucket_origin, config, raw, raw_bytes};

async fn serve(cloud: &Cloud) -> LocalEdge {
    cloud.bucket("site", &[("a", "A")]).await;
    let config = config(vec![bucket_origin(cloud, "site").await], vec![behavior("*", "site")]);
    let (id, arn) = cloud.distribution(config.build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject", "s3:ListBucket"]).await;
    cloud.serve(&id).await
}

#[tokio::test]
async fn bytes_that_belong_in_no_request_line_are_400() {
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
        let answer = raw(port, request).await;
        assert_eq!(answer.status, 400, "{}", String::from_utf8_lossy(request).escape_debug());
        assert_eq!(
            (answer.header("server").as_str(), answer.x_cache().as_str()),
            ("CloudFront", "Error from cloudfront")
        );
        assert!(answer.text().contains("Bad request"), "{}", answer.text());
    }
    assert_eq!(Ask::get("/a").of(port).await.text(), "A", "the edge is unmoved");
}

#[tokio::test]
async fn an_escaped_nul_and_dots_find_no_object() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    for path in ["/%00", "/a%00", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/%ff", "/a%"] {
        let answer = Ask::get(path).of(edge.port()).await;
        assert!((400..=404).contains(&answer.status), "{path}: {} {}", answer.status, answer.text());
    }
}

#[tokio::test]
async fn a_long_url_is_414_and_large_headers_are_400() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    let port = edge.port();
    for length in [9_000, 60_000, 200_000, 1_000_000] {
        let answer = Ask::get(&format!("/{}", "a".repeat(length))).of(port).await;
        // A line that does not even fit what is read of a head is not known to be a URL.
        let expected = if length > 65_000 { 400 } else { 414 };
        assert_eq!(answer.status, expected, "a URL of {length}");
    }
    for length in [33_000, 60_000, 1_000_000] {
        assert_eq!(
            Ask::get("/a").header("X-Large", &"a".repeat(length)).of(port).await.status,
            400,
            "a header of {length}"
        );
    }
    let many = (0..200).fold(Ask::get("/a"), |ask, index| ask.header(&format!("X-{index}"), "1"));
    assert_eq!(many.of(port).await.status, 400, "200 headers");
    assert_eq!(
        Ask::get("/a").header("X-Large", &"a".repeat(30_000)).of(port).await.status,
        200,
        "a header within the limit"
    );
}

#[tokio::test]
async fn a_request_with_no_host_two_or_a_strange_one_is_refused() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    let port = edge.port();
    assert_eq!(raw(port, b"GET /a HTTP/1.1\r\nConnection: close\r\n\r\n").await.status, 400);
    assert_eq!(raw(port, b"GET /a HTTP/1.0\r\n\r\n").await.status, 400);
    let two = Ask::get("/a").header("Host", "evil.example");
    assert_eq!(two.of(port).await.status, 400);
    let two_in_one =
        format!("GET http://evil.example/a HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n");
    assert_eq!(raw(port, two_in_one.as_bytes()).await.status, 400);
    for host in ["evil.example", "localhost", "localhost:1", "localhost.evil.example:80"] {
        assert_eq!(Ask::get("/a").host(host).of(port).await.status, 403, "{host}");
    }
    assert_eq!(Ask::get("/a").host(&format!("LocalHost:{port}")).of(port).await.status, 200);
}

#[tokio::test]
async fn one_connection_serves_requests_one_after_another() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    let host = format!("Host: localhost:{}", edge.port());
    let pipelined = format!(
        "GET /a HTTP/1.1\r\n{host}\r\n\r\nPOST /a HTTP/1.1\r\n{host}\r\nContent-Length: 4\r\n\r\nbodyGET /none HTTP/1.1\r\n{host}\r\nConnection: close\r\n\r\n"
    );
    let answers = raw_bytes(edge.port(), pipelined.as_bytes()).await;
    let answers = String::from_utf8_lossy(&answers).into_owned();
    let statuses: Vec<&str> = answers.split("HTTP/1.1 ").skip(1).map(|answer| &answer[..3]).collect();
    assert_eq!(statuses, ["200", "403", "404"], "{answers}");
}

#[tokio::test]
async fn a_viewer_that_has_closed_its_side_still_gets_its_answer() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", edge.port())).await.unwrap();
    stream.write_all(format!("GET /a HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", edge.port()).as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("\r\n\r\nA"), "{answer}");
}

#[tokio::test]
async fn a_loopback_address_is_sent_to_localhost() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    let port = edge.port();
    let sent = Ask::get("/a?b=1").host(&format!("127.0.0.1:{port}")).of(port).await;
    assert_eq!((sent.status, sent.header("location")), (307, format!("http://localhost:{port}/a?b=1")));
    assert_eq!(sent.x_cache(), "Redirect from cloudfront");
}

#[tokio::test]
async fn the_distributions_own_name_is_answered_as_https() {
    let cloud = Cloud::start().await;
    let edge = serve(&cloud).await;
    let listed = cloud.cloudfront.list_distributions().send().await.unwrap();
    let name = listed.distribution_list().unwrap().items()[0].domain_name().to_owned();
    assert_eq!(Ask::get("/a").host(&name).of(edge.port()).await.status, 200);
}

#[tokio::test]
async fn a_body_whose_length_is_in_doubt_is_refused() {
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
    let answer = Ask::post("/a", &vec![0; 6 * 1_024 * 1_024 + 1]).of(edge.port()).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn localhost_is_answered_on_ipv6_too_and_a_taken_port_is_said_to_be_taken() {
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
