//! Environments of the edge: the edge's native handler, with the time and the refreshes of the test. The bundle in Node runs
//! the same code, but is too slow for so many links.

use aws_sdk_ssm::Client;
use getrandom::SysRng;
use serde_json::{Value, json};
use vitae_edge::{BundleConfig, Handler};
use vitae_parameters::{EDGE_PARAMETERS, Prefix};

/// One environment. Its refreshes fail until its configuration has an age of `refresh_age_s`, as they do if Lambda freezes
/// the environment between requests.
pub(crate) struct Environment {
    edge: Handler,
    refresh_age_s: u64,
    refreshed_at: u64,
}

impl Environment {
    pub(crate) fn new(prefix: &Prefix, refresh_age_s: u64) -> Self {
        let bundle = json!({ "prefix": prefix.to_string(), "region": "us-east-1" }).to_string();
        let bundle = BundleConfig::parse(&bundle).expect("a bundle");
        Self { edge: Handler::new(bundle, 0.0), refresh_age_s, refreshed_at: 0 }
    }

    /// A link to the CV, and the time it expires.
    pub(crate) async fn mint(&mut self, ssm: &Client, prefix: &Prefix, host: &str, now: u64) -> (String, u64) {
        let now_ms = now * 1000;
        let event = event(host);
        let refreshes = self.edge.handle(&event, now_ms, false, &mut SysRng).refresh;
        // A request that must wait also waits for a refresh in progress, which is not requested again.
        let must = matches!(self.edge.freshness(now_ms), "expired" | "none");
        if must || (refreshes && now - self.refreshed_at >= self.refresh_age_s) {
            let refresh = self.edge.accept_parameters(200, &parameters(ssm, prefix).await, now_ms);
            assert!(refresh.accepted, "{:?}", refresh.log);
            self.refreshed_at = now;
        }
        let outcome = self.edge.handle(&event, now_ms, false, &mut SysRng);
        let response = outcome.result.expect("a response");
        assert_eq!(response["status"], "200", "{response} {:?}", outcome.log);
        let body: Value = serde_json::from_str(response["body"].as_str().expect("a body")).expect("JSON");
        (body["url"].as_str().expect("a link").to_owned(), body["expires"].as_u64().expect("seconds"))
    }
}

/// Parameter Store's response to the edge's call.
async fn parameters(ssm: &Client, prefix: &Prefix) -> String {
    let names = EDGE_PARAMETERS.map(|parameter| prefix.name(parameter));
    let get = ssm.get_parameters().set_names(Some(names.to_vec())).with_decryption(true);
    let got = get.send().await.expect("parameters");
    let parameter = |parameter: &aws_sdk_ssm::types::Parameter| {
        let kind = parameter.r#type().map_or("String", |kind| kind.as_str());
        json!({ "Name": parameter.name(), "Type": kind, "Value": parameter.value(), "Version": parameter.version() })
    };
    let stored: Vec<_> = got.parameters().iter().map(parameter).collect();
    json!({ "Parameters": stored, "InvalidParameters": got.invalid_parameters() }).to_string()
}

fn event(host: &str) -> String {
    let header = |name: &str, value: &str| json!([{ "key": name, "value": value }]);
    json!({"Records": [{"cf": {
        "config": {
            "distributionDomainName": "d111111abcdef8.cloudfront.net", "distributionId": "EDFDVBD6EXAMPLE",
            "eventType": "viewer-request", "requestId": "4TyzHTaYWb1GX1qTfsHhEqV6HUDd_BzoBZnwfnvQc_1oF26ClkoUSEQ=="
        },
        "request": {
            "clientIp": "203.0.113.178", "method": "GET", "querystring": "", "uri": "/api/cv",
            "headers": {
                "host": header("Host", host), "accept": header("Accept", "application/json"),
                "sec-fetch-site": header("Sec-Fetch-Site", "same-origin")
            }
        }
    }}]})
    .to_string()
}
