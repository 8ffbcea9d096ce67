//! Load balancers, APIs and other servers.

use super::{Case, Expected};

pub(super) const CASES: &[Case] = &[
    Case {
        source: "Symantec/cloudefficiency cloudformation/cloudfront.yaml",
        config: r#"
Aliases: [!Ref CNAME]
DefaultCacheBehavior:
  DefaultTTL: 0
  MaxTTL: 0
  MinTTL: 0
  ForwardedValues: {Cookies: {Forward: all}, QueryString: true}
  TargetOriginId: !Sub "${AWS::StackName}-prod"
  ViewerProtocolPolicy: redirect-to-https
Enabled: true
Logging: {Bucket: !Join ["", [!ImportValue {"Fn::Sub": "${Logs}-Bucket"}, .s3.amazonaws.com]]}
Origins:
- CustomOriginConfig: {HTTPPort: 80, HTTPSPort: 443, OriginKeepaliveTimeout: 30, OriginProtocolPolicy: https-only, OriginReadTimeout: 60}
  DomainName:
    Fn::Sub:
    - "${Id}.execute-api.${Region}.amazonaws.com"
    - {Id: !ImportValue {"Fn::Sub": "${Api}-RestApi"}, Region: !Ref AWS::Region}
  Id: !Sub "${AWS::StackName}-prod"
  OriginPath: /prod
"#,
        template: Some("Parameters: {CNAME: {Type: String}, Api: {Type: String}, Logs: {Type: String}}"),
        values: &[("CNAME", "d.example.com"), ("Api", "api"), ("api-RestApi", "abc123")],
        origins: &["local-prod"],
        expected: Expected::Served(&[("/index.html", 200, "stage")]),
    },
    Case {
        source: "elhadjibarry/aws-cloudfront-multiple-origins cloudformation/cloudfront.yaml",
        config: r"
Enabled: true
Origins:
- Id: Primary
  DomainName: !Ref First
  CustomOriginConfig: {HTTPSPort: 443, OriginProtocolPolicy: match-viewer}
  OriginCustomHeaders: [{HeaderName: X-Own, HeaderValue: secret}]
- {Id: Second, DomainName: !Ref Other, CustomOriginConfig: {HTTPSPort: 443, OriginProtocolPolicy: match-viewer}}
OriginGroups:
  Quantity: 1
  Items:
  - Id: Group
    FailoverCriteria: {StatusCodes: {Quantity: 4, Items: [500, 502, 503, 504]}}
    Members: {Quantity: 2, Items: [{OriginId: Primary}, {OriginId: Second}]}
DefaultCacheBehavior:
  TargetOriginId: Group
  ViewerProtocolPolicy: redirect-to-https
  AllowedMethods: [GET, HEAD, OPTIONS]
  CachedMethods: [GET, HEAD]
  CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad
",
        template: Some("Parameters: {First: {Type: String}, Other: {Type: String}}"),
        values: &[("First", "one.elb.amazonaws.com"), ("Other", "two.elb.amazonaws.com")],
        // The first origin is not reached, which is 502.
        origins: &["Second"],
        expected: Expected::Served(&[("/a.txt", 200, "A")]),
    },
    Case {
        source: "informatics-lab/demo-microservices cloudfront.yaml",
        config: r"
Enabled: true
DefaultCacheBehavior:
  TargetOriginId: demo
  ViewerProtocolPolicy: allow-all
  AllowedMethods: [HEAD, GET, OPTIONS]
  ForwardedValues: {QueryString: true}
Origins: [{DomainName: !Ref Domain, Id: demo, CustomOriginConfig: {OriginProtocolPolicy: http-only}}]
",
        template: Some("Parameters: {Domain: {Type: String}}"),
        values: &[("Domain", "demo.example.com")],
        origins: &["demo"],
        expected: Expected::Served(&[("/a.txt", 200, "A"), ("/none", 404, "NoSuchKey")]),
    },
    Case {
        source: "charleibugoy/wordpress-gitops-lab cloudformation/cloudfront.yaml",
        config: r"
Enabled: true
Origins: [{DomainName: lb.example.com, Id: blog, CustomOriginConfig: {OriginProtocolPolicy: http-only}}]
DefaultCacheBehavior: {TargetOriginId: blog, ViewerProtocolPolicy: redirect-to-https}
",
        template: Some(""),
        values: &[],
        origins: &["blog"],
        expected: Expected::Refused("has neither a cache policy nor ForwardedValues"),
    },
    Case {
        source: "villeparonen/nordcloud-ghost-blog cloudformation/cloudfront.yaml",
        config: r"
Enabled: true
DefaultRootObject: index.html
Origins:
- Id: lb
  DomainName: !ImportValue BlogDNS
  CustomOriginConfig: {HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: http-only}
DefaultCacheBehavior:
  TargetOriginId: lb
  ViewerProtocolPolicy: redirect-to-https
  AllowedMethods: [GET, HEAD, OPTIONS]
  CachedMethods: [GET, HEAD]
  ForwardedValues: {QueryString: true, Cookies: {Forward: all}}
  ResponseHeadersPolicyId: !Ref Headers
",
        template: Some(
            r"
Resources:
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        Name: h
        SecurityHeadersConfig:
          ContentTypeOptions: {Override: true}
          FrameOptions: {FrameOption: DENY, Override: true}
          ReferrerPolicy: {ReferrerPolicy: strict-origin-when-cross-origin, Override: true}
          XSSProtection: {Protection: true, ModeBlock: true, Override: true}
",
        ),
        values: &[("BlogDNS", "lb.example.com")],
        origins: &["lb"],
        expected: Expected::Served(&[
            ("/", 200, "x-frame-options: DENY"),
            ("/", 200, "x-xss-protection: 1; mode=block"),
        ]),
    },
    Case {
        source: "SparrowX-ECS/ecs-infrastructure cloudformation/cloudfront.yaml",
        config: r#"
Enabled: true
HttpVersion: http2and3
IPV6Enabled: true
Aliases: !If [HasName, [!Ref Name], !Ref AWS::NoValue]
Origins:
- Id: lb
  DomainName: {"Fn::ImportValue": !Sub "${Environment}-Dns"}
  CustomOriginConfig: {HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: http-only}
DefaultCacheBehavior:
  TargetOriginId: lb
  ViewerProtocolPolicy: redirect-to-https
  Compress: true
  AllowedMethods: [DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT]
  CachedMethods: [GET, HEAD]
  ForwardedValues: {QueryString: true, Cookies: {Forward: all}}
  MinTTL: 0
  DefaultTTL: 0
  MaxTTL: 0
ViewerCertificate: !If [HasName, {AcmCertificateArn: !Ref Certificate}, {CloudFrontDefaultCertificate: true}]
"#,
        template: Some(
            r#"
Parameters:
  Environment: {Type: String, Default: x}
  Name: {Type: String, Default: ""}
  Certificate: {Type: "AWS::SSM::Parameter::Value<String>", Default: /x/certificate}
Conditions: {HasName: !Not [!Equals [!Ref Name, ""]]}
"#,
        ),
        values: &[("x-Dns", "lb.example.com")],
        origins: &["lb"],
        expected: Expected::Served(&[("/a.txt", 200, "Miss from cloudfront"), ("/a.txt", 200, "Miss from cloudfront")]),
    },
    Case {
        source: "aynsof/cfn-www cloudfront.yaml",
        config: r#"
Origins:
- {DomainName: {Ref: Endpoint}, Id: server, CustomOriginConfig: {HTTPPort: "80", HTTPSPort: "443", OriginProtocolPolicy: http-only}}
- {DomainName: images.s3.amazonaws.com, Id: images, S3OriginConfig: {OriginAccessIdentity: origin-access-identity/cloudfront/E1}}
DefaultCacheBehavior: {ForwardedValues: {QueryString: False}, TargetOriginId: server, ViewerProtocolPolicy: redirect-to-https}
Enabled: True
CacheBehaviors:
- AllowedMethods: [GET, HEAD, OPTIONS]
  TargetOriginId: images
  ForwardedValues: {QueryString: "false"}
  ViewerProtocolPolicy: redirect-to-https
  PathPattern: "*.png"
"#,
        template: Some("Parameters: {Endpoint: {Type: String}}"),
        values: &[("Endpoint", "server.example.com")],
        origins: &["images"],
        expected: Expected::Served(&[("/page.png", 200, "png"), ("/a.txt", 502, "--origin server=FOLDER")]),
    },
    Case {
        source: "samhstn/markdowntables infra/cloudfront.yaml",
        config: r#"
Aliases: [example.com]
CacheBehaviors:
- DefaultTTL: 31622400
  MaxTTL: 31622400
  MinTTL: 31622400
  PathPattern: "*.min.js"
  ForwardedValues: {QueryString: false}
  CachedMethods: [GET, HEAD]
  AllowedMethods: [GET, HEAD]
  ViewerProtocolPolicy: allow-all
  Compress: true
  TargetOriginId: pages
Origins: [{DomainName: user.github.io, OriginPath: /markdowntables, Id: pages, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
DefaultCacheBehavior:
  AllowedMethods: [GET, HEAD]
  ForwardedValues: {QueryString: true}
  ViewerProtocolPolicy: redirect-to-https
  TargetOriginId: pages
Enabled: true
ViewerCertificate: {AcmCertificateArn: !ImportValue Certificate}
"#,
        template: Some(""),
        values: &[],
        origins: &["pages"],
        expected: Expected::Served(&[("/lib.min.js?v=1", 200, "js"), ("/lib.min.js?v=2", 200, "Hit from cloudfront")]),
    },
    Case {
        source: "Paul1404/hof-stetten.de infra/cloudfront.yaml",
        config: r"
Aliases: [!Ref Name]
DefaultCacheBehavior:
  AllowedMethods: [DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT]
  CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad
  CachedMethods: [GET, HEAD]
  Compress: true
  OriginRequestPolicyId: 216adef6-5c7f-47e4-b989-5492eafa07d3
  TargetOriginId: server
  ViewerProtocolPolicy: redirect-to-https
Enabled: true
HttpVersion: http2and3
IPV6Enabled: true
Origins:
- DomainName: !Ref Origin
  Id: server
  CustomOriginConfig: {OriginKeepaliveTimeout: 5, OriginProtocolPolicy: https-only, OriginReadTimeout: 30, OriginSSLProtocols: [TLSv1.2]}
",
        template: Some(
            r#"
Parameters:
  Name: {Type: String, Default: example.com, AllowedPattern: "^[a-z0-9.-]+$"}
  Origin: {Type: String, Default: app.example.com}
"#,
        ),
        values: &[],
        origins: &["server"],
        expected: Expected::Served(&[("/a.txt?x=1", 200, "A")]),
    },
    Case {
        source: "digitalvideosherpa/cloudformation-cloudfront cloudfront.yaml",
        config: r#"
Origins:
- DomainName: !Ref Name
  Id: !Ref Name
  CustomOriginConfig: {HTTPPort: "80", HTTPSPort: "443", OriginProtocolPolicy: !Ref Protocol, OriginReadTimeout: !Ref Seconds}
Enabled: true
DefaultCacheBehavior:
  Compress: !Ref Compress
  SmoothStreaming: "false"
  TargetOriginId: !Ref Name
  ForwardedValues: {QueryString: !Ref Query, Cookies: {Forward: none}}
  ViewerProtocolPolicy: redirect-to-https
WebACLId: !Ref Acl
"#,
        template: Some(
            r#"
Parameters:
  Name: {Type: String, Default: media.example.com}
  Protocol: {Type: String, Default: match-viewer}
  Seconds: {Type: String, Default: "30"}
  Compress: {Type: String, Default: "true"}
  Query: {Type: String, Default: "false"}
  Acl: {Type: String, Default: 49d29e87}
"#,
        ),
        values: &[],
        origins: &["media.example.com"],
        expected: Expected::Refused("not modelled locally: WebACLId, at Resources.Site"),
    },
    Case {
        source: "aquasecurity/defsec avd_docs/aws/cloudfront/AVD-AWS-0012/CloudFormation.md",
        config: r#"
DefaultCacheBehavior: {TargetOriginId: target, ViewerProtocolPolicy: https-only}
Enabled: true
Logging: {Bucket: logs}
Origins: [{DomainName: "https://some.domain", Id: one}]
WebACLId: acl
"#,
        template: Some(""),
        values: &[],
        origins: &[],
        expected: Expected::Refused("not modelled locally: WebACLId"),
    },
];
