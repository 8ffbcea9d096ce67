//! Hostile viewers: request smuggling, corrupted requests, slow requests and many connections.

use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use vitae_local::{LocalEdge, limits};

use crate::support::cloud::{ECHO, parse_json};
use crate::support::distribution::ALL_EXCEPT_HOST;
use crate::support::{Cloud, Request, behavior, bucket_origin, config, function_url_origin, raw_bytes};

async fn site(cloud: &Cloud) -> LocalEdge {
    cloud.bucket("site", &[("a", "A")]).await;
    let config = config(vec![bucket_origin(cloud, "site").await], vec![behavior("*", "site")]);
    let (id, arn) = cloud.distribution(config.build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject", "s3:ListBucket"]).await;
    cloud.serve(&id).await
}

/// The statuses of all responses on one connection.
async fn statuses(port: u16, bytes: &[u8]) -> Vec<String> {
    let responses = raw_bytes(port, bytes).await;
    String::from_utf8_lossy(&responses).split("HTTP/1.1 ").skip(1).map(|response| response[..3].to_owned()).collect()
}

#[tokio::test]
async fn request_smuggling_is_400_and_closes_the_connection() {
    let cloud = Cloud::start().await;
    let edge = site(&cloud).await;
    let port = edge.port();
    let smuggled = format!("GET /smuggled HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n");
    for framing in [
        "Content-Length: 4\r\nContent-Length: 5",
        "Content-Length: 0, 30",
        "Content-Length: +0",
        "Content-Length: 0x0",
        "Content-Length: 99999999999999999999999",
        "Content-Length: ",
        "Transfer-Encoding: chunked, identity",
        "Transfer-Encoding: identity",
        "Transfer-Encoding: xchunked",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding : chunked",
        "Transfer-Encoding\r\n: chunked",
        "X: y\r\n Transfer-Encoding: chunked",
        "Transfer-Encoding: \x0bchunked",
        "Content-Length: 0\r\nX: a\rContent-Length: 30",
        "X: \x00",
        "X\x00: y",
        ": nameless",
        "no colon",
    ] {
        let head = format!("POST /a HTTP/1.1\r\nHost: localhost:{port}\r\n{framing}\r\n\r\n");
        let found = statuses(port, format!("{head}{smuggled}").as_bytes()).await;
        assert_eq!(found, ["400"], "{}", framing.escape_debug());
    }
    for chunk in
        ["zz\r\n", "-1\r\n", "0x5\r\nhello\r\n", "ffffffffffffffffff\r\n", "5\r\nhelloXX0\r\n\r\n", "5 5\r\nhello\r\n"]
    {
        let head = format!("POST /a HTTP/1.1\r\nHost: localhost:{port}\r\nTransfer-Encoding: chunked\r\n\r\n{chunk}");
        let found = statuses(port, format!("{head}{smuggled}").as_bytes()).await;
        assert_eq!(found, ["400"], "{}", chunk.escape_debug());
    }
    assert_eq!(Request::get("/a").send(port).await.text(), "A");
}

#[tokio::test]
async fn a_body_with_two_framings_reaches_the_origin_with_one() {
    let cloud = Cloud::start().await;
    let host = cloud.function_url("echo", ECHO).await;
    let behavior = behavior("*", "echo").origin_request_policy_id(ALL_EXCEPT_HOST);
    let origin = function_url_origin(&cloud, "echo", &host).await;
    let (id, arn) = cloud.distribution(config(vec![origin], vec![behavior]).build().unwrap()).await;
    cloud.allow_invocation("echo", &arn).await;
    let edge = cloud.serve(&id).await;
    // SHA-256 of "hi".
    let hash = "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4";
    let request = format!(
        "POST /a HTTP/1.1\r\nHost: localhost:{}\r\nX-Amz-Content-Sha256: {hash}\r\nContent-Type: text/plain\r\nContent-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n\
         2\r\nhi\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nX: ",
        edge.port()
    );
    let responses = raw_bytes(edge.port(), request.as_bytes()).await;
    let text = String::from_utf8_lossy(&responses);
    let first = text.split("HTTP/1.1 ").nth(1).unwrap();
    if first.starts_with("200") {
        let event = parse_json(first.split("\r\n\r\n").nth(1).unwrap().as_bytes());
        assert_eq!(
            (event["body"].as_str(), event["headers"]["content-length"].as_str()),
            (Some("hi"), Some("2")),
            "{text}"
        );
    } else {
        assert!(first.starts_with("400"), "{text}");
    }
    assert!(!text.contains("HTTP/1.1 404") && !text.contains("smuggled"), "{text}");
}

#[tokio::test]
async fn a_body_over_its_limit_without_a_length_is_413() {
    let cloud = Cloud::start().await;
    let edge = site(&cloud).await;
    let mut stream = TcpStream::connect(("127.0.0.1", edge.port())).await.unwrap();
    let head = format!("POST /a HTTP/1.1\r\nHost: localhost:{}\r\nTransfer-Encoding: chunked\r\n\r\n", edge.port());
    stream.write_all(head.as_bytes()).await.unwrap();
    let chunk = format!("100000\r\n{}\r\n", "x".repeat(0x10_0000));
    let endless = async {
        while stream.write_all(chunk.as_bytes()).await.is_ok() {}
        // The edge sent a response before it closed the connection.
        let mut status = [0; 12];
        stream.read_exact(&mut status).await.unwrap();
        status
    };
    let status = timeout(Duration::from_secs(30), endless).await.expect("the edge reads an endless body");
    assert_eq!(&status, b"HTTP/1.1 413");
}

/// Corrupts a valid request at random, reproducibly from a seed.
#[tokio::test]
async fn two_thousand_corrupted_requests_do_no_harm() {
    const SEED: u64 = 0x0076_6974_6165;
    println!("seed {SEED:#x}");
    let cloud = Cloud::start().await;
    let edge = site(&cloud).await;
    let port = edge.port();
    let valid = format!(
        "POST /a?b=%20c HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: a=1; CloudFront-Policy=x\r\nRange: bytes=0-1\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"
    );
    let mut state = SEED;
    // Marsaglia's xorshift, which is random enough here.
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    for _ in 0..2_000 {
        let mut bytes = valid.clone().into_bytes();
        for _ in 0..=random(4) {
            let place = random(bytes.len());
            match random(4) {
                0 => bytes[place] = u8::try_from(random(256)).unwrap(),
                1 if bytes.len() > 1 => drop(bytes.remove(place)),
                2 => bytes.insert(place, b"\r\n\0 :%;,\x7f\xff"[random(10)]),
                _ => bytes.truncate(place.max(1)),
            }
        }
        let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let _ = stream.write_all(&bytes).await;
        stream.shutdown().await.ok();
        let mut response = Vec::new();
        let read = timeout(Duration::from_secs(30), stream.read_to_end(&mut response)).await;
        assert!(read.is_ok(), "no response to {}", bytes.escape_ascii());
        assert!(response.is_empty() || response.starts_with(b"HTTP/1.1 "), "{}", bytes.escape_ascii());
    }
    assert_eq!(Request::get("/a").send(port).await.text(), "A");
}

#[tokio::test]
async fn a_viewer_that_never_completes_its_head_is_disconnected() {
    let cloud = Cloud::start().await;
    let edge = site(&cloud).await;
    let mut slow = TcpStream::connect(("127.0.0.1", edge.port())).await.unwrap();
    slow.write_all(b"GET /a HTTP/1.1\r\nHost: local").await.unwrap();
    // The edge must read the head before time advances.
    assert_eq!(Request::get("/a").send(edge.port()).await.text(), "A");
    tokio::time::pause();
    tokio::time::advance(limits::REQUEST_HEAD_TIMEOUT + Duration::from_secs(1)).await;
    tokio::time::resume();
    let mut rest = Vec::new();
    let ended = timeout(Duration::from_secs(10), slow.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "still connected after {:?}", limits::REQUEST_HEAD_TIMEOUT);
    assert_eq!(Request::get("/a").send(edge.port()).await.text(), "A");
}

/// Connects and starts a request that never ends.
async fn begin(port: u16) -> Option<TcpStream> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
    stream.write_all(b"GET /a HTTP/1.1\r\nX-Never-Ending: ").await.ok()?;
    Some(stream)
}

/// Resident memory of this process, which runs the edge and the viewers, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1_024
}

#[tokio::test]
async fn ten_thousand_connections_use_bounded_memory() {
    const CONNECTIONS: usize = 10_000;
    const MEMORY: u64 = 200 * 1_024 * 1_024;
    // The usual limit of 1,024 open files is too low for both ends of these connections.
    let files = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: files.maximum, ..files }).unwrap();
    let cloud = Cloud::start().await;
    let edge = site(&cloud).await;
    let port = edge.port();
    let before = resident();
    // Connections over the edge's limit and the system's backlog wait to be accepted.
    let connecting: Vec<_> =
        (0..CONNECTIONS).map(|_| tokio::spawn(timeout(Duration::from_secs(5), begin(port)))).collect();
    let mut held = Vec::new();
    for connection in connecting {
        held.extend(connection.await.unwrap().ok().flatten());
    }
    let used = resident().saturating_sub(before);
    println!("{} of {CONNECTIONS} connections held, {} MB", held.len(), used / 1_024 / 1_024);
    assert!(held.len() >= limits::VIEWER_CONNECTIONS_MAX, "{} connections only", held.len());
    assert!(used < MEMORY, "{} MB", used / 1_024 / 1_024);
    drop(held);
    let response =
        timeout(Duration::from_secs(30), Request::get("/a").send(port)).await.expect("the edge still serves");
    assert_eq!(response.text(), "A");
}
