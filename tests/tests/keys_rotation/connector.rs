//! The way of the function's calls to the local cloud: counted, broken where the test says, and with the test's time in
//! whatever a service dates.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;
use serde_json::Value;

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The function ends before the call goes out.
    CrashBefore,
    /// The call is carried out, and the function ends before it hears of that.
    CrashAfter,
    /// The service refuses: too many requests.
    Throttled,
    /// CloudFront refuses: somebody else was faster.
    Changed,
}

/// A fault that waits for its call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Armed {
    pub(crate) call: &'static str,
    /// How many such calls it lets pass.
    pub(crate) skip: usize,
    pub(crate) fault: Fault,
}

impl Armed {
    /// Every call that the function makes while it rotates, the first and the second time, with every fault. Versions that
    /// are out of date are CloudFront's alone.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        const CALLS: [&str; 10] = [
            "GET key-group",
            "GET public-key",
            "GET distribution",
            "GetParameters",
            "PutParameter",
            "POST public-key",
            "PUT key-group",
            "PUT cv",
            "DeleteParameters",
            "DELETE public-key",
        ];
        let faults = [Fault::CrashBefore, Fault::CrashAfter, Fault::Throttled, Fault::Changed];
        let all = [0, 1].into_iter().flat_map(move |skip| {
            CALLS.into_iter().flat_map(move |call| faults.map(|fault| Self { call, skip, fault }))
        });
        all.filter(|armed| armed.fault != Fault::Changed || matches!(armed.call, "PUT key-group" | "DELETE public-key"))
    }
}

#[derive(Default)]
struct State {
    now: u64,
    /// When what is dated was written, by name.
    written: HashMap<String, u64>,
    calls: usize,
    armed: Option<Armed>,
    fired: Option<Armed>,
    is_dead: bool,
}

/// The way, and what the test knows of it.
#[derive(Clone, Default)]
pub(crate) struct Way(Arc<Mutex<State>>);

impl Way {
    pub(crate) fn set_now(&self, now: u64) {
        self.0.lock().unwrap().now = now;
    }

    pub(crate) fn now(&self) -> u64 {
        self.0.lock().unwrap().now
    }

    /// Begins a run.
    pub(crate) fn begin(&self) {
        let mut state = self.0.lock().unwrap();
        (state.fired, state.is_dead) = (None, false);
    }

    /// Has one fault wait for its call, over as many runs as that takes.
    pub(crate) fn arm(&self, armed: Option<Armed>) {
        self.0.lock().unwrap().armed = armed;
    }

    /// The fault of this run, if it came to that.
    pub(crate) fn fired(&self) -> Option<Armed> {
        self.0.lock().unwrap().fired
    }

    /// How many calls were made in all.
    pub(crate) fn calls(&self) -> usize {
        self.0.lock().unwrap().calls
    }

    /// A client that goes this way.
    pub(crate) fn client(&self, real: &SharedHttpConnector) -> SharedHttpClient {
        let (way, real) = (self.clone(), real.clone());
        http_client_fn(move |_: &HttpConnectorSettings, _: &RuntimeComponents| {
            SharedHttpConnector::new(Through { way: way.clone(), real: real.clone() })
        })
    }
}

#[derive(Clone)]
struct Through {
    way: Way,
    real: SharedHttpConnector,
}

impl std::fmt::Debug for Through {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Through")
    }
}

/// A call: its name, and under which name its effect is dated.
struct Call {
    name: String,
    dates: Option<String>,
}

impl Call {
    fn of(request: &HttpRequest) -> Self {
        if let Some(target) = request.headers().get("x-amz-target") {
            let name = target.rsplit('.').next().unwrap_or_default().to_owned();
            let body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
            let dates = (name == "PutParameter").then(|| body["Name"].as_str().unwrap_or_default().to_owned());
            return Self { name, dates };
        }
        let path = request.uri().split_once("//").and_then(|(_, idle)| idle.split_once('/')).unwrap_or_default().1;
        let what = path.split(['/', '?']).nth(1).unwrap_or_default();
        let is_group_change = what == "key-group" && matches!(request.method(), "PUT" | "POST");
        Self { name: format!("{} {what}", request.method()), dates: is_group_change.then(|| "group".to_owned()) }
    }
}

impl HttpConnector for Through {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        HttpConnectorFuture::new(async move {
            let call = Call::of(&request);
            let dead = || ConnectorError::other("the function has ended".into(), None);
            let fault = {
                let mut state = this.way.0.lock().unwrap();
                if state.is_dead {
                    return Err(dead());
                }
                state.calls += 1;
                let armed = state.armed.filter(|armed| armed.call == call.name && state.fired.is_none());
                if let Some(Armed { skip: 1.., .. }) = armed {
                    state.armed = armed.map(|armed| Armed { skip: armed.skip - 1, ..armed });
                }
                let fault = armed.filter(|armed| armed.skip == 0).map(|armed| armed.fault);
                if let Some(fault) = fault {
                    state.fired = state.armed.take();
                    state.is_dead = matches!(fault, Fault::CrashBefore | Fault::CrashAfter);
                }
                fault
            };
            match fault {
                Some(Fault::CrashBefore) => return Err(dead()),
                Some(Fault::Throttled) => return Ok(refusal(400, &call, "ThrottlingException")),
                Some(Fault::Changed) => return Ok(refusal(412, &call, "PreconditionFailed")),
                Some(Fault::CrashAfter) | None => {}
            }
            let response = this.real.call(request).await?;
            if let (Some(name), true) = (&call.dates, response.status().is_success()) {
                let mut state = this.way.0.lock().unwrap();
                let now = state.now;
                state.written.insert(name.clone(), now);
            }
            if fault == Some(Fault::CrashAfter) {
                return Err(dead());
            }
            this.dated(&call, response).await
        })
    }
}

impl Through {
    /// The response with the test's time in it.
    async fn dated(&self, call: &Call, mut response: HttpResponse) -> Result<HttpResponse, ConnectorError> {
        if !matches!(call.name.as_str(), "GetParameters" | "GET key-group") {
            return Ok(response);
        }
        let body = ByteStream::new(response.take_body()).collect().await;
        let body = body.map_err(|error| ConnectorError::io(error.into()))?.to_vec();
        let state = self.way.0.lock().unwrap();
        let body = if call.name == "GetParameters" {
            let mut answer: Value = serde_json::from_slice(&body).unwrap_or_default();
            for parameter in answer["Parameters"].as_array_mut().into_iter().flatten() {
                let name = parameter["Name"].as_str().unwrap_or_default();
                let written = state.written.get(name).copied().unwrap_or_default();
                parameter["LastModifiedDate"] = written.into();
            }
            answer.to_string()
        } else {
            let written = state.written.get("group").copied().unwrap_or_default();
            let text = String::from_utf8_lossy(&body).into_owned();
            match (text.split_once("<LastModifiedTime>"), text.split_once("</LastModifiedTime>")) {
                (Some((before, _)), Some((_, after))) => {
                    let time = aws_smithy_types::DateTime::from_secs(i64::try_from(written).unwrap_or_default());
                    let time = time.fmt(aws_smithy_types::date_time::Format::DateTime).unwrap_or_default();
                    format!("{before}<LastModifiedTime>{time}</LastModifiedTime>{after}")
                }
                _ => text,
            }
        };
        drop(state);
        response.headers_mut().insert("content-length", body.len().to_string());
        *response.body_mut() = SdkBody::from(body);
        Ok(response)
    }
}

fn refusal(status: u16, call: &Call, code: &str) -> HttpResponse {
    let is_json = !call.name.contains(' ');
    let body = if is_json {
        format!("{{\"__type\":\"{code}\",\"message\":\"by the test\"}}")
    } else {
        format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>by the test</Message></Error></ErrorResponse>"
        )
    };
    HttpResponse::new(status.try_into().expect("a status"), SdkBody::from(body))
}
