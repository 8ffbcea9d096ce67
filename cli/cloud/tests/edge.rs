//! `vitae edge`: the checks of `cli/README.md`, and wrong usage. No cloud is used.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

const README: &str = include_str!("../../README.md");

/// A site in a bucket that CloudFront may read and not list.
const TEMPLATE: &str = r#"
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement:
        - Effect: Allow
          Principal: {Service: cloudfront.amazonaws.com}
          Action: s3:GetObject
          Resource: !Sub "${Bucket.Arn}/*"
          Condition: {StringEquals: {"AWS:SourceArn": !Sub "arn:aws:cloudfront::${AWS::AccountId}:distribution/${Site}"}}
  Access:
    Type: AWS::CloudFront::OriginAccessControl
    Properties:
      OriginAccessControlConfig: {Name: a, OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: sigv4}
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        DefaultRootObject: index.html
        Origins:
        - {Id: site, DomainName: !GetAtt Bucket.RegionalDomainName, OriginAccessControlId: !Ref Access, S3OriginConfig: {}}
        DefaultCacheBehavior:
          TargetOriginId: site
          ViewerProtocolPolicy: redirect-to-https
          CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
"#;

fn edge(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vitae-cloud"));
    command.arg("edge").args(arguments).current_dir(folder).env_remove("AWS_ACCESS_KEY_ID").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The block of code after a mark in the README.
fn block(mark: &str) -> &'static str {
    let (_, rest) = README.split_once(mark).unwrap_or_else(|| panic!("{mark:?} is not in the README"));
    rest.split_once("```").unwrap().0
}

/// A folder with the template, a page, and the checks of the README.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, content: &str| fs::write(folder.path().join(name), content).unwrap();
    fs::create_dir(folder.path().join("dist")).unwrap();
    write("template.yaml", TEMPLATE);
    write("dist/index.html", "<p>Hello</p>");
    // The mark is the first line of the block.
    write("checks.yaml", &format!("edge:\n{}", block("```yaml\nedge:\n")));
    folder
}

#[test]
fn the_readmes_example_has_the_output_that_the_readme_shows() {
    let folder = folder();
    let output = edge(folder.path(), &["check", "checks.yaml"]);
    let shown = block("$ cargo vitae edge check checks.yaml\n");
    let printed = format!("{}{}", text(&output.stdout), text(&output.stderr));
    for line in shown.lines() {
        assert!(printed.lines().any(|printed| printed == line), "{line:?} is not in {printed}");
    }
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn checks_that_pass_exit_with_0_and_json_lists_them() {
    let folder = folder();
    let checks = fs::read_to_string(folder.path().join("checks.yaml")).unwrap().replace("status: 404", "status: 403");
    fs::write(folder.path().join("checks.yaml"), checks).unwrap();
    let output = edge(folder.path(), &["check", "checks.yaml", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["failed"], 0);
    assert_eq!(json["checks"][0]["name"], "the home page");
    assert_eq!(json["checks"].as_array().unwrap().len(), 2);
}

#[test]
fn wrong_usage_exits_with_2_and_a_refused_distribution_with_1() {
    let folder = folder();
    for (arguments, code, reason) in [
        (&[][..], 2, "pass one of --template FILE"),
        (&["--template", "template.yaml", "--origin", "site"], 2, "ID=FOLDER"),
        (&["--template", "template.yaml", "--origin", "site=http://example.com"], 2, "not on this machine"),
        (&["--template", "template.yaml", "--viewer", "planet=Mars"], 2, "not a property"),
        (&["--template", "template.yaml", "--resource"], 2, "--resource"),
        (&["--template", "missing.yaml"], 1, "cannot read missing.yaml"),
        (&["--template", "template.yaml", "--origin", "other=dist"], 1, "its origins are site"),
        (&["--template", "template.yaml", "--origin", "site=missing"], 1, "missing"),
        (&["--template", "dist/index.html"], 1, "no AWS::CloudFront::Distribution"),
        (&["--distribution", "template.yaml"], 1, "get-distribution-config"),
        (&["check", "template.yaml"], 1, "template.yaml"),
        (&["--endpoint-url", "http://127.0.0.1:1", "--id", "E1"], 1, "AWS_ACCESS_KEY_ID"),
    ] {
        let output = edge(folder.path(), arguments);
        let message = text(&output.stderr);
        assert!(message.contains(reason), "{arguments:?}: {message}");
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {message}");
    }
}
