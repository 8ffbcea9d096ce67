//! Access to the local cloud: requests of web pages and requests without a valid signature are rejected.
//!
//! A web page can send requests to every port of 127.0.0.1, and functions run as processes of the developer.

mod common;

use std::{fmt::Write as _, time::SystemTime};

use aws_credential_types::Credentials;
use aws_sdk_lambda::{primitives::Blob, types::FunctionCode};
use aws_sigv4::{
    http_request::{PayloadChecksumKind, SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign},
    sign::v4,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};
use vitae_cloud::{
    aws::AwsClients,
    dev::{ministack::Ministack, users},
};

/// A request, sent as it is.
#[derive(Clone, Debug)]
struct Request {
    method: String,
    target: String,
    host: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// The start line and the headers of a response, and its body.
struct Response {
    status: u16,
    head: String,
    body: String,
}

impl Request {
    fn new(ministack: &Ministack, method: &str, target: &str, body: &str) -> Self {
        let host = ministack.endpoint().trim_start_matches("http://").to_owned();
        Self { method: method.to_owned(), target: target.to_owned(), host, headers: Vec::new(), body: body.to_owned() }
    }

    fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    fn host(mut self, host: &str) -> Self {
        host.clone_into(&mut self.host);
        self
    }

    /// Signs host, headers and body, in the header or in the query.
    fn sign(mut self, service: &str, credentials: &Credentials, location: SignatureLocation) -> Self {
        let identity = credentials.clone().into();
        let mut settings = SigningSettings::default();
        settings.signature_location = location;
        if location == SignatureLocation::Headers {
            settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        } else {
            settings.expires_in = Some(std::time::Duration::from_mins(1));
        }
        let parameters = v4::SigningParams::builder()
            .identity(&identity)
            .region("us-east-1")
            .name(service)
            .time(SystemTime::now())
            .settings(settings)
            .build()
            .unwrap()
            .into();
        let url = format!("http://{}{}", self.host, self.target);
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let signable =
            SignableRequest::new(&self.method, &url, headers, SignableBody::Bytes(self.body.as_bytes())).unwrap();
        let (instructions, _) = sign(signable, &parameters).unwrap().into_parts();
        let (headers, query) = instructions.into_parts();
        for header in headers {
            self.headers.push((header.name().to_owned(), header.value().to_owned()));
        }
        for (name, value) in query {
            let separator = if self.target.contains('?') { '&' } else { '?' };
            let value = percent_encoding::utf8_percent_encode(&value, percent_encoding::NON_ALPHANUMERIC);
            self.target = format!("{}{separator}{name}={value}", self.target);
        }
        self
    }

    /// Sends the request to the local cloud, whatever its `Host` is.
    async fn send(&self, ministack: &Ministack) -> Response {
        self.send_to(ministack.endpoint().trim_start_matches("http://")).await
    }

    async fn send_to(&self, address: &str) -> Response {
        let mut text = format!("{} {} HTTP/1.1\r\nHost: {}\r\n", self.method, self.target, self.host);
        for (name, value) in &self.headers {
            let _ = write!(text, "{name}: {value}\r\n");
        }
        let _ = write!(text, "Content-Length: {}\r\nConnection: close\r\n\r\n{}", self.body.len(), self.body);
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut response = Vec::new();
        stream.read_to_end(&mut response).await.unwrap();
        let response = String::from_utf8_lossy(&response).into_owned();
        let (head, body) = response.split_once("\r\n\r\n").unwrap_or((&response, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        Response { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    /// Asserts that the response is a client error that no page can read.
    async fn assert_rejected(&self, ministack: &Ministack, case: &str) {
        let response = self.send(ministack).await;
        assert!(matches!(response.status, 400 | 403), "{case}: {} {}", response.head, response.body);
        assert!(!response.head.contains("access-control-allow-origin"), "{case}: {}", response.head);
    }
}

/// A call that writes a parameter.
fn put_parameter(ministack: &Ministack) -> Request {
    let body = json!({"Name": "/written", "Value": "v", "Type": "String", "Overwrite": true}).to_string();
    Request::new(ministack, "POST", "/", &body)
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", "AmazonSSM.PutParameter")
}

async fn is_written(ministack: &Ministack) -> bool {
    ministack.root().ssm().get_parameter().name("/written").send().await.is_ok()
}

fn signed(request: Request, ministack: &Ministack) -> Request {
    request.sign("ssm", ministack.root_credentials(), SignatureLocation::Headers)
}

/// The query with a made-up signature of finding F1.
fn made_up_query(key_id: &str, service: &str) -> String {
    let now = time::OffsetDateTime::now_utc();
    let day = format!("{:04}{:02}{:02}", now.year(), u8::from(now.month()), now.day());
    let time = format!("{day}T{:02}{:02}{:02}Z", now.hour(), now.minute(), now.second());
    format!(
        "?X-Amz-Credential={key_id}%2F{day}%2Fus-east-1%2F{service}%2Faws4_request&X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Date={time}&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=00"
    )
}

#[tokio::test]
async fn a_request_with_a_foreign_origin_is_rejected_even_if_it_is_signed() {
    let state = tempfile::tempdir().unwrap();
    let ministack = common::start(state.path()).await;
    let valid = signed(put_parameter(&ministack), &ministack);
    for origin in ["https://evil.example", "null", "", ministack.endpoint(), "http://localhost:8787"] {
        let request = valid.clone().header("Origin", origin);
        request.assert_rejected(&ministack, &format!("Origin: {origin}")).await;
        let preflight = Request::new(&ministack, "OPTIONS", "/", "").header("Origin", origin);
        let preflight = preflight.header("Access-Control-Request-Method", "POST");
        preflight.assert_rejected(&ministack, &format!("preflight of {origin}")).await;
        let health = Request::new(&ministack, "GET", "/_ministack/health", "").header("Origin", origin);
        health.assert_rejected(&ministack, &format!("health check of {origin}")).await;
    }
    for site in ["cross-site", "same-site", "same-origin", "none"] {
        let request = valid.clone().header("Sec-Fetch-Site", site).header("Sec-Fetch-Mode", "navigate");
        request.assert_rejected(&ministack, &format!("Sec-Fetch-Site: {site}")).await;
    }
    for site in ["cross-site", "same-site"] {
        let health = Request::new(&ministack, "GET", "/_ministack/health", "").header("Sec-Fetch-Site", site);
        health.assert_rejected(&ministack, &format!("health check, Sec-Fetch-Site: {site}")).await;
    }
    assert!(!is_written(&ministack).await);
    assert_eq!(valid.send(&ministack).await.status, 200, "the same request of a program");
    ministack.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_host_that_is_not_a_name_of_the_local_cloud_is_rejected() {
    let state = tempfile::tempdir().unwrap();
    let ministack = common::start(state.path()).await;
    let port = ministack.endpoint().rsplit(':').next().unwrap().to_owned();
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("localhost.evil.example:{port}"),
        "localhost".to_owned(),
        "127.0.0.1".to_owned(),
        format!("localhost:+{port}"),
        format!("localhost:0{port}"),
        format!("127.1:{port}"),
        format!("0.0.0.0:{port}"),
        format!("bucket.localhost:{port}"),
        format!("url.lambda-url.us-east-1.on.aws:{port}"),
        "bucket.s3.us-east-1.amazonaws.com".to_owned(),
        "d111.cloudfront.net".to_owned(),
    ] {
        let request = signed(put_parameter(&ministack).host(&host), &ministack);
        request.assert_rejected(&ministack, &host).await;
        signed(put_parameter(&ministack), &ministack).host(&host).assert_rejected(&ministack, &host).await;
        let health = Request::new(&ministack, "GET", "/_ministack/health", "").host(&host);
        health.assert_rejected(&ministack, &host).await;
    }
    Request::new(&ministack, "GET", "/_ministack/health", "").host("").assert_rejected(&ministack, "no host").await;
    assert!(!is_written(&ministack).await);
    let names = [
        format!("127.0.0.1:{port}"),
        format!("localhost:{port}"),
        format!("LOCALHOST:{port}"),
        format!("[::1]:{port}"),
    ];
    for host in names {
        let request = signed(put_parameter(&ministack).host(&host), &ministack);
        assert_eq!(request.send(&ministack).await.status, 200, "{host}");
    }
    ministack.shutdown().await.unwrap();
}

#[tokio::test]
async fn unsigned_and_wrongly_signed_requests_are_rejected_for_every_principal() {
    use SignatureLocation::{Headers, QueryParams};
    let state = tempfile::tempdir().unwrap();
    let ministack = common::start(state.path()).await;
    let root = ministack.root_credentials();
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "*"},
    ]});
    let user = users::make(&ministack.root(), "reader", &policy).await.unwrap();

    put_parameter(&ministack).assert_rejected(&ministack, "unsigned").await;
    for (id, secret) in [
        ("test", "test"),
        ("000000000000", "test"),
        ("AKIAIOSFODNN7EXAMPLE", "test"),
        (root.access_key_id(), "test"),
        (root.access_key_id(), user.secret_access_key()),
        (user.access_key_id(), root.secret_access_key()),
        (user.access_key_id(), "test"),
        // Its policy does not allow the call.
        (user.access_key_id(), user.secret_access_key()),
    ] {
        let credentials = Credentials::new(id, secret, None, None, "a test");
        for location in [Headers, QueryParams] {
            let request = put_parameter(&ministack).sign("ssm", &credentials, location);
            request.assert_rejected(&ministack, &format!("{id}, {location:?}")).await;
        }
        let identity = Request::new(&ministack, "GET", "/?Action=GetCallerIdentity&Version=2011-06-15", "");
        if secret != user.secret_access_key() || id != user.access_key_id() {
            for location in [Headers, QueryParams] {
                let request = identity.clone().sign("sts", &credentials, location);
                request.assert_rejected(&ministack, &format!("GetCallerIdentity of {id}, {location:?}")).await;
            }
        }
    }
    let token = Credentials::new(root.access_key_id(), root.secret_access_key(), Some("t".into()), None, "a test");
    put_parameter(&ministack).sign("ssm", &token, Headers).assert_rejected(&ministack, "root with a token").await;
    for authorization in [
        "Bearer test",
        "Basic dGVzdDp0ZXN0",
        "AWS test:signature",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=test/20261127/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=00",
        "AWS4-HMAC-SHA256 Credential=/20261127/us-east-1/ssm/aws4_request, SignedHeaders=host, Signature=00",
        "AWS4-ECDSA-P256-SHA256 Credential=test/20261127/ssm/aws4_request, SignedHeaders=host, Signature=00",
    ] {
        let request = put_parameter(&ministack).header("Authorization", authorization);
        request.assert_rejected(&ministack, authorization).await;
    }
    let mut tampered = signed(put_parameter(&ministack), &ministack);
    tampered.body = tampered.body.replace("\"v\"", "\"w\"");
    tampered.assert_rejected(&ministack, "a changed body").await;
    let twice = signed(put_parameter(&ministack), &ministack);
    twice.clone().header("Authorization", "Bearer test").assert_rejected(&ministack, "two authorizations").await;
    assert!(!is_written(&ministack).await);

    let presigned = Request::new(&ministack, "GET", "/?Action=GetCallerIdentity&Version=2011-06-15", "");
    let response = presigned.sign("sts", root, QueryParams).send(&ministack).await;
    assert!(response.status == 200 && response.body.contains(":root"), "{}", response.body);
    ministack.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_requests_of_a_web_page_that_need_no_preflight_are_rejected() {
    let state = tempfile::tempdir().unwrap();
    let ministack = common::start(state.path()).await;
    let template = json!({"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": {
        "Name": "/written", "Type": "String", "Value": "v",
    }}}});
    let template =
        percent_encoding::utf8_percent_encode(&template.to_string(), percent_encoding::NON_ALPHANUMERIC).to_string();
    let form = format!("Action=CreateStack&Version=2010-05-15&StackName=poc&TemplateBody={template}");
    let policy = json!({"Version": "2012-10-17", "Statement": []}).to_string();
    for key_id in ["test", "000000000000", ministack.root_credentials().access_key_id()] {
        let stack = format!("/{}", made_up_query(key_id, "cloudformation"));
        let navigation = Request::new(&ministack, "POST", &stack, &form)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .header("Sec-Fetch-Site", "cross-site")
            .header("Sec-Fetch-Mode", "navigate");
        navigation.assert_rejected(&ministack, "a form that navigates, without Origin").await;
        let old =
            Request::new(&ministack, "POST", &stack, &form).header("Content-Type", "application/x-www-form-urlencoded");
        old.assert_rejected(&ministack, "a form of a browser without fetch metadata").await;

        let functions = format!("/2015-03-31/functions{}", made_up_query(key_id, "lambda"));
        let plain = Request::new(&ministack, "POST", &functions, "{}").header("Content-Type", "text/plain");
        plain.clone().header("Origin", "https://evil.example").assert_rejected(&ministack, "text/plain").await;
        plain.assert_rejected(&ministack, "text/plain without Origin").await;

        let role = format!("/{}", made_up_query(key_id, "iam"));
        let form = format!("Action=CreateUser&Version=2010-05-08&UserName=poc&Policy={policy}");
        let role =
            Request::new(&ministack, "POST", &role, &form).header("Content-Type", "application/x-www-form-urlencoded");
        role.assert_rejected(&ministack, "CreateUser").await;

        let read = format!("/{}", made_up_query(key_id, "ssm"));
        let read = Request::new(&ministack, "POST", &read, r#"{"Names":["/written"]}"#);
        read.header("X-Amz-Target", "AmazonSSM.GetParameters").assert_rejected(&ministack, "GetParameters").await;
        let image = format!("/bucket/key{}", made_up_query(key_id, "s3"));
        Request::new(&ministack, "GET", &image, "").assert_rejected(&ministack, "an image of S3").await;
    }
    assert!(!is_written(&ministack).await);
    ministack.shutdown().await.unwrap();
}

/// A form for the upload bucket is accepted without a signature of the request, since its policy is signed.
#[tokio::test]
async fn a_form_for_the_upload_bucket_needs_a_signed_policy_and_comes_from_no_web_page() {
    let state = tempfile::tempdir().unwrap();
    let ministack = common::start(state.path()).await;
    let (s3, bucket) = (ministack.root().s3(), "resume-inbox-uploadbucket-1a2b");
    s3.create_bucket().bucket(bucket).send().await.unwrap();
    let root = ministack.root_credentials().access_key_id();
    let credential = format!("{root}/20261127/us-east-1/s3/aws4_request");
    // {"expiration": "2099-01-01T00:00:00Z", "conditions": []}
    let policy = "eyJleHBpcmF0aW9uIjogIjIwOTktMDEtMDFUMDA6MDA6MDBaIiwgImNvbmRpdGlvbnMiOiBbXX0=";
    let made_up = [
        ("key", "incoming/a"),
        ("x-amz-algorithm", "AWS4-HMAC-SHA256"),
        ("x-amz-credential", &credential),
        ("x-amz-date", "20261127T000000Z"),
        ("policy", policy),
        ("x-amz-signature", "00"),
    ];
    let post = |path: &str, fields: &[(&str, &str)]| {
        let mut form = String::new();
        for (name, value) in fields.iter().chain(&[("file", "content")]) {
            let _ = write!(form, "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        }
        Request::new(&ministack, "POST", path, &format!("{form}--b--\r\n"))
            .header("Content-Type", "multipart/form-data; boundary=b")
    };
    let path = format!("/{bucket}");
    post(&path, &[]).assert_rejected(&ministack, "no field").await;
    post(&path, &made_up[..1]).assert_rejected(&ministack, "no policy").await;
    post(&path, &made_up).assert_rejected(&ministack, "a made-up signature").await;
    post(&path, &made_up).header("Origin", "http://localhost:8787").assert_rejected(&ministack, "a page").await;
    let named =
        post(&path, &made_up[..1]).header("Authorization", &format!("AWS4-HMAC-SHA256 Credential={credential}"));
    named.assert_rejected(&ministack, "a caller that is not verified").await;
    s3.create_bucket().bucket("resume-sitebucket-1a2b").send().await.unwrap();
    post("/resume-sitebucket-1a2b", &made_up).assert_rejected(&ministack, "another bucket").await;
    let objects = s3.list_objects_v2().bucket(bucket).send().await.unwrap();
    assert!(objects.contents().is_empty(), "{objects:?}");
    ministack.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_admin_paths_of_ministack_are_disabled() {
    let state = tempfile::tempdir().unwrap();
    let ministack = common::start(state.path()).await;
    assert_eq!(signed(put_parameter(&ministack), &ministack).send(&ministack).await.status, 200);
    for (method, path) in [
        ("POST", "/_ministack/reset"),
        ("POST", "//_ministack/reset"),
        ("POST", "/%5fministack/reset"),
        ("POST", "/_ministack%2freset"),
        ("POST", "/_ministack/health/../reset"),
        ("POST", "/_ministack/config"),
        ("GET", "/_ministack/ses/messages"),
        ("GET", "/_ministack/sqs/messages"),
        ("GET", "/_ministack/sns/sms-messages"),
        ("GET", "/_ministack/lambda-code/resume"),
        ("GET", "/_ministack/lambda-code/000000000000/us-east-1/f?expires=99999999999&token=00"),
        ("POST", "/_ministack/rds/iam-auth"),
        ("POST", "/_ministack/eks-auth/cluster"),
        ("PUT", "/_ministack/cfn-signal/token"),
        ("PUT", "/_ministack/cfn-response/token"),
        ("POST", "/_ministack/health"),
        ("GET", "/_localstack/health"),
        ("GET", "/health"),
        ("GET", "/latest/meta-data/iam/security-credentials/"),
        ("GET", "/v2/"),
        ("GET", "/_aws/lambda-url/url/"),
        ("GET", "/_aws/execute-api/api/stage/"),
        ("GET", "/restapis/api/stage/_user_request_/"),
        ("POST", "/oauth2/token"),
        ("GET", "/bucket/key"),
        ("GET", "/"),
    ] {
        Request::new(&ministack, method, path, "").assert_rejected(&ministack, &format!("{method} {path}")).await;
    }
    // A signature does not open them.
    for (method, path) in
        [("POST", "/_ministack/reset"), ("POST", "/_ministack/config"), ("GET", "/_ministack/ses/messages")]
    {
        let request = signed(Request::new(&ministack, method, path, ""), &ministack);
        request.assert_rejected(&ministack, &format!("signed {method} {path}")).await;
    }
    assert!(is_written(&ministack).await, "the state was not reset");
    for path in ["/_ministack/health", "/_ministack/ready"] {
        let response = Request::new(&ministack, "GET", path, "").send(&ministack).await;
        assert!(response.status == 200 && !response.head.contains("access-control"), "{path}: {}", response.head);
    }
    ministack.shutdown().await.unwrap();
}

#[tokio::test]
async fn the_credentials_of_root_change_with_each_start_and_are_not_left_in_the_state() {
    let state = tempfile::tempdir().unwrap();
    let first = common::start(state.path()).await;
    let old = first.root_credentials().clone();
    let mut folders = vec![state.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                let content = String::from_utf8_lossy(&std::fs::read(entry.path()).unwrap()).into_owned();
                assert!(!content.contains(old.secret_access_key()), "{}", entry.path().display());
            }
        }
    }
    first.shutdown().await.unwrap();
    let second = common::start(state.path()).await;
    assert_ne!(second.root_credentials().access_key_id(), old.access_key_id());
    let request = put_parameter(&second).sign("ssm", &old, SignatureLocation::Headers);
    request.assert_rejected(&second, "the access key of the previous start").await;
    second.shutdown().await.unwrap();
}

/// A zip with one file that is not compressed.
fn zip(name: &str, content: &str) -> Vec<u8> {
    let crc = content.bytes().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 })
    });
    let size = u32::try_from(content.len()).unwrap().to_le_bytes();
    let name_size = u16::try_from(name.len()).unwrap().to_le_bytes();
    // https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.7: version, flags, method, time, date
    let mut common = vec![20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
    common.extend([&(!crc).to_le_bytes()[..], &size, &size, &name_size, &[0, 0]].concat());
    let local = [b"PK\x03\x04", &common[..], name.as_bytes(), content.as_bytes()].concat();
    // 4.3.12: comment, disk, attributes, offset
    let central = [b"PK\x01\x02", &[20, 0][..], &common, &[0; 14], name.as_bytes()].concat();
    let end = [
        b"PK\x05\x06\0\0\0\0\x01\0\x01\0",
        &u32::try_from(central.len()).unwrap().to_le_bytes()[..],
        &u32::try_from(local.len()).unwrap().to_le_bytes(),
        &[0, 0],
    ]
    .concat();
    [local, central, end].concat()
}

/// Creates a function whose role may write parameters, and returns the result of an invocation.
async fn invoke_new_function(aws: &AwsClients, runtime: &str, code: &[u8]) -> Value {
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole",
    }]});
    let role = aws.iam().create_role().role_name("r").assume_role_policy_document(trust.to_string());
    let role = role.send().await.unwrap().role.unwrap().arn;
    let policy = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "ssm:PutParameter", "Resource": "*"},
    ]});
    let put = aws.iam().put_role_policy().role_name("r").policy_name("p").policy_document(policy.to_string());
    put.send().await.unwrap();
    let code = FunctionCode::builder().zip_file(Blob::new(code)).build();
    let create = aws.lambda().create_function().function_name("f").runtime(runtime.into()).role(role).code(code);
    create.handler("index.handler").send().await.unwrap();
    let invoked = aws.lambda().invoke().function_name("f").send().await.unwrap();
    serde_json::from_slice(invoked.payload().unwrap().as_ref()).unwrap()
}

#[tokio::test]
async fn the_credentials_of_functions_are_not_derived_from_names() {
    let state = tempfile::tempdir().unwrap();
    let ministack = common::start(state.path()).await;
    let code = zip("index.mjs", "export const handler = async () => ({ ...process.env });");
    let environment = invoke_new_function(&ministack.root(), "nodejs24.x", &code).await;
    let variable = |name: &str| environment[name].as_str().unwrap_or_else(|| panic!("{name}")).to_owned();
    let (id, secret) = (variable("AWS_ACCESS_KEY_ID"), variable("AWS_SECRET_ACCESS_KEY"));
    let token = variable("AWS_SESSION_TOKEN");
    assert!(!environment.to_string().contains(ministack.root_credentials().secret_access_key()), "the key of root");

    let put = |id: &str, secret: &str, token: Option<String>| {
        let credentials = Credentials::new(id, secret, token, None, "a test");
        put_parameter(&ministack).sign("ssm", &credentials, SignatureLocation::Headers)
    };
    put(&id, &secret, None).assert_rejected(&ministack, "without its token").await;
    // What ministack derives without a correction.
    let hash = |text: String| {
        Sha256::digest(text).iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    };
    let (function, role) = ("arn:aws:lambda:us-east-1:000000000000:function:f", "arn:aws:iam::000000000000:role/r");
    let digest = hash(format!("{function}:{role}"));
    let derived_id = format!("ASIA{}", digest[..16].to_ascii_uppercase());
    let derived = put(&derived_id, &hash(format!("secret:{digest}")), Some(hash(format!("token:{digest}"))));
    derived.assert_rejected(&ministack, "derived from the names of function and role").await;
    assert!(!is_written(&ministack).await);
    assert_eq!(put(&id, &secret, Some(token)).send(&ministack).await.status, 200);

    let found = ministack.root().lambda().get_function().function_name("f").send().await.unwrap();
    let link = found.code().unwrap().location().unwrap().to_owned();
    let link = link.strip_prefix(ministack.endpoint()).expect("a link to the local cloud");
    assert_eq!(Request::new(&ministack, "GET", link, "").send(&ministack).await.status, 200);
    let other = Request::new(&ministack, "GET", &link.replace("/f?", "/g?"), "");
    other.assert_rejected(&ministack, "the link to the code of another function").await;
    let page = Request::new(&ministack, "GET", link, "").header("Sec-Fetch-Site", "cross-site");
    page.assert_rejected(&ministack, "the link in a web page").await;
    ministack.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_web_page_cannot_call_the_runtime_api_of_a_function() {
    // Returns the address of its Runtime API.
    const BOOTSTRAP: &str = r#"#!/usr/bin/env python3
import os, json
from urllib.request import Request, urlopen
api = os.environ["AWS_LAMBDA_RUNTIME_API"]
while True:
    request_id = urlopen(f"http://{api}/2018-06-01/runtime/invocation/next").headers["Lambda-Runtime-Aws-Request-Id"]
    url = f"http://{api}/2018-06-01/runtime/invocation/{request_id}/response"
    urlopen(Request(url, method="POST", data=json.dumps(api).encode()))
"#;
    let state = tempfile::tempdir().unwrap();
    let ministack = common::start(state.path()).await;
    let api = invoke_new_function(&ministack.root(), "provided.al2023", &zip("bootstrap", BOOTSTRAP)).await;
    let api = api.as_str().expect("an address").to_owned();
    let port = api.rsplit(':').next().unwrap().to_owned();
    let next = Request::new(&ministack, "GET", "/2018-06-01/runtime/invocation/next", "").host(&api);
    let error = Request::new(&ministack, "POST", "/2018-06-01/runtime/init/error", "{}").host(&api);
    for request in [next, error] {
        for (case, request) in [
            ("Origin", request.clone().header("Origin", "https://evil.example")),
            ("Sec-Fetch-Site", request.clone().header("Sec-Fetch-Site", "cross-site")),
            ("rebound name", request.clone().host(&format!("evil.example:{port}"))),
            ("no port", request.clone().host("127.0.0.1")),
        ] {
            let response = request.send_to(&api).await;
            assert_eq!(response.status, 403, "{case}: {}", response.head);
        }
    }
    ministack.shutdown().await.unwrap();
}
