//! The JavaScript side: the class `Edge`, which the Node entry uses. Strings in, strings out; every rule is elsewhere.

use getrandom::SysRng;
use serde_json::{Value, json};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{Accepted, Bundle, Credentials, Edge};

/// The edge function of one environment.
#[wasm_bindgen(js_name = Edge)]
#[derive(Debug)]
pub struct JsEdge(Edge);

#[wasm_bindgen(js_class = Edge)]
impl JsEdge {
    /// An edge that knows nothing yet, from the text of `bundle.json`.
    ///
    /// # Errors
    /// What is wrong with the bundle, as a string.
    #[wasm_bindgen(constructor)]
    pub fn new(bundle_json: &str) -> Result<Self, String> {
        let bundle = Bundle::parse(bundle_json).map_err(|error| error.to_string())?;
        Ok(Self(Edge::new(bundle, js_sys::Math::random())))
    }

    /// The answer, as JSON, to a request whose handling trapped.
    #[must_use]
    #[wasm_bindgen(js_name = internalAnswer)]
    pub fn internal_answer() -> String {
        Edge::internal_answer().to_string()
    }

    /// The headers that an answer which holds depends on, with commas between.
    #[must_use]
    #[wasm_bindgen(js_name = decidingHeaders)]
    pub fn deciding_headers() -> String {
        Edge::DECIDING_HEADERS.join(",")
    }

    /// The line for the log, as JSON, that says why the instance was replaced.
    #[must_use]
    #[wasm_bindgen(js_name = instanceReplaced)]
    pub fn instance_replaced(reason: &str, now_ms: f64) -> String {
        Edge::instance_replaced(reason, milliseconds(now_ms)).to_string()
    }

    /// Starts a refresh, if one is due and none is under way.
    #[wasm_bindgen(js_name = startRefresh)]
    pub fn start_refresh(&mut self, now_ms: f64) -> bool {
        self.0.start_refresh(milliseconds(now_ms))
    }

    /// The request for Parameter Store: JSON of `{method, url, headers: [[name, value]], body}`.
    ///
    /// # Errors
    /// Why none can be made, as a string without secrets.
    #[wasm_bindgen(js_name = getParametersRequest)]
    #[expect(clippy::needless_pass_by_value, reason = "wasm-bindgen hands optional strings over by value")]
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

    /// Takes in the answer to the refresh that was started at `asked_at_ms`: JSON of `{accepted, log}`.
    #[wasm_bindgen(js_name = acceptParameters)]
    pub fn accept_parameters(&mut self, status: u16, body: &str, asked_at_ms: f64) -> String {
        accepted(self.0.accept_parameters(status, body, milliseconds(asked_at_ms)))
    }

    /// Notes that the refresh that was started at `asked_at_ms` got no answer: JSON of `{accepted, log}`.
    #[wasm_bindgen(js_name = refreshFailed)]
    pub fn refresh_failed(&mut self, reason: &str, asked_at_ms: f64) -> String {
        accepted(self.0.refresh_failed(reason, milliseconds(asked_at_ms)))
    }

    /// `fresh`, `stale`, `expired` or `none`.
    #[must_use]
    pub fn freshness(&self, now_ms: f64) -> String {
        self.0.freshness(milliseconds(now_ms)).to_owned()
    }

    /// Handles an event: JSON of `{result, refresh, holds_until_ms, log}`; see [`Edge::handle`].
    pub fn handle(&mut self, event_json: &str, now_ms: f64, may_wait: bool) -> String {
        let outcome = self.0.handle(event_json, milliseconds(now_ms), may_wait, &mut SysRng);
        json!({
            "result": outcome.result,
            "refresh": outcome.refresh,
            "holds_until_ms": outcome.holds_until_ms,
            "log": outcome.log,
        })
        .to_string()
    }

    /// Handles an event of nobody's, before the first visitor comes; `false` if no link can be minted yet.
    pub fn rehearse(&mut self, now_ms: f64) -> bool {
        let Some(event) = self.0.rehearsal(milliseconds(now_ms)) else { return false };
        !self.handle(&event.to_string(), now_ms, false).is_empty()
    }
}

fn accepted(accepted: Accepted) -> String {
    json!({"accepted": accepted.accepted, "log": Value::Array(accepted.log)}).to_string()
}

/// `Date.now()`: whole, and exact far beyond any date.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a cast saturates, and NaN is 0")]
fn milliseconds(date_now: f64) -> u64 {
    date_now as u64
}
