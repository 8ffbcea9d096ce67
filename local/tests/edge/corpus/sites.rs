//! Sites in a bucket, behind an origin access identity, an origin access control or a website endpoint.

use super::{Case, Expected};

const HOME: Expected = Expected::Served(&[("/", 200, "home"), ("/a.txt", 200, "A")]);

pub(super) const CASES: &[Case] = &[
    Case {
        source: "widdix/aws-cf-templates static-website/static-website.yaml",
        config: r#"
Aliases: !If [HasSecondName, [!Ref Name, !Ref SecondName], [!Ref Name]]
DefaultCacheBehavior:
  AllowedMethods: [GET, HEAD, OPTIONS]
  CachedMethods: [GET, HEAD, OPTIONS]
  Compress: true
  DefaultTTL: 3600
  ForwardedValues: {Cookies: {Forward: none}, QueryString: false}
  LambdaFunctionAssociations: !If
  - HasFunction
  - [{EventType: viewer-request, LambdaFunctionARN: !Ref Version}]
  - !Ref AWS::NoValue
  MaxTTL: 86400
  MinTTL: 60
  TargetOriginId: bucket
  ViewerProtocolPolicy: redirect-to-https
DefaultRootObject: !If [HasFunction, !Ref AWS::NoValue, index.html]
Enabled: true
HttpVersion: http2
Origins:
- DomainName: !GetAtt Bucket.DomainName
  Id: bucket
  S3OriginConfig: {OriginAccessIdentity: !Sub "origin-access-identity/cloudfront/${Identity}"}
ViewerCertificate: {AcmCertificateArn: !If [HasFunction, !Ref Missing, !Ref Name]}
"#,
        template: Some(
            r#"
Parameters: {Name: {Type: String}, SecondName: {Type: String, Default: ""}, Version: {Type: String, Default: ""}}
Conditions:
  HasSecondName: !Not [!Equals [!Ref SecondName, ""]]
  HasFunction: !Not [!Equals [!Ref Version, ""]]
Resources:
  Identity: {Type: AWS::CloudFront::CloudFrontOriginAccessIdentity}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Name}}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement:
        - Action: s3:GetObject
          Effect: Allow
          Resource: !Sub "arn:aws:s3:::${Bucket}/*"
          Principal: {CanonicalUser: !GetAtt Identity.S3CanonicalUserId}
"#,
        ),
        values: &[("Name", "www.example.com")],
        origins: &["bucket"],
        expected: Expected::Served(&[("/", 200, "home"), ("/missing", 403, "AccessDenied")]),
    },
    Case {
        source: "atlassian-labs/json-schema-viewer templates/cloudfront-site.yaml",
        config: r#"
Aliases: [!Sub "${Sub}.${Name}", !If [HasApex, !Ref Name, !Ref AWS::NoValue]]
CustomErrorResponses:
- {ErrorCachingMinTTL: 60, ErrorCode: 404, ResponseCode: 200, ResponsePagePath: /index.html}
- {ErrorCachingMinTTL: 60, ErrorCode: 403, ResponseCode: 200, ResponsePagePath: /index.html}
- {ErrorCachingMinTTL: 60, ErrorCode: 400, ResponseCode: 200, ResponsePagePath: /index.html}
DefaultCacheBehavior:
  Compress: true
  DefaultTTL: 86400
  ForwardedValues: {QueryString: true}
  MaxTTL: 31536000
  TargetOriginId: !Sub "S3-${AWS::StackName}-root"
  ViewerProtocolPolicy: redirect-to-https
DefaultRootObject: index.html
Enabled: true
Origins:
- DomainName: !Ref BucketDomain
  Id: !Sub "S3-${AWS::StackName}-root"
  S3OriginConfig:
    OriginAccessIdentity: !Join ["", [origin-access-identity/cloudfront/, !Ref Identity]]
"#,
        template: Some(
            r#"
Transform: AWS::Serverless-2016-10-31
Parameters: {Sub: {Type: String}, Name: {Type: String}, BucketDomain: {Type: String}, Apex: {Type: String, Default: "no"}}
Conditions: {HasApex: !Equals [!Ref Apex, "yes"]}
Resources:
  Identity: {Type: AWS::CloudFront::CloudFrontOriginAccessIdentity}
"#,
        ),
        values: &[("Sub", "www"), ("Name", "example.com"), ("BucketDomain", "b.s3.eu-west-1.amazonaws.com")],
        origins: &["S3-local-root"],
        expected: Expected::Served(&[("/deep/link", 200, "home"), ("/a.txt?v=1", 200, "A")]),
    },
    Case {
        source: "syenx/PortalBlazor cloudfront.yaml",
        config: r#"
Enabled: "true"
DefaultRootObject: index.html
Aliases: [!Sub "${Name}"]
CacheBehaviors:
- PathPattern: index.html
  TargetOriginId: app
  ViewerProtocolPolicy: redirect-to-https
  DefaultTTL: 0
  MaxTTL: 0
  MinTTL: 0
  ForwardedValues: {QueryString: "false", Cookies: {Forward: none}}
DefaultCacheBehavior:
  AllowedMethods: [GET, HEAD]
  TargetOriginId: app
  ForwardedValues: {QueryString: "false", Cookies: {Forward: none}}
  ViewerProtocolPolicy: redirect-to-https
CustomErrorResponses:
- {ErrorCode: "404", ResponseCode: "200", ResponsePagePath: /index.html, ErrorCachingMinTTL: "30"}
- {ErrorCode: "403", ResponseCode: "200", ResponsePagePath: /index.html, ErrorCachingMinTTL: "30"}
Origins:
- DomainName: !Sub "${App}.s3.amazonaws.com"
  Id: app
  S3OriginConfig: {OriginAccessIdentity: !Sub "origin-access-identity/cloudfront/${Identity}"}
"#,
        template: Some(
            r#"
Parameters: {Name: {Type: String, Default: app.example.com}}
Resources:
  App: {Type: AWS::S3::Bucket, Properties: {AccessControl: PublicRead, WebsiteConfiguration: {IndexDocument: index.html}}}
  Identity: {Type: AWS::CloudFront::CloudFrontOriginAccessIdentity}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref App
      PolicyDocument:
        Statement:
        - Action: ["s3:GetObject"]
          Effect: Allow
          Resource: !Join ["", ["arn:aws:s3:::", !Ref App, /*]]
          Principal: {AWS: !Sub "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ${Identity}"}
"#,
        ),
        values: &[],
        origins: &["app"],
        expected: Expected::Served(&[("/", 200, "home"), ("/route", 200, "home"), ("/a.txt", 200, "A")]),
    },
    Case {
        source: "korostelevm/TorqueServerless cloudfront.yaml",
        config: r#"
Aliases: [!Join ["", [!Ref Root]]]
DefaultCacheBehavior:
  AllowedMethods: [HEAD, OPTIONS, GET]
  CachedMethods: [GET, HEAD, OPTIONS]
  ForwardedValues: {QueryString: true}
  DefaultTTL: 30
  MaxTTL: 30
  MinTTL: 15
  TargetOriginId: files
  ViewerProtocolPolicy: redirect-to-https
CacheBehaviors:
- AllowedMethods: [HEAD, OPTIONS, GET, POST, DELETE, PUT, PATCH]
  TargetOriginId: api
  PathPattern: /api/*
  MaxTTL: "0"
  MinTTL: "0"
  DefaultTTL: "0"
  ViewerProtocolPolicy: redirect-to-https
  ForwardedValues: {QueryString: true}
CustomErrorResponses:
- {ErrorCachingMinTTL: 30, ErrorCode: 403, ResponseCode: 200, ResponsePagePath: /index.html}
DefaultRootObject: ""
Enabled: true
Logging: {Bucket: !Join ["", [!Ref Files, .s3.amazonaws.com]], IncludeCookies: true}
Origins:
- DomainName: !GetAtt Files.DomainName
  Id: files
  S3OriginConfig: {OriginAccessIdentity: !Join [/, [origin-access-identity, cloudfront, !Ref Identity]]}
- DomainName: !Join [., [!Ref Api, execute-api, !Ref AWS::Region, amazonaws.com]]
  Id: api
  CustomOriginConfig: {HTTPSPort: "443", OriginProtocolPolicy: https-only}
  OriginPath: !Join [/, ["", !Ref Api.Stage]]
ViewerCertificate: {AcmCertificateArn: "{{resolve:ssm:/cert:1}}"}
"#,
        template: Some(
            r#"
Transform: AWS::Serverless-2016-10-31
Parameters: {Root: {Type: String, Default: example.com}, Token: {Type: String, Default: "{{resolve:secretsmanager:X:SecretString:t}}"}}
Resources:
  Api: {Type: AWS::Serverless::Api, Properties: {DefinitionUri: ./api.yaml, StageName: Prod}}
  Files: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref Root}}
  Identity: {Type: AWS::CloudFront::CloudFrontOriginAccessIdentity}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Files
      PolicyDocument:
        Statement:
        - Action: s3:GetObject
          Effect: Allow
          Resource: !Join [/, [!GetAtt Files.Arn, "*"]]
          Principal: {CanonicalUser: !GetAtt Identity.S3CanonicalUserId}
        - Action: s3:PutObject
          Effect: Allow
          Resource: !Join [/, [!GetAtt Files.Arn, "*"]]
          Principal: {AWS: !Sub "arn:aws:iam::${AWS::AccountId}:user/git"}
"#,
        ),
        values: &[],
        origins: &["files", "api"],
        expected: Expected::Served(&[("/api/x", 200, "api"), ("/missing", 200, "home"), ("/a.txt", 200, "A")]),
    },
    Case {
        source: "andrii-korzh/personal-website-infrastructure cloudfront.yaml",
        config: r#"
Aliases: [!Sub "www.${Apex}"]
Enabled: true
Origins:
- Id: !Ref OriginId
  DomainName: !Sub "${Bucket}.s3.amazonaws.com"
  S3OriginConfig: {OriginAccessIdentity: !Join ["", [origin-access-identity/cloudfront/, !Ref Identity]]}
CustomErrorResponses:
- {ErrorCachingMinTTL: 300, ErrorCode: 403, ResponseCode: 200, ResponsePagePath: /index.html}
DefaultCacheBehavior:
  Compress: true
  ForwardedValues: {QueryString: false}
  TargetOriginId: !Ref OriginId
  ViewerProtocolPolicy: redirect-to-https
DefaultRootObject: index.html
ViewerCertificate: {AcmCertificateArn: !Ref Certificate}
"#,
        template: Some(
            r#"
Parameters: {Apex: {Type: String}, OriginId: {Type: String}, BucketName: {Type: String}, Certificate: {Type: String}}
Resources:
  Identity: {Type: AWS::CloudFront::CloudFrontOriginAccessIdentity}
  Bucket: {Type: AWS::S3::Bucket, Properties: {BucketName: !Ref BucketName}}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement:
        - Action: [s3:GetObject]
          Effect: Allow
          Resource: !Join ["", ["arn:aws:s3:::", !Ref Bucket, "/*"]]
          Principal: {CanonicalUser: !GetAtt Identity.S3CanonicalUserId}
"#,
        ),
        values: &[("Apex", "example.com"), ("OriginId", "o"), ("BucketName", "site")],
        origins: &["o"],
        expected: HOME,
    },
    Case {
        source: "kaytee07/photo-gallery-infra templates/cloudfront.yaml",
        config: r#"
Origins:
- DomainName: !Sub "${Bucket}.s3.amazonaws.com"
  Id: photos
  S3OriginConfig: {OriginAccessIdentity: !Sub "origin-access-identity/cloudfront/${Identity}"}
DefaultCacheBehavior:
  TargetOriginId: photos
  ViewerProtocolPolicy: redirect-to-https
  AllowedMethods: [GET, HEAD]
  CachedMethods: [GET, HEAD]
  ForwardedValues: {QueryString: false, Cookies: {Forward: none}}
  MinTTL: 0
  DefaultTTL: 86400
  MaxTTL: 31536000
Enabled: true
"#,
        template: Some(
            "Parameters: {Bucket: {Type: String}}\nResources:\n  Identity: {Type: AWS::CloudFront::CloudFrontOriginAccessIdentity}\n",
        ),
        values: &[("Bucket", "photos")],
        origins: &["photos"],
        expected: Expected::Served(&[("/public/photo.jpg", 200, "image/jpeg"), ("/none.jpg", 403, "AccessDenied")]),
    },
    Case {
        source: "li0nel/laravelaws infrastructure/cloudfront.yaml",
        config: r#"
Origins: [{DomainName: !Ref Bucket, Id: s3, S3OriginConfig: {OriginAccessIdentity: !Ref Identity}}]
Enabled: "true"
Aliases: [!Ref Alias]
DefaultCacheBehavior:
  Compress: "true"
  AllowedMethods: [GET, HEAD, OPTIONS]
  TargetOriginId: s3
  ForwardedValues: {QueryString: "false", Cookies: {Forward: none}}
  ViewerProtocolPolicy: redirect-to-https
"#,
        template: Some("Parameters: {Bucket: {Type: String}, Identity: {Type: String}, Alias: {Type: String}}"),
        values: &[
            ("Bucket", "files.s3.amazonaws.com"),
            ("Identity", "origin-access-identity/cloudfront/E74FTE3AEXAMPLE"),
            ("Alias", "files.example.com"),
        ],
        origins: &["s3"],
        expected: Expected::Served(&[("/a.txt", 200, "Miss from cloudfront"), ("/a.txt", 200, "Hit from cloudfront")]),
    },
    Case {
        source: "Eenrics/Udacity-Cloud_DevOps CICD/create_s3_bucket_forWebHos.sh",
        config: r#"
Origins:
- DomainName: !Sub "${Pipeline}.s3.amazonaws.com"
  Id: page
  S3OriginConfig: {OriginAccessIdentity: !Sub "origin-access-identity/cloudfront/${Identity}"}
Enabled: True
DefaultRootObject: index.html
DefaultCacheBehavior: {ForwardedValues: {QueryString: False}, TargetOriginId: page, ViewerProtocolPolicy: allow-all}
"#,
        template: Some(
            "Parameters: {Pipeline: {Type: String}}\nResources:\n  Identity: {Type: AWS::CloudFront::CloudFrontOriginAccessIdentity}\n",
        ),
        values: &[("Pipeline", "run-7")],
        origins: &["page"],
        expected: HOME,
    },
    Case {
        source: "mikeplavsky/paperless cloudfront-distribution.json",
        config: r#"
Enabled: "true"
HttpVersion: http2
DefaultRootObject: index.html
Origins:
- DomainName: {"Fn::Sub": ["${Name}.s3.amazonaws.com", {"Name": {"Ref": "Files"}}]}
  Id: {"Fn::Sub": ["S3-${Name}", {"Name": {"Ref": "Files"}}]}
  S3OriginConfig: {OriginAccessIdentity: ""}
DefaultCacheBehavior:
  TargetOriginId: {"Fn::Sub": ["S3-${Name}", {"Name": {"Ref": "Files"}}]}
  ForwardedValues: {QueryString: "false", Cookies: {Forward: none}}
  ViewerProtocolPolicy: allow-all
"#,
        template: Some(
            "Resources:\n  Files: {Type: AWS::S3::Bucket, DependsOn: Topic}\n  Topic: {Type: AWS::SNS::Topic}\n",
        ),
        values: &[],
        origins: &["S3-files"],
        expected: HOME,
    },
    Case {
        source: "stefanevansnz/bookinbot cloudformation/cloudfront.yaml",
        config: r#"
Origins: [{DomainName: !Sub "${Name}-dist.s3.amazonaws.com", Id: dist, S3OriginConfig: {OriginAccessIdentity: ""}}]
Enabled: "true"
DefaultRootObject: index.html
Aliases: [example.com, www.example.com]
DefaultCacheBehavior:
  TargetOriginId: dist
  ForwardedValues: {QueryString: "false", Cookies: {Forward: none}}
  ViewerProtocolPolicy: allow-all
"#,
        template: Some("Parameters: {Name: {Type: String}}"),
        values: &[("Name", "bot")],
        origins: &["dist"],
        expected: HOME,
    },
    Case {
        source: "Seshtholeti/shoplane README.md",
        config: r"
Origins: [{DomainName: !GetAtt Flows.RegionalDomainName, Id: flows, S3OriginConfig: {}}]
Enabled: true
DefaultCacheBehavior:
  TargetOriginId: flows
  ViewerProtocolPolicy: redirect-to-https
  ForwardedValues: {QueryString: false}
DefaultRootObject: index.html
",
        template: Some("Resources:\n  Flows: {Type: AWS::S3::Bucket}\n"),
        values: &[],
        origins: &["flows"],
        expected: HOME,
    },
    Case {
        source: "LarsMarin/aws-periodic-table infrastructure/cloudfront.yaml",
        config: r#"
Enabled: true
DefaultRootObject: !Ref Object
Aliases: [!Ref Name, !Sub "www.${Name}"]
ViewerCertificate: {AcmCertificateArn: !Ref Certificate}
Origins:
- {Id: s3, DomainName: !Sub "${Bucket}.s3.eu-central-1.amazonaws.com", OriginAccessControlId: !Ref Access, S3OriginConfig: {}}
DefaultCacheBehavior:
  TargetOriginId: s3
  ViewerProtocolPolicy: redirect-to-https
  AllowedMethods: [GET, HEAD, OPTIONS]
  CachedMethods: [GET, HEAD]
  Compress: true
  CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
HttpVersion: http2and3
"#,
        template: Some(
            r#"
Parameters:
  Name: {Type: String, Default: example.com}
  Zone: {Type: String}
  Bucket: {Type: String, Default: example.com}
  Object: {Type: String, Default: index.html}
Resources:
  Certificate: {Type: AWS::CertificateManager::Certificate, Properties: {DomainName: !Ref Name}}
  Access:
    Type: AWS::CloudFront::OriginAccessControl
    Properties:
      OriginAccessControlConfig:
        {Name: !Sub "${Name}-OAC", OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: sigv4}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Bucket
      PolicyDocument:
        Statement:
        - Effect: Allow
          Principal: {Service: cloudfront.amazonaws.com}
          Action: s3:GetObject
          Resource: !Sub "arn:aws:s3:::${Bucket}/*"
          Condition:
            StringEquals: {"AWS:SourceArn": !Sub "arn:aws:cloudfront::${AWS::AccountId}:distribution/${Site}"}
"#,
        ),
        values: &[],
        origins: &["s3"],
        expected: HOME,
    },
    // The policy names the service, but the origin has an identity: CloudFront is denied.
    Case {
        source: "thelaunchengine/ai-messaging-tool cloudformation/cloudfront.yaml",
        config: r#"
DefaultCacheBehavior:
  TargetOriginId: S3Origin
  ViewerProtocolPolicy: redirect-to-https
  AllowedMethods: [GET, HEAD, OPTIONS, PUT, POST, PATCH, DELETE]
  CachedMethods: [GET, HEAD, OPTIONS]
  ForwardedValues:
    QueryString: true
    Cookies: {Forward: none}
    Headers: [CloudFront-Forwarded-Proto, CloudFront-Is-Mobile-Viewer, CloudFront-Viewer-Country]
  DefaultTTL: !Ref Seconds
DefaultRootObject: index.html
Enabled: true
Origins:
- Id: S3Origin
  DomainName: !ImportValue {"Fn::Sub": "${Stage}-bucket"}
  S3OriginConfig: {OriginAccessIdentity: !Sub "origin-access-identity/cloudfront/${Identity}"}
CustomErrorResponses: [{ErrorCode: !Ref Code, ResponseCode: 200, ResponsePagePath: /index.html, ErrorCachingMinTTL: 300}]
WebACLId: !If [IsProduction, !Ref Acl, !Ref AWS::NoValue]
"#,
        template: Some(
            r#"
Parameters:
  Stage: {Type: String, Default: production}
  Code: {Type: Number, Default: 404}
  Seconds: {Type: Number, Default: 86400}
Conditions: {IsProduction: !Equals [!Ref Stage, production]}
Resources:
  Acl: {Type: AWS::WAFv2::WebACL, Condition: IsProduction}
  Identity: {Type: AWS::CloudFront::CloudFrontOriginAccessIdentity}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: files
      PolicyDocument:
        Statement:
        - {Effect: Allow, Principal: {Service: cloudfront.amazonaws.com}, Action: s3:GetObject, Resource: !Sub "${!X}/*"}
"#,
        ),
        values: &[("Stage", "staging"), ("staging-bucket", "files.s3.us-east-1.amazonaws.com")],
        origins: &["S3Origin"],
        expected: Expected::Served(&[("/", 403, "AccessDenied")]),
    },
    Case {
        source: "FernandoFdezdC/guitarras-domingo-fernandez-web cloudfront.yaml",
        config: r"
Enabled: true
Aliases: [example.com, www.example.com]
Origins:
- {Id: web, DomainName: !Ref Endpoint, CustomOriginConfig: {HTTPPort: 80, HTTPSPort: 443, OriginProtocolPolicy: http-only}}
DefaultCacheBehavior:
  TargetOriginId: web
  ViewerProtocolPolicy: redirect-to-https
  AllowedMethods: [GET, HEAD]
  CachedMethods: [GET, HEAD]
  ForwardedValues: {QueryString: false, Cookies: {Forward: none}}
DefaultRootObject: index.html
Logging: !If [HasLogs, {Bucket: !Ref Logs}, !Ref AWS::NoValue]
",
        template: Some(
            "Parameters: {Endpoint: {Type: String}, Logs: {Type: String, Default: ''}}\nConditions: {HasLogs: !Not [!Equals [!Ref Logs, '']]}",
        ),
        values: &[("Endpoint", "site.s3-website.eu-west-1.amazonaws.com")],
        origins: &["web"],
        expected: Expected::Served(&[
            ("/", 200, "home"),
            ("/docs", 302, "location: /docs/"),
            ("/none", 404, "NoSuchKey"),
        ]),
    },
    Case {
        source: "jhuseinovic/Invoices infra/cloudfront.yaml",
        config: r#"
Enabled: true
Aliases: [!Ref Name]
DefaultRootObject: index.html
Origins:
- DomainName: !Sub "${Bucket}.s3-website-${AWS::Region}.amazonaws.com"
  Id: web
  CustomOriginConfig: {OriginProtocolPolicy: http-only, HTTPPort: 80, HTTPSPort: 443, OriginSSLProtocols: [TLSv1.2]}
DefaultCacheBehavior:
  TargetOriginId: web
  ViewerProtocolPolicy: redirect-to-https
  AllowedMethods: [GET, HEAD, OPTIONS]
  CachedMethods: [GET, HEAD, OPTIONS]
  Compress: true
  ForwardedValues: {QueryString: true, Cookies: {Forward: none}}
CustomErrorResponses:
- {ErrorCode: 403, ResponseCode: 200, ResponsePagePath: /index.html, ErrorCachingMinTTL: 0}
- {ErrorCode: 404, ResponseCode: 200, ResponsePagePath: /index.html, ErrorCachingMinTTL: 0}
"#,
        template: Some("Parameters: {Bucket: {Type: String}, Name: {Type: String}}"),
        values: &[("Bucket", "invoices"), ("Name", "invoices.example.com")],
        origins: &["web"],
        expected: Expected::Served(&[("/docs/", 200, "docs"), ("/invoice/7", 200, "home")]),
    },
    // A website endpoint has no TLS, so this origin cannot be reached.
    Case {
        source: "mojumah/cake.halab.info cloudfront.yaml",
        config: r#"
DefaultCacheBehavior:
  ViewerProtocolPolicy: https-only
  DefaultTTL: 3600
  ForwardedValues: {Cookies: {Forward: none}, QueryString: true}
  TargetOriginId: "arn:aws:s3:::soup"
Enabled: true
Aliases: [soup.example.com]
ViewerCertificate: {AcmCertificateArn: "{{resolve:ssm:cert}}"}
Origins:
- DomainName: soup.s3-website.eu-west-2.amazonaws.com
  Id: "arn:aws:s3:::soup"
  CustomOriginConfig: {HTTPSPort: 443, OriginProtocolPolicy: https-only}
"#,
        template: Some(""),
        values: &[],
        origins: &["arn:aws:s3:::soup"],
        expected: Expected::Served(&[("/", 504, "website endpoint")]),
    },
    Case {
        source: "kz777/s3-static-website cloudfront.yaml",
        config: r#"
Origins: [{DomainName: b.s3.amazonaws.com, Id: b, S3OriginConfig: {OriginAccessIdentity: origin-access-identity/cloudfront/E1}}]
Enabled: "true"
DefaultCacheBehavior:
  TargetOriginId: b
  ForwardedValues: {QueryString: "false", Cookies: {Forward: none}}
  TrustedSigners: [111122223333]
  ViewerProtocolPolicy: allow-all
Restrictions: {GeoRestriction: {RestrictionType: whitelist, Locations: [AQ, CV]}}
ViewerCertificate: {CloudFrontDefaultCertificate: "true"}
"#,
        template: Some(""),
        values: &[],
        origins: &["b"],
        expected: Expected::Refused("not modelled locally: TrustedSigners, at Resources.Site"),
    },
    Case {
        source: "henriqueleite42/roles-e-jogos-backend cloudformation/cloudfront.yaml",
        config: r"
DefaultCacheBehavior:
  AllowedMethods: [HEAD, GET]
  ForwardedValues: {Headers: [Origin], QueryString: false}
  TargetOriginId: o
  ViewerProtocolPolicy: redirect-to-https
  Enabled: true
  Origins: [{Id: o, DomainName: o.s3.amazonaws.com}]
",
        template: Some(""),
        values: &[],
        origins: &[],
        expected: Expected::Refused(
            "the field Enabled, at Resources.Site.Properties.DistributionConfig.DefaultCacheBehavior",
        ),
    },
];
