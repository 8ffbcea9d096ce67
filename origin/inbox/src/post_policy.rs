//! A presigned POST: a form with which a browser may upload one object to S3. The AWS SDK for Rust has none.
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-UsingHTTPPOST.html>
//! <https://github.com/awslabs/aws-sdk-rust/issues/863>

use aws_credential_types::Credentials;
use base64ct::{Base64, Encoding as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;
use time::OffsetDateTime;
use vitae_parameters::log::timestamp;

/// The signing algorithm.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// The status of S3's response to a successful upload. The default, 204, has no body.
const SUCCESS: &str = "201";

/// Encryption with S3's own keys.
const ENCRYPTION: &str = "AES256";

/// The object that may be uploaded. S3 rejects a form that differs in any of it, or has a field that is not named here: a
/// tag, an access control list, metadata.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PostPolicy<'a> {
    /// The bucket.
    pub bucket: &'a str,
    /// The object's key.
    pub key: &'a str,
    /// Its `Content-Type`.
    pub content_type: &'a str,
    /// Its size in bytes, exactly.
    pub size: u64,
    /// When S3 stops to accept it, in seconds since 1970.
    pub expires_s: u64,
}

/// The fields of the form, in the order in which they must precede the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostFields(Vec<(&'static str, String)>);

impl PostPolicy<'_> {
    /// Signs the policy at `now_s`, in seconds since 1970.
    #[must_use]
    pub fn sign(&self, credentials: &Credentials, region: &str, now_s: u64) -> PostFields {
        let date = amz_date(now_s);
        let day = &date[..8];
        let credential = format!("{}/{day}/{region}/s3/aws4_request", credentials.access_key_id());
        let mut fields = vec![
            ("key", self.key.to_owned()),
            ("Content-Type", self.content_type.to_owned()),
            ("success_action_status", SUCCESS.to_owned()),
            ("x-amz-server-side-encryption", ENCRYPTION.to_owned()),
            ("x-amz-algorithm", ALGORITHM.to_owned()),
            ("x-amz-credential", credential),
            ("x-amz-date", date.clone()),
        ];
        if let Some(token) = credentials.session_token() {
            fields.push(("x-amz-security-token", token.to_owned()));
        }
        let policy = Base64::encode_string(self.document(&fields).as_bytes());
        let signature = signature(credentials.secret_access_key(), day, region, &policy);
        fields.extend([("policy", policy), ("x-amz-signature", signature)]);
        PostFields(fields)
    }

    /// The policy document: the bucket, the size and every field with its exact value.
    fn document(&self, fields: &[(&str, String)]) -> String {
        let mut conditions =
            vec![json!({"bucket": self.bucket}), json!(["content-length-range", self.size, self.size])];
        conditions.extend(fields.iter().map(|(name, value)| json!({*name: value})));
        json!({"expiration": timestamp(self.expires_s.saturating_mul(1000)), "conditions": conditions}).to_string()
    }
}

impl PostFields {
    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }

    /// The JSON object of the response. Its members are sorted by name, which S3 accepts as it does any order before the file.
    #[must_use]
    pub fn to_json(&self) -> serde_json::Value {
        self.iter().map(|(name, value)| (name.to_owned(), value.into())).collect::<serde_json::Map<_, _>>().into()
    }
}

/// The signature of an encoded policy, in hexadecimal.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html>
fn signature(secret: &str, day: &str, region: &str, policy: &str) -> String {
    let day_key = hmac(format!("AWS4{secret}").as_bytes(), day);
    let signing_key = [region, "s3", "aws4_request"].iter().fold(day_key, |key, part| hmac(&key, part));
    hex::encode(hmac(&signing_key, policy))
}

fn hmac(key: &[u8], message: &str) -> Vec<u8> {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return Vec::new() };
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// `20151229T000000Z`. <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html>
fn amz_date(now_s: u64) -> String {
    let time = i64::try_from(now_s).ok().and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    let time = time.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (year, month, day) = time.to_calendar_date();
    let (hour, minute, second) = time.to_hms();
    format!("{year:04}{:02}{day:02}T{hour:02}{minute:02}{second:02}Z", u8::from(month))
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use serde_json::Value;

    use super::*;

    /// AWS's example of a POST policy, with its line ends.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html>
    const EXAMPLE: [&str; 16] = [
        r#"{ "expiration": "2015-12-30T12:00:00.000Z","#,
        r#"  "conditions": ["#,
        r#"    {"bucket": "sigv4examplebucket"},"#,
        r#"    ["starts-with", "$key", "user/user1/"],"#,
        r#"    {"acl": "public-read"},"#,
        r#"    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},"#,
        r#"    ["starts-with", "$Content-Type", "image/"],"#,
        r#"    {"x-amz-meta-uuid": "14365123651274"},"#,
        r#"    {"x-amz-server-side-encryption": "AES256"},"#,
        r#"    ["starts-with", "$x-amz-meta-tag", ""],"#,
        "",
        r#"    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},"#,
        r#"    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},"#,
        r#"    {"x-amz-date": "20151229T000000Z" }"#,
        r"  ]",
        r"}",
    ];

    /// The secret of AWS's example, which signs nothing.
    const EXAMPLE_SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

    const POLICY: PostPolicy<'static> = PostPolicy {
        bucket: "uploads",
        key: "incoming/0123456789012345678901",
        content_type: "application/pdf",
        size: 4711,
        expires_s: 1_795_220_040,
    };

    fn credentials(token: Option<&str>) -> Credentials {
        Credentials::new("AKIAIOSFODNN7EXAMPLE", EXAMPLE_SECRET, token.map(str::to_owned), None, "AWS's example")
    }

    fn decoded(policy: &str) -> Value {
        serde_json::from_slice(&Base64::decode_vec(policy).unwrap()).unwrap()
    }

    #[test]
    fn the_signature_of_awss_example_is_the_published_one() {
        let policy = Base64::encode_string(EXAMPLE.join("\r\n").as_bytes());
        let expected = "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e";
        assert_eq!(signature(EXAMPLE_SECRET, "20151229", "us-east-1", &policy), expected);
        assert_eq!(amz_date(1_451_347_200), "20151229T000000Z");
    }

    #[test]
    fn the_policy_names_every_field_and_nothing_else() {
        let fields = POLICY.sign(&credentials(Some("token")), "eu-west-1", 1_795_219_140).to_json();
        let policy = decoded(fields["policy"].as_str().unwrap());
        let expected = json!({
            "expiration": "2026-11-21T00:14:00.000Z",
            "conditions": [
                {"bucket": "uploads"},
                ["content-length-range", 4711, 4711],
                {"key": "incoming/0123456789012345678901"},
                {"Content-Type": "application/pdf"},
                {"success_action_status": "201"},
                {"x-amz-server-side-encryption": "AES256"},
                {"x-amz-algorithm": "AWS4-HMAC-SHA256"},
                {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20261120/eu-west-1/s3/aws4_request"},
                {"x-amz-date": "20261120T235900Z"},
                {"x-amz-security-token": "token"},
            ],
        });
        assert_eq!(policy, expected);
        for condition in &policy["conditions"].as_array().unwrap()[2..] {
            let (name, value) = condition.as_object().unwrap().iter().next().unwrap();
            assert_eq!(&fields[name], value);
        }
    }

    /// botocore's clock is set, and it gets the same fields and conditions. boto3's `generate_presigned_post` is this method.
    const BOTOCORE: &str = r#"
import datetime, json, sys
import botocore.auth, botocore.session, botocore.signers

asked = json.load(sys.stdin)
now = datetime.datetime.fromtimestamp(asked["now"], datetime.timezone.utc)
botocore.auth.get_current_datetime = lambda *_, **__: now
client = botocore.session.get_session().create_client(
    "s3", region_name=asked["region"], aws_access_key_id=asked["id"], aws_secret_access_key=asked["secret"],
    aws_session_token=asked["token"], config=botocore.config.Config(signature_version="s3v4"))
json.dump(client.generate_presigned_post(
    asked["bucket"], asked["key"], Fields=asked["fields"], Conditions=asked["conditions"], ExpiresIn=900), sys.stdout)
"#;

    fn botocore(token: Option<&str>) -> Value {
        let python = std::env::var("VITAE_PYTHON").expect("VITAE_PYTHON is set by `cargo vitae test`");
        let fields = json!({
            "Content-Type": POLICY.content_type, "success_action_status": "201", "x-amz-server-side-encryption": "AES256",
        });
        let mut conditions: Vec<Value> =
            fields.as_object().unwrap().iter().map(|(name, value)| json!({name: value})).collect();
        conditions.push(json!(["content-length-range", POLICY.size, POLICY.size]));
        let input = json!({
            "now": 1_795_219_140, "region": "eu-west-1", "id": "AKIAIOSFODNN7EXAMPLE", "secret": EXAMPLE_SECRET,
            "token": token, "bucket": POLICY.bucket, "key": POLICY.key, "fields": fields, "conditions": conditions,
        });
        let mut child = Command::new(python)
            .args(["-c", BOTOCORE])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python runs");
        serde_json::to_writer(child.stdin.take().unwrap(), &input).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success());
        serde_json::from_slice(&output.stdout).unwrap()
    }

    #[test]
    fn botocore_makes_the_same_fields_the_same_conditions_and_for_the_same_policy_the_same_signature() {
        for token in [None, Some("token/+=")] {
            let theirs = botocore(token)["fields"].clone();
            let ours = POLICY.sign(&credentials(token), "eu-west-1", 1_795_219_140).to_json();
            let (ours, theirs) = (ours.as_object().unwrap(), theirs.as_object().unwrap());
            let names = |fields: &serde_json::Map<String, Value>| fields.keys().cloned().collect::<Vec<_>>();
            assert_eq!(names(ours), {
                let mut names = names(theirs);
                names.sort();
                names
            });
            for (name, value) in ours.iter().filter(|(name, _)| !matches!(name.as_str(), "policy" | "x-amz-signature"))
            {
                assert_eq!(Some(value), theirs.get(name), "{name}");
            }
            let conditions = |fields: &serde_json::Map<String, Value>| {
                let policy = decoded(fields["policy"].as_str().unwrap());
                let mut texts: Vec<_> = policy["conditions"].as_array().unwrap().iter().map(Value::to_string).collect();
                texts.sort();
                texts
            };
            assert_eq!(conditions(ours), conditions(theirs));
            let signed = signature(EXAMPLE_SECRET, "20261120", "eu-west-1", theirs["policy"].as_str().unwrap());
            assert_eq!(Some(signed.as_str()), theirs["x-amz-signature"].as_str());
        }
    }
}
