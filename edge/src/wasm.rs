//! The JavaScript interface: the class `Handler`, which the Node entry uses. Strings in, strings out; it contains no rules.

use getrandom::SysRng;
use serde_json::{Value, json};
use vitae_signer::NodeCrypto;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{BundleConfig, Credentials, Handler, RefreshResult, SignerSetup};

/// The edge function of one environment.
#[wasm_bindgen(js_name = Handler)]
#[derive(Debug)]
pub struct JsHandler(Handler);

#[wasm_bindgen(js_class = Handler)]
impl JsHandler {
    /// A handler without a configuration, from the text of `bundle.json`. `node:crypto` computes the signatures.
    ///
    /// # Errors
    /// What is wrong with `bundle.json`, as a string.
    #[wasm_bindgen(constructor)]
    pub fn new(bundle_json: &str, crypto: NodeCrypto) -> Result<Self, String> {
        let bundle = BundleConfig::parse(bundle_json).map_err(|error| error.to_string())?;
        let setup = SignerSetup::new(move |signer| signer.with_node_crypto(&crypto));
        Ok(Self(Handler::with_signer_setup(bundle, js_sys::Math::random(), setup)))
    }

    /// The response, as JSON, to a request whose handling trapped.
    #[must_use]
    #[wasm_bindgen(js_name = internalError)]
    pub fn internal_error() -> String {
        Handler::internal_error().to_string()
    }

    /// The log line, as JSON, of a replaced instance.
    #[must_use]
    #[wasm_bindgen(js_name = instanceReplaced)]
    pub fn instance_replaced(reason: &str, now_ms: f64) -> String {
        Handler::instance_replaced(reason, milliseconds(now_ms)).to_string()
    }

    /// Starts a refresh, if one is due and none is in progress.
    #[wasm_bindgen(js_name = startRefresh)]
    pub fn start_refresh(&mut self, now_ms: f64) -> bool {
        self.0.start_refresh(milliseconds(now_ms))
    }

    /// The request for Parameter Store: JSON of `{method, url, headers: [[name, value]], body}`.
    ///
    /// # Errors
    /// Why the request cannot be made, as a string without secrets.
    #[wasm_bindgen(js_name = getParametersRequest)]
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen passes optional strings by value")]
    pub fn get_parameters_request(
        &self,
        access_key_id: &str,
        secret_access_key: &str,
        session_token: Option<String>,
        endpoint_url: Option<String>,
        now_ms: f64,
    ) -> Result<String, String> {
        let credentials = Credentials { access_key_id, secret_access_key, session_token: session_token.as_deref() };
        let request = self
            .0
            .get_parameters_request(&credentials, endpoint_url.as_deref(), milliseconds(now_ms))
            .map_err(|error| error.to_string())?;
        serde_json::to_string(&request).map_err(|error| error.to_string())
    }

    /// Applies the response to the refresh that was started at `started_at_ms`: JSON of `{accepted, log}`.
    #[wasm_bindgen(js_name = acceptParameters)]
    pub fn accept_parameters(&mut self, status: u16, body: &str, started_at_ms: f64) -> String {
        refresh_result(self.0.accept_parameters(status, body, milliseconds(started_at_ms)))
    }

    /// Records that the refresh that was started at `started_at_ms` got no response: JSON of `{accepted, log}`.
    #[wasm_bindgen(js_name = refreshFailed)]
    pub fn refresh_failed(&mut self, reason: &str, started_at_ms: f64) -> String {
        refresh_result(self.0.refresh_failed(reason, milliseconds(started_at_ms)))
    }

    /// `fresh`, `stale`, `expired` or `none`.
    #[must_use]
    pub fn freshness(&self, now_ms: f64) -> String {
        self.0.freshness(milliseconds(now_ms)).to_owned()
    }

    /// Handles an event: JSON of `{result, refresh, log}`; see [`Handler::handle`].
    pub fn handle(&mut self, event_json: &str, now_ms: f64, may_wait: bool) -> String {
        let output = self.0.handle(event_json, milliseconds(now_ms), may_wait, &mut SysRng);
        json!({
            "result": output.result,
            "refresh": output.refresh,
            "log": output.log,
        })
        .to_string()
    }

    /// Warms the handler up before the first request; `false` if no link can be signed yet.
    #[wasm_bindgen(js_name = warmUp)]
    pub fn warm_up(&mut self, now_ms: f64) -> bool {
        let Some(event) = self.0.warm_up_event(milliseconds(now_ms)) else { return false };
        !self.handle(&event.to_string(), now_ms, false).is_empty()
    }
}

fn refresh_result(result: RefreshResult) -> String {
    json!({"accepted": result.accepted, "log": Value::Array(result.log)}).to_string()
}

/// `Date.now()`: whole, and exact far beyond any date.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates, and NaN is 0")]
fn milliseconds(date_now: f64) -> u64 {
    date_now as u64
}
