//! Independent clients: curl, and the signers of the AWS SDKs for Python and Node.

use std::process::{Command, Stdio};

use aws_sdk_cloudfront::types::TrustedKeyGroups;
use vitae_local::LocalEdge;

use crate::support::cloud::program;
use crate::support::distribution::CACHING_OPTIMIZED;
use crate::support::{Cloud, Keys, Request, TestClock, behavior, bucket_origin, config, curl, curl_text};

const NOW: u64 = 1_800_000_000;

/// A private bucket, an RSA key that both SDKs support, and an edge.
struct Private {
    edge: LocalEdge,
    keys: Keys,
    key_pair_id: String,
    test_clock: TestClock,
    _cloud: Cloud,
}

impl Private {
    async fn start() -> Self {
        let cloud = Cloud::start().await;
        cloud.bucket("documents", &[("cv/resume.pdf", "%PDF"), ("cv/a b.pdf", "%PDF spaced")]).await;
        let keys = Keys::rsa();
        let (group, ids) = cloud.key_group("signers", &[&keys.public_pem]).await;
        let trusted = TrustedKeyGroups::builder().enabled(true).quantity(1).items(group).build().unwrap();
        let private = behavior("*", "documents").trusted_key_groups(trusted);
        let (id, arn) = cloud
            .distribution(config(vec![bucket_origin(&cloud, "documents").await], vec![private]).build().unwrap())
            .await;
        cloud.allow("documents", &arn, &["s3:GetObject"]).await;
        let (clock, test_clock) = TestClock::at(NOW);
        let edge = cloud.serve_at(&id, clock).await.unwrap();
        Self { edge, keys, key_pair_id: ids[0].clone(), test_clock, _cloud: cloud }
    }

    /// Runs a script with URL, key pair id, path of the private key and expiry, and returns the lines that it prints.
    fn run_signer(&self, script: &mut Command, path: &str) -> Vec<String> {
        let url = format!("http://localhost:{}{path}", self.edge.port());
        let private = self.keys.private.to_str().unwrap();
        let output = script
            .args([&url, &self.key_pair_id, private, &(NOW + 60).to_string()])
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().lines().map(ToOwned::to_owned).collect()
    }

    /// The status of a request for a signed URL.
    async fn status(&self, url: &str) -> u16 {
        let target =
            url.strip_prefix(&format!("http://localhost:{}", self.edge.port())).unwrap_or_else(|| panic!("{url}"));
        Request::get(target).send(self.edge.port()).await.status
    }

    async fn status_with_cookies(&self, path: &str, cookies: &str) -> u16 {
        Request::get(path).header("Cookie", cookies).send(self.edge.port()).await.status
    }
}

/// botocore leaves the signature primitive to its caller; this one uses openssl.
const BOTOCORE: &str = r#"
import datetime, subprocess, sys
from botocore.signers import CloudFrontSigner
url, key_pair_id, private, end = sys.argv[1:]
def sha1_with_rsa(message):
    return subprocess.run(["openssl", "dgst", "-sha1", "-sign", private], input=message, capture_output=True, check=True).stdout
end = datetime.datetime.fromtimestamp(int(end), tz=datetime.timezone.utc)
signer = CloudFrontSigner(key_pair_id, sha1_with_rsa)
print(signer.generate_presigned_url(url, date_less_than=end))
everything = url.rsplit("/", 1)[0] + "/*"
policy = signer.build_policy(everything, end, date_greater_than=end - datetime.timedelta(hours=1), ip_address="127.0.0.0/8")
print(signer.generate_presigned_url(url, policy=policy))
"#;

#[tokio::test]
async fn the_python_sdks_signed_urls_are_accepted() {
    let private = Private::start().await;
    for path in ["/cv/resume.pdf", "/cv/a%20b.pdf", "/cv/resume.pdf?lang=en"] {
        let urls = private.run_signer(Command::new(program("VITAE_PYTHON")).args(["-c", BOTOCORE]), path);
        assert_eq!(urls.len(), 2, "{urls:?}");
        for url in &urls {
            assert_eq!(private.status(url).await, 200, "{url}");
            assert_eq!(private.status(&url.replacen("/cv/", "/other/", 1)).await, 403, "{url}");
        }
    }
    private.test_clock.set(NOW + 60);
    for url in private.run_signer(Command::new(program("VITAE_PYTHON")).args(["-c", BOTOCORE]), "/cv/resume.pdf") {
        assert_eq!(private.status(&url).await, 403, "expired: {url}");
    }
}

const NODE_SDK: &str = r"
const { createRequire } = require('node:module');
const { readFileSync } = require('node:fs');
const [modules, url, keyPairId, path, end] = process.argv.slice(1);
const { getSignedUrl, getSignedCookies } = createRequire(modules + '/')('@aws-sdk/cloudfront-signer');
const privateKey = readFileSync(path, 'utf8');
const dateLessThan = new Date(Number(end) * 1000);
const policy = JSON.stringify({ Statement: [{
    Resource: url.slice(0, url.lastIndexOf('/')) + '/*',
    Condition: { DateLessThan: { 'AWS:EpochTime': Number(end) }, IpAddress: { 'AWS:SourceIp': '127.0.0.1/32' } },
}] });
const cookies = (made) => Object.entries(made).map(([name, value]) => `${name}=${value}`).join('; ');
console.log(getSignedUrl({ url, keyPairId, privateKey, dateLessThan }));
console.log(getSignedUrl({ url, keyPairId, privateKey, policy }));
console.log(cookies(getSignedCookies({ url, keyPairId, privateKey, dateLessThan })));
console.log(cookies(getSignedCookies({ url, keyPairId, privateKey, policy })));
";

#[tokio::test]
async fn the_node_sdks_signed_urls_and_cookies_are_accepted() {
    let private = Private::start().await;
    let modules = program("VITAE_CONFORMANCE_MODULES");
    let node = || {
        let mut node = Command::new(program("VITAE_NODE24"));
        node.args(["--input-type=commonjs", "--eval", NODE_SDK, "--"]).arg(&modules);
        node
    };
    for path in ["/cv/resume.pdf", "/cv/a%20b.pdf", "/cv/resume.pdf?lang=en"] {
        let signed = private.run_signer(&mut node(), path);
        let [canned, custom, canned_cookies, custom_cookies] = signed.as_slice() else { panic!("{signed:?}") };
        for url in [canned, custom] {
            assert_eq!(private.status(url).await, 200, "{url}");
            assert_eq!(private.status(&url.replacen("/cv/", "/other/", 1)).await, 403, "{url}");
        }
        for cookies in [canned_cookies, custom_cookies] {
            assert_eq!(private.status_with_cookies(path, cookies).await, 200, "{cookies}");
            assert_eq!(private.status_with_cookies("/other/resume.pdf", cookies).await, 403, "{cookies}");
        }
    }
}

#[tokio::test]
async fn curl_sends_get_range_head_and_conditional_requests() {
    let cloud = Cloud::start().await;
    let page = "<p>resume</p>".repeat(200);
    cloud.bucket("site", &[("page.html", &page)]).await;
    let default = behavior("*", "site").cache_policy_id(CACHING_OPTIMIZED).compress(true);
    let (id, arn) =
        cloud.distribution(config(vec![bucket_origin(&cloud, "site").await], vec![default]).build().unwrap()).await;
    cloud.allow("site", &arn, &["s3:GetObject"]).await;
    let edge = cloud.serve(&id).await;
    let url = format!("http://localhost:{}/page.html", edge.port());

    assert_eq!(curl_text(&[&url]).await, page);
    assert_eq!(curl_text(&["--compressed", &url]).await, page, "curl accepts compression and decodes it");
    let head = curl_text(&["--head", "--compressed", &url]).await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && head.contains("x-cache: Hit from cloudfront\r\n"), "{head}");
    assert_eq!(curl(&["--range", "3-8", &url]).await, b"resume");
    assert_eq!(
        curl_text(&[
            "--ipv4",
            "--location",
            "--write-out",
            "%{num_redirects}",
            "--output",
            "/dev/null",
            &url.replace("localhost", "127.0.0.1")
        ])
        .await,
        "1"
    );
    let folder = tempfile::tempdir().unwrap();
    let etag = folder.path().join("etag");
    let etag = etag.to_str().unwrap();
    curl(&["--etag-save", etag, "--output", "/dev/null", &url]).await;
    let again = curl_text(&["--etag-compare", etag, "--write-out", "%{http_code} %{size_download}", &url]).await;
    assert_eq!(again, "304 0");
    let climbing = format!("http://localhost:{}/../../etc/passwd", edge.port());
    assert_eq!(
        curl_text(&["--path-as-is", "--write-out", "%{http_code}", "--output", "/dev/null", &climbing]).await,
        "403"
    );
}
