//! CloudFront Functions and Lambda@Edge.

use super::{Case, Expected};

pub(super) const CASES: &[Case] = &[
    Case {
        source: "aws-samples/amazon-cloudfront-secure-static-site templates/cloudfront-site.yaml",
        config: r#"
Aliases: [!Sub "${Sub}.${Name}"]
DefaultCacheBehavior:
  Compress: true
  DefaultTTL: 86400
  ForwardedValues: {QueryString: true}
  MaxTTL: 31536000
  TargetOriginId: root
  LambdaFunctionAssociations: [{EventType: origin-response, LambdaFunctionARN: !Ref Version}]
  ViewerProtocolPolicy: redirect-to-https
CustomErrorResponses:
- {ErrorCachingMinTTL: 60, ErrorCode: 403, ResponseCode: 403, ResponsePagePath: /404.html}
Enabled: true
DefaultRootObject: index.html
Origins:
- DomainName: !Ref Bucket
  Id: root
  S3OriginConfig: {OriginAccessIdentity: !Join ["", [origin-access-identity/cloudfront/, !Ref Identity]]}
"#,
        template: Some(
            r"
Transform: AWS::Serverless-2016-10-31
Parameters: {Sub: {Type: String}, Name: {Type: String}, Bucket: {Type: String}}
Resources:
  Identity: {Type: AWS::CloudFront::CloudFrontOriginAccessIdentity}
  Function:
    Type: AWS::Serverless::Function
    Properties: {Handler: index.handler, CodeUri: headers, Runtime: nodejs24.x, Timeout: 25}
  Version: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref Function, Description: v1}}
",
        ),
        values: &[("Sub", "www"), ("Name", "example.com"), ("Bucket", "b.s3.amazonaws.com")],
        origins: &["root"],
        expected: Expected::Served(&[("/", 200, "x-frame-options: DENY"), ("/none", 403, "not found page")]),
    },
    // The custom resource that publishes the version has no local value, so it is passed.
    Case {
        source: "aws-samples/cloudfront-authorization-at-edge template.yaml",
        config: r#"
CacheBehaviors:
- PathPattern: !Ref SignIn
  Compress: true
  ForwardedValues: {QueryString: true}
  LambdaFunctionAssociations: [{EventType: viewer-request, LambdaFunctionARN: !GetAtt CheckVersion.FunctionArn}]
  TargetOriginId: dummy
  ViewerProtocolPolicy: redirect-to-https
DefaultCacheBehavior:
  Compress: true
  ForwardedValues: {QueryString: true}
  LambdaFunctionAssociations:
  - {EventType: viewer-request, LambdaFunctionARN: !GetAtt CheckVersion.FunctionArn}
  - {EventType: origin-response, LambdaFunctionARN: !GetAtt HeadersVersion.FunctionArn}
  TargetOriginId: bucket
  ViewerProtocolPolicy: redirect-to-https
Enabled: true
DefaultRootObject: index.html
Origins:
- DomainName: !Sub "${Bucket}.s3.amazonaws.com"
  Id: bucket
  S3OriginConfig: {OriginAccessIdentity: !Sub "origin-access-identity/cloudfront/${Identity}"}
- {DomainName: example.org, Id: dummy, CustomOriginConfig: {OriginProtocolPolicy: match-viewer}}
CustomErrorResponses: [{ErrorCode: 404, ResponseCode: 200, ResponsePagePath: /index.html}]
"#,
        template: Some(
            r"
Transform: AWS::Serverless-2016-10-31
Globals: {Function: {Timeout: 5, Runtime: nodejs24.x}}
Parameters: {SignIn: {Type: String, Default: /parseauth}}
Resources:
  Bucket: {Type: AWS::S3::Bucket, Properties: {AccessControl: Private}}
  Identity: {Type: AWS::CloudFront::CloudFrontOriginAccessIdentity}
  Check: {Type: AWS::Serverless::Function, Properties: {CodeUri: auth/, Handler: bundle.handler}}
  Headers: {Type: AWS::Serverless::Function, Properties: {CodeUri: headers/, Handler: index.handler}}
  CheckVersion: {Type: Custom::LambdaCodeUpdate, Properties: {LambdaFunction: !GetAtt Check.Arn}}
  HeadersVersion: {Type: Custom::LambdaCodeUpdate, Properties: {LambdaFunction: !GetAtt Headers.Arn}}
",
        ),
        values: &[
            ("CheckVersion.FunctionArn", "arn:aws:lambda:us-east-1:000000000000:function:Check:1"),
            ("HeadersVersion.FunctionArn", "arn:aws:lambda:us-east-1:000000000000:function:Headers:1"),
        ],
        origins: &["bucket"],
        expected: Expected::Served(&[("/", 307, "location: /sign-in"), ("/parseauth", 307, "LambdaGeneratedResponse")]),
    },
    Case {
        source: "nevaan9/aws-cloudfront-lambda-edge cloudfront.yaml",
        config: r#"
Origins:
- Id: files
  DomainName: {"Fn::GetAtt": [Files, RegionalDomainName]}
  S3OriginConfig: {OriginAccessIdentity: {"Fn::Sub": "origin-access-identity/cloudfront/${Identity}"}}
DefaultRootObject: index.html
DefaultCacheBehavior:
  TargetOriginId: files
  LambdaFunctionAssociations: [{EventType: viewer-request, LambdaFunctionARN: !Ref Version}]
  ViewerProtocolPolicy: allow-all
  ForwardedValues: {Headers: [], Cookies: {Forward: none}, QueryString: false, QueryStringCacheKeys: []}
  MinTTL: 0
  MaxTTL: 600
  DefaultTTL: 60
ViewerCertificate: {CloudFrontDefaultCertificate: true}
Enabled: true
CustomErrorResponses: [{ErrorCachingMinTTL: 5, ErrorCode: 400}, {ErrorCachingMinTTL: 5, ErrorCode: 503}]
"#,
        template: Some(
            r#"
Resources:
  Files:
    Type: AWS::S3::Bucket
    Properties:
      BucketName:
        Fn::Sub:
        - files-${Unique}
        - Unique: {"Fn::Select": [0, {"Fn::Split": ["-", {"Fn::Select": [2, {"Fn::Split": ["/", {"Ref": "AWS::StackId"}]}]}]}]}
  Identity: {Type: AWS::CloudFront::CloudFrontOriginAccessIdentity}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: {Ref: Files}
      PolicyDocument:
        Statement:
        - Effect: Allow
          Principal: {AWS: {"Fn::Sub": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity ${Identity}"}}
          Action: s3:GetObject
          Resource: {"Fn::Sub": ["${Arn}/*", {"Arn": {"Fn::GetAtt": [Files, Arn]}}]}
  Function:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs24.x
      Handler: index.handler
      Code:
        ZipFile: |
          exports.handler = async (event) => {
            const request = event.Records[0].cf.request;
            if (request.uri === '/old') request.uri = '/a.txt';
            return request;
          };
  Version: {Type: AWS::Lambda::Version, Properties: {FunctionName: !GetAtt Function.Arn}}
"#,
        ),
        values: &[],
        origins: &["files"],
        expected: Expected::Served(&[("/old", 200, "A"), ("/", 200, "home")]),
    },
    Case {
        source: "nicobn/lambda-at-edge-demo cloudfront.yaml",
        config: r"
Origins: [{Id: lb, DomainName: !Ref Server, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
Enabled: true
DefaultRootObject: index.php
DefaultCacheBehavior:
  LambdaFunctionAssociations: [{EventType: viewer-request, LambdaFunctionARN: !Ref Function.Version}]
  AllowedMethods: [DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT]
  TargetOriginId: lb
  ForwardedValues: {QueryString: true, Cookies: {Forward: all}}
  ViewerProtocolPolicy: allow-all
",
        template: Some(
            r"
Transform: AWS::Serverless-2016-10-31
Parameters: {Server: {Type: String}}
Resources:
  Function:
    Type: AWS::Serverless::Function
    Properties: {AutoPublishAlias: live, CodeUri: ./auth/, Handler: bundle.handler, MemorySize: 128, Runtime: python3.7, Timeout: 1}
",
        ),
        values: &[("Server", "lb.example.com")],
        origins: &["lb"],
        expected: Expected::Refused("not modelled locally: runtime \"python3.7\""),
    },
    Case {
        source: "currentclient/kurteyt-url infra/cloudfront.yaml",
        config: r#"
DefaultCacheBehavior:
  AllowedMethods: [GET, POST, OPTIONS, PUT, PATCH, DELETE, HEAD]
  CachePolicyId: b2884449-e4de-46a7-ac36-70bc7f1ddd6d
  MaxTTL: 60
  MinTTL: 0
  LambdaFunctionAssociations: [{EventType: viewer-request, LambdaFunctionARN: !Ref Version}]
  TargetOriginId: {"Fn::Sub": API-root}
  ViewerProtocolPolicy: redirect-to-https
Enabled: true
Origins: [{DomainName: api.example.com, Id: {"Fn::Sub": API-root}, CustomOriginConfig: {OriginProtocolPolicy: https-only}}]
"#,
        // The function is added by a tool that writes the rest of the template.
        template: Some(
            "Resources:\n  Version: {Type: AWS::Lambda::Version, Properties: {FunctionName: !Ref EdgeLambdaFunction}}\n",
        ),
        values: &[],
        origins: &["API-root"],
        expected: Expected::Refused("\"EdgeLambdaFunction\" is neither a parameter nor a resource"),
    },
    Case {
        source: "AnferneeDev/anferneedev-portfolio infrastructure/cloudfront.yaml",
        config: r#"
Enabled: true
DefaultRootObject: index.html
Aliases: [!Ref Name, !Sub "www.${Name}"]
Origins:
- DomainName: !GetAtt Files.RegionalDomainName
  Id: files
  S3OriginConfig: {OriginAccessIdentity: ""}
  OriginAccessControlId: !GetAtt Access.Id
CacheBehaviors:
- PathPattern: /private*
  TargetOriginId: files
  ViewerProtocolPolicy: redirect-to-https
  CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
  ResponseHeadersPolicyId: !Ref Headers
  FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Password.FunctionARN}]
DefaultCacheBehavior:
  TargetOriginId: files
  ViewerProtocolPolicy: redirect-to-https
  AllowedMethods: [GET, HEAD, OPTIONS]
  CachedMethods: [GET, HEAD]
  CachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
  ResponseHeadersPolicyId: !Ref Headers
  FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Index.FunctionARN}]
CustomErrorResponses: [{ErrorCode: 403, ResponseCode: 200, ResponsePagePath: /404.html}]
"#,
        template: Some(
            r#"
Parameters: {Name: {Type: String, Default: example.com}, Secret: {Type: String, NoEcho: true, Default: Basic REPLACE_ME}}
Resources:
  Files: {Type: AWS::S3::Bucket, Properties: {BucketName: !Sub "files-${AWS::AccountId}-${AWS::Region}"}}
  Access:
    Type: AWS::CloudFront::OriginAccessControl
    Properties:
      OriginAccessControlConfig: {Name: a, OriginAccessControlOriginType: s3, SigningBehavior: always, SigningProtocol: sigv4}
  Policy:
    Type: AWS::S3::BucketPolicy
    Properties:
      Bucket: !Ref Files
      PolicyDocument:
        Statement:
        - Effect: Allow
          Principal: {Service: cloudfront.amazonaws.com}
          Action: s3:GetObject
          Resource: !Sub "${Files.Arn}/*"
          Condition: {StringEquals: {"AWS:SourceArn": !Sub "arn:aws:cloudfront::${AWS::AccountId}:distribution/${Site}"}}
  Headers:
    Type: AWS::CloudFront::ResponseHeadersPolicy
    Properties:
      ResponseHeadersPolicyConfig:
        Name: h
        SecurityHeadersConfig:
          StrictTransportSecurity: {AccessControlMaxAgeSec: 31536000, IncludeSubdomains: true, Preload: true, Override: true}
  Password:
    Type: AWS::CloudFront::Function
    Properties:
      Name: !Sub "${AWS::StackName}-password"
      AutoPublish: true
      FunctionConfig: {Comment: "", Runtime: cloudfront-js-1.0}
      FunctionCode: !Sub |
        function handler(event) {
          var given = event.request.headers.authorization;
          if (!given || given.value !== "${Secret}")
            return { statusCode: 401, headers: { 'www-authenticate': { value: 'Basic realm="x"' } } };
          return event.request;
        }
  Index:
    Type: AWS::CloudFront::Function
    Properties:
      Name: !Sub "${AWS::StackName}-index"
      AutoPublish: true
      FunctionConfig: {Comment: "", Runtime: cloudfront-js-1.0}
      FunctionCode: |
        function handler(event) {
          var request = event.request;
          var last = request.uri.substring(request.uri.lastIndexOf('/') + 1);
          if (request.uri.endsWith('/')) request.uri += 'index.html';
          else if (last.indexOf('.') === -1) request.uri += '/index.html';
          return request;
        }
"#,
        ),
        values: &[],
        origins: &["files"],
        expected: Expected::Served(&[
            ("/docs", 200, "docs"),
            ("/private", 401, "www-authenticate"),
            ("/none.txt", 200, "not found page"),
            ("/", 200, "strict-transport-security: max-age=31536000; includeSubDomains; preload"),
        ]),
    },
    Case {
        source: "aws-samples/amazon-cloudfront-functions kvs-conditional-read/ABUriMappingFunction.js",
        config: r"
Enabled: true
Origins: [{Id: o, DomainName: o.s3.amazonaws.com, S3OriginConfig: {}}]
DefaultCacheBehavior:
  TargetOriginId: o
  ViewerProtocolPolicy: allow-all
  CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad
  FunctionAssociations: [{EventType: viewer-request, FunctionARN: !GetAtt Redirect.FunctionARN}]
",
        template: Some(
            r#"
Resources:
  Paths: {Type: AWS::CloudFront::KeyValueStore, Properties: {Name: !Sub "${AWS::StackName}-paths"}}
  Redirect:
    Type: AWS::CloudFront::Function
    Properties:
      Name: redirect
      AutoPublish: true
      FunctionConfig:
        Comment: ""
        Runtime: cloudfront-js-2.0
        KeyValueStoreAssociations: [{KeyValueStoreARN: !GetAtt Paths.Arn}]
      FunctionCode: !Sub |
        import cf from 'cloudfront';
        const store = cf.kvs('${Paths.Id}');
        async function handler(event) {
          const request = event.request;
          let target = '';
          try { target = await store.get(request.uri); } catch (error) { target = String(error); }
          return { statusCode: 302, headers: { location: { value: target } } };
        }
"#,
        ),
        values: &[],
        origins: &["o"],
        // A new store is empty.
        expected: Expected::Served(&[("/x", 302, "location: Error: KeyNotFound")]),
    },
];
