//! Distributions from templates, without a cloud.

use std::time::{Duration, Instant};

use vitae_local::{OriginReplacement, Snapshot, TemplateSettings};

use crate::support::files::{folder, options, origin, serve, serve_template, template_error};
use crate::support::{Keys, Request};

/// Two origins, an inline function, policies of the template and managed ones, functions and conditions.
const SITE: &str = r#"
AWSTemplateFormatVersion: 2010-09-09
Parameters:
  Stage: {Type: String, Default: test}
  Days: {Type: Number, Default: 7}
Mappings:
  Stages:
    test: {Title: "Test stage"}
Conditions:
  IsTest: !Equals [!Ref Stage, test]
  IsLive: !Not [!Condition IsTest]
Resources:
  SiteBucket:
    Type: AWS::S3::Bucket
  SitePolicy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref SiteBucket
      PolicyDocument:
        Statement:
          - Effect: Allow
            Principal: {Service: cloudfront.amazonaws.com}
            Action: s3:GetObject
            Resource: !Sub "${SiteBucket.Arn}/*"
            Condition:
              StringEquals:
                AWS:SourceArn: !Sub "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Site}"
  Access:
    Type: AWS::CloudFront::OriginAccessControl
    Properties:
      OriginAccessControlConfig:
        {Name: access, OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: sigv4}
  Index:
    Type: AWS::CloudFront::Function
    Properties:
      Name: !Sub "${AWS::StackName}-index"
      AutoPublish: true
      FunctionConfig: {Comment: "", Runtime: cloudfront-js-2.0}
      FunctionCode: !Sub |
        function handler(event) {
          var request = event.request;
          if (request.uri.endsWith('/')) request.uri += 'index.html';
          if (request.uri === '/stage') return { statusCode: 200, body: '${Stage} ${!literal}' };
          return request;
        }
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        Name: headers
        CustomHeadersConfig:
          Items:
            - Header: x-stage
              Value: !FindInMap [Stages, !Ref Stage, Title]
              Override: true
  Caching:
    Type: AWS::CloudFront::CachePolicy
    Properties:
      CachePolicyConfig:
        Name: caching
        DefaultTTL: !Ref Days
        MaxTTL: 60
        MinTTL: 0
        ParametersInCacheKeyAndForwardedToOrigin:
          CookiesConfig: {CookieBehavior: none}
          HeadersConfig: {HeaderBehavior: none}
          QueryStringsConfig: {QueryStringBehavior: whitelist, QueryStrings: [v]}
          EnableAcceptEncodingGzip: true
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        DefaultRootObject: index.html
        Aliases: !If [IsLive, [www.example.com], !Ref AWS::NoValue]
        Origins:
          - Id: site
            DomainName: !GetAtt SiteBucket.RegionalDomainName
            OriginAccessControlId: !GetAtt Access.Id
            S3OriginConfig: {OriginAccessIdentity: ""}
          - Id: api
            DomainName: !Select [1, !Split ["//", "https://api.example.com"]]
            CustomOriginConfig: {OriginProtocolPolicy: https-only}
        DefaultCacheBehavior:
          TargetOriginId: site
          ViewerProtocolPolicy: redirect-to-https
          CachePolicyId: !Ref Caching
          ResponseHeadersPolicyId: !Ref Headers
          FunctionAssociations:
            - EventType: viewer-request
              FunctionARN: !GetAtt Index.FunctionARN
        CacheBehaviors:
          - PathPattern: /api/*
            TargetOriginId: api
            ViewerProtocolPolicy: https-only
            AllowedMethods: [GET, HEAD, OPTIONS, PUT, PATCH, POST, DELETE]
            CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad
            OriginRequestPolicyId: b689b0a8-53d0-40ab-baf2-68738e2966ac
            ResponseHeadersPolicyId: 67f7725c-6f97-4210-82d7-5512b31e9d03
  Other:
    Type: AWS::SNS::Topic
    Properties: {TopicName: !Nonsense [1]}
"#;

/// Replies to every request with its head.
async fn echo() -> (u16, tokio::task::JoinHandle<()>) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let serving = tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 8192];
            let read = stream.read(&mut head).await.unwrap();
            let reply = format!("HTTP/1.1 200 OK\r\nContent-Length: {read}\r\nConnection: close\r\n\r\n");
            stream.write_all(&[reply.as_bytes(), &head[..read]].concat()).await.unwrap();
        }
    });
    (port, serving)
}

#[tokio::test]
async fn a_template_with_an_inline_function_and_two_origins_is_served() {
    let site = folder(&[("index.html", "home"), ("docs/index.html", "docs")]);
    let (port, _serving) = echo().await;
    let api = ("api".to_owned(), OriginReplacement::Server(format!("http://127.0.0.1:{port}")));
    let edge = serve_template(SITE, vec![origin("site", &site), api]).await;

    let home = Request::get("/").send(edge.port()).await;
    assert_eq!((home.status, home.text().as_str(), home.x_cache().as_str()), (200, "home", "Miss from cloudfront"));
    assert_eq!((home.header("x-stage").as_str(), home.header("content-type").as_str()), ("Test stage", "text/html"));
    assert_eq!(Request::get("/docs/?v=1").send(edge.port()).await.text(), "docs");
    assert_eq!(Request::get("/docs/?v=1&x=2").send(edge.port()).await.x_cache(), "Hit from cloudfront");
    assert_eq!(Request::get("/stage").send(edge.port()).await.text(), "test ${literal}");
    let missing = Request::get("/missing").send(edge.port()).await;
    assert_eq!(
        (missing.status, missing.text().contains("AccessDenied")),
        (403, true),
        "the policy does not allow listing"
    );

    let api = Request::post("/api/x?y=1", b"{}").header("x-own", "1").send(edge.port()).await;
    assert_eq!((api.status, api.header("x-frame-options").as_str()), (200, "SAMEORIGIN"));
    let head = api.text().to_ascii_lowercase();
    assert!(head.starts_with("post /api/x?y=1 http/1.1") && head.contains("host: api.example.com"), "{head}");
    assert!(head.contains("x-own: 1"), "{head}");
}

#[tokio::test]
async fn parameters_replace_defaults_and_conditions_follow_them() {
    let settings = TemplateSettings {
        parameters: [("Stage".to_owned(), "live".to_owned())].into(),
        ..TemplateSettings::default()
    };
    let error = Snapshot::from_template(SITE, &settings).unwrap_err().to_string();
    assert_eq!(
        error,
        "Resources.Headers.Properties.ResponseHeadersPolicyConfig.CustomHeadersConfig.Items[0].Value.Fn::FindInMap: \
         Mappings has no entry Stages.live.Title"
    );
    let live = SITE.replace("test: {Title", "live: {Title");
    let edge = serve(Snapshot::from_template(&live, &settings).unwrap(), Vec::new()).await.unwrap();
    let page = Request::get("/stage").host("www.example.com").send(edge.port()).await;
    assert_eq!(page.text(), "live ${literal}");
}

#[tokio::test]
async fn an_origin_without_a_replacement_is_not_reached() {
    let edge = serve_template(SITE, Vec::new()).await;
    let response = Request::get("/index.html").send(edge.port()).await;
    assert_eq!(response.status, 502);
    assert!(response.text().contains("--origin site=FOLDER"), "{}", response.text());
}

#[tokio::test]
async fn the_json_of_a_synthesised_template_is_served() {
    let site = folder(&[("a.txt", "A")]);
    let template = serde_json::json!({ "Resources": {
        "Dist0": { "Type": "AWS::CloudFront::Distribution", "Properties": { "DistributionConfig": {
            "Enabled": true,
            "Origins": [{
                "Id": "StackDist0Origin1",
                "DomainName": { "Fn::Join": ["", ["bucket.s3.", { "Ref": "AWS::Region" }, ".", { "Ref": "AWS::URLSuffix" }]] },
                "S3OriginConfig": { "OriginAccessIdentity": {
                    "Fn::Join": ["", ["origin-access-identity/cloudfront/", { "Ref": "Identity" }]] } },
            }],
            "DefaultCacheBehavior": {
                "TargetOriginId": "StackDist0Origin1", "ViewerProtocolPolicy": "allow-all", "Compress": true,
                "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            },
            "CustomErrorResponses": [{ "ErrorCode": 403, "ResponseCode": 200, "ResponsePagePath": "/a.txt" }],
        } } },
        "Identity": { "Type": "AWS::CloudFront::CloudFrontOriginAccessIdentity" },
    } });
    let edge = serve_template(&template.to_string(), vec![origin("StackDist0Origin1", &site)]).await;
    let page = Request::get("/route/of/an/app").send(edge.port()).await;
    assert_eq!((page.status, page.text().as_str()), (200, "A"));
}

#[tokio::test]
async fn a_key_of_the_template_or_of_the_command_line_opens_a_restricted_behavior() {
    let keys = Keys::p256();
    let site = folder(&[("a", "A")]);
    let template = r"
Resources:
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      DistributionConfig:
        Enabled: true
        Origins: [{Id: o, DomainName: b.s3.amazonaws.com, S3OriginConfig: {}}]
        DefaultCacheBehavior:
          TargetOriginId: o
          ViewerProtocolPolicy: allow-all
          CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
          TrustedKeyGroups: [!Ref Group]
  Group:
    Type: AWS::CloudFront::KeyGroup
    Properties: {KeyGroupConfig: {Name: g, Items: [!Ref Key]}}
  Key:
    Type: AWS::CloudFront::PublicKey
    Properties: {PublicKeyConfig: {Name: k, CallerReference: c, EncodedKey: PEM}}
";
    let pem = serde_json::to_string(&keys.public_pem).unwrap();
    let given = Snapshot::from_template(&template.replace("PEM", &pem), &TemplateSettings::default()).unwrap();
    let mut added = Snapshot::from_template(template, &TemplateSettings::default()).unwrap();
    added.add_public_key("KADDED", &keys.public_pem);
    for (snapshot, id) in [(given, "Key"), (added, "KADDED")] {
        let edge = serve(snapshot, vec![origin("o", &site)]).await.unwrap();
        let url = format!("http://localhost:{}/a", edge.port());
        assert_eq!(Request::get("/a").send(edge.port()).await.status, 403);
        let signature = keys.canned(id, &url, 4_000_000_000, "-sha256");
        assert_eq!(Request::get(&format!("/a?{signature}")).send(edge.port()).await.text(), "A", "{id}");
    }
}

#[tokio::test]
async fn what_is_not_modelled_is_refused_by_name_with_its_path() {
    let with = |from: &str, to: &str| {
        assert!(SITE.contains(from), "{from}");
        SITE.replacen(from, to, 1)
    };
    for (template, expected) in [
        (
            with("!Select [1, !Split [\"//\", \"https://api.example.com\"]]", "!Cidr [a, 1, 2]"),
            "not modelled locally: the function Fn::Cidr, at \
             Resources.Site.Properties.DistributionConfig.Origins[1].DomainName.Fn::Cidr",
        ),
        (
            with("Enabled: true", "Enabled: true\n        WebACLId: arn:aws:wafv2:x"),
            "not modelled locally: WebACLId, at Resources.Site.Properties.DistributionConfig.WebACLId",
        ),
        (
            with("Enabled: true", "Enabled: true\n        Foo: 1"),
            "not modelled locally: the field Foo, at Resources.Site.Properties.DistributionConfig.Foo",
        ),
        (
            with("TargetOriginId: api", "TargetOriginId: api\n            SmoothStreaming: true"),
            "not modelled locally: SmoothStreaming, at \
             Resources.Site.Properties.DistributionConfig.CacheBehaviors[0].SmoothStreaming",
        ),
        (
            with("!GetAtt Access.Id", "!ImportValue access"),
            "Resources.Site.Properties.DistributionConfig.Origins[0].OriginAccessControlId.Fn::ImportValue: the export \
             \"access\" has a value only in an account; pass --set access=VALUE",
        ),
        (
            with("{Type: String, Default: test}", "{Type: String}"),
            "the parameter Stage has no default; pass --parameters Stage=VALUE",
        ),
        (
            with("!Ref Caching", "!Ref Cashing"),
            "Resources.Site.Properties.DistributionConfig.DefaultCacheBehavior.CachePolicyId.Ref: \"Cashing\" is neither a \
             parameter nor a resource of the template",
        ),
        (
            with("Parameters:", "Transform: [Own]\nParameters:"),
            "not modelled locally: the macro \"Own\", which may change any resource, at Transform",
        ),
    ] {
        assert_eq!(template_error(&template).await, expected);
    }
}

#[tokio::test]
async fn values_of_an_account_can_be_set() {
    let template = SITE
        .replace("!Select [1, !Split [\"//\", \"https://api.example.com\"]]", "'{{resolve:ssm:/api/host:3}}'")
        .replace("!Ref Caching", "!ImportValue caching");
    let values = [("/api/host", "api.example.com"), ("caching", "658327ea-f89d-4fab-a63d-7e88639e58f6")];
    let values = values.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let settings = TemplateSettings { values, ..TemplateSettings::default() };
    assert!(serve(Snapshot::from_template(&template, &settings).unwrap(), Vec::new()).await.is_ok());
}

#[tokio::test]
async fn hostile_templates_are_errors_within_a_second() {
    let lines = |count: usize, line: &dyn Fn(usize) -> String| (1..count).map(line).collect::<Vec<_>>().concat();
    let conditions = lines(60, &|n| format!("  C{n}: !Or [!Condition C{0}, !Condition C{0}]\n", n - 1));
    let deep = lines(5_000, &|n| format!("  C{n}: !Not [!Condition C{}]\n", n - 1));
    let references = lines(60, &|n| {
        let bucket = format!("!Sub \"${{B{0}}}${{B{0}}}\"", n - 1);
        format!("  B{n}: {{Type: AWS::S3::Bucket, Properties: {{BucketName: {bucket}}}}}\n")
    });
    let site = SITE.replace("!GetAtt SiteBucket.RegionalDomainName", "!GetAtt B59.RegionalDomainName");
    let cycle = "  B0: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref B1}}\n";
    let cycle = format!("{cycle}  B1: {{Type: AWS::S3::Bucket, Properties: {{BucketName: !Ref B0}}}}\n");
    for (template, expected) in [
        (
            site.replace("Resources:\n", &format!("Resources:\n  B0: {{Type: AWS::S3::Bucket}}\n{references}")),
            "too many steps",
        ),
        (
            SITE.replace("!GetAtt SiteBucket.RegionalDomainName", "!GetAtt B0.RegionalDomainName")
                .replace("Resources:\n", &format!("Resources:\n{cycle}")),
            "too many steps",
        ),
        (SITE.replace("!Equals [!Ref Stage, test]", "!Condition IsTest"), "refers to itself"),
        (
            SITE.replace("Conditions:\n", &format!("Conditions:\n  C0: !Equals [a, b]\n{deep}"))
                .replace("!If [IsLive", "!If [C4999"),
            "too many steps",
        ),
        ("x".repeat(10_485_760), "10485760 bytes"),
    ] {
        let started = Instant::now();
        let error = template_error(&template).await;
        assert!(error.contains(expected), "{error}");
        assert!(started.elapsed() < Duration::from_secs(1), "{error} after {:?}", started.elapsed());
    }
    // Each condition is evaluated once.
    let started = Instant::now();
    let template = SITE
        .replace("Conditions:\n", &format!("Conditions:\n  C0: !Equals [a, b]\n{conditions}"))
        .replace("!If [IsLive", "!If [C59");
    serve(Snapshot::from_template(&template, &TemplateSettings::default()).unwrap(), Vec::new()).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(1), "{:?}", started.elapsed());
}

#[tokio::test]
async fn one_of_several_distributions_is_chosen_by_its_id() {
    let second = SITE.split_once("  Site:\n").unwrap().1.split_once("  Other:").unwrap().0;
    let template = SITE.replace("  Other:\n", &format!("  Second:\n{second}  Other:\n"));
    assert_eq!(template_error(&template).await, "choose a distribution with --resource: Second, Site");
    let settings = TemplateSettings { resource: Some("Second".to_owned()), ..TemplateSettings::default() };
    assert_eq!(Snapshot::from_template(&template, &settings).unwrap().distribution_id(), "ESECOND");
}

#[tokio::test]
async fn inline_code_of_lambda_at_edge_runs() {
    let template = SITE
        .replace(
            "          FunctionAssociations:\n            - EventType: viewer-request\n              FunctionARN: !GetAtt Index.FunctionARN\n",
            "          LambdaFunctionAssociations:\n            - EventType: viewer-request\n              LambdaFunctionARN: !Ref Version\n",
        )
        .replace(
            "Resources:\n",
            "Resources:\n  Version: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Edge}}\n  Edge:\n    Type: AWS::Lambda::Function\n    \
             Properties:\n      Runtime: nodejs24.x\n      Handler: index.handler\n      Role: arn:aws:iam::000000000000:role/edge\n      \
             Code: {ZipFile: \"exports.handler = async () => ({ status: '200', body: 'from the edge' });\"}\n",
        );
    let edge = serve_template(&template, Vec::new()).await;
    assert_eq!(Request::get("/").send(edge.port()).await.text(), "from the edge");
    let python = template.replace("nodejs24.x", "python3.13");
    let error = template_error(&python).await;
    assert!(error.starts_with("not modelled locally: runtime \"python3.13\""), "{error}");
}

/// The goal of a start without a cloud is half a second.
#[tokio::test]
async fn a_template_is_served_within_half_a_second() {
    let started = Instant::now();
    let snapshot = Snapshot::from_template(SITE, &TemplateSettings::default()).unwrap();
    let edge = vitae_local::LocalEdge::start(options(snapshot, Vec::new())).await.unwrap();
    assert_eq!(Request::get("/stage").send(edge.port()).await.status, 200);
    let elapsed = started.elapsed();
    println!("start and first response: {elapsed:?}");
    assert!(elapsed < Duration::from_millis(500), "{elapsed:?}");
}
