//! A folder in place of a bucket, with the bucket's policy.

use crate::support::Request;
use crate::support::files::{folder, origin, serve_template};

/// A bucket with origin access control whose policy has these actions, for objects and for the bucket.
fn template(actions: &str, path: &str) -> String {
    format!(
        r#"
Resources:
  Bucket: {{Type: AWS::S3::Bucket, Properties: {{BucketName: site}}}}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {{Service: cloudfront.amazonaws.com}}
            Action: {actions}
            Resource: [!GetAtt Bucket.Arn, !Sub "${{Bucket.Arn}}/*"]
  Access:
    Type: AWS::CloudFront::OriginAccessControl
    Properties:
      OriginAccessControlConfig: {{Name: a, OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: sigv4}}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins:
          - {{Id: o, DomainName: !GetAtt Bucket.RegionalDomainName, OriginPath: "{path}", OriginAccessControlId: !Ref Access, S3OriginConfig: {{}}}}
        DefaultCacheBehavior:
          TargetOriginId: o
          ViewerProtocolPolicy: allow-all
          AllowedMethods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE]
          CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad
"#
    )
}

#[tokio::test]
async fn a_missing_file_is_403_unless_the_policy_allows_listing() {
    let site = folder(&[("a.html", "A")]);
    for (actions, status, code) in
        [("s3:GetObject", 403, "AccessDenied"), ("[s3:GetObject, s3:ListBucket]", 404, "NoSuchKey")]
    {
        let edge = serve_template(&template(actions, ""), vec![origin("o", &site)]).await;
        assert_eq!(Request::get("/a.html").send(edge.port()).await.text(), "A");
        let missing = Request::get("/b.html").send(edge.port()).await;
        assert_eq!(missing.status, status);
        assert!(missing.text().contains(code), "{}", missing.text());
        assert_eq!(Request::get("/..%2f..%2fetc/passwd").send(edge.port()).await.status, status);
    }
}

#[tokio::test]
async fn a_policy_that_does_not_allow_reading_is_403() {
    let site = folder(&[("a.html", "A")]);
    let edge = serve_template(&template("s3:PutObject", ""), vec![origin("o", &site)]).await;
    assert_eq!(Request::get("/a.html").send(edge.port()).await.status, 403);
    // Without a policy only the owner may read a bucket.
    let without = template("s3:GetObject", "").replace("AWS::S3::BucketPolicy", "AWS::SNS::TopicPolicy");
    let edge = serve_template(&without, vec![origin("o", &site)]).await;
    assert_eq!(Request::get("/a.html").send(edge.port()).await.status, 403);
}

#[tokio::test]
async fn keys_types_validators_and_ranges_are_those_of_s3() {
    let site = folder(&[("live/a b+c.css", "body {}"), ("live/data", "0123456789"), ("live/docs/index.html", "x")]);
    let edge = serve_template(&template("s3:GetObject", "/live"), vec![origin("o", &site)]).await;
    let css = Request::get("/a%20b%2Bc.css").send(edge.port()).await;
    assert_eq!((css.status, css.header("content-type").as_str()), (200, "text/css"));
    let data = Request::get("/data").send(edge.port()).await;
    assert_eq!(data.header("content-type"), "binary/octet-stream");
    // `printf 0123456789 | md5sum`
    assert_eq!(data.header("etag"), "\"781e5e245d69b566979b86e28d23f2c7\"");
    assert_eq!(data.header("server"), "AmazonS3");
    let part = Request::get("/data").header("range", "bytes=2-4").send(edge.port()).await;
    assert_eq!((part.status, part.text().as_str()), (206, "234"));
    let known = Request::get("/data").header("if-none-match", &data.header("etag")).send(edge.port()).await;
    assert_eq!((known.status, known.text().as_str()), (304, ""));
    let head = Request::method("HEAD", "/data").send(edge.port()).await;
    assert_eq!((head.status, head.header("content-length").as_str(), head.text().as_str()), (200, "10", ""));
    // A folder is not an object, with and without its slash.
    for path in ["/docs", "/docs/"] {
        assert_eq!(Request::get(path).send(edge.port()).await.status, 403, "{path}");
    }
    assert_eq!(Request::method("DELETE", "/data").send(edge.port()).await.status, 403, "not in the policy");
}
