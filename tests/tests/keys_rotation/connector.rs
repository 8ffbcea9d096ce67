//! The connector of the function's calls to the local cloud. It counts calls, injects faults, and replaces the services'
//! times with the test's time.

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

/// A fault of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The function ends before the call is sent.
    CrashBefore,
    /// The call is executed, and the function ends before it receives the response.
    CrashAfter,
    /// The service rejects the call: too many requests.
    Throttled,
    /// CloudFront rejects the call: another process changed the resource.
    Changed,
}

/// A fault and the call that it is injected into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PlannedFault {
    pub(crate) call: &'static str,
    /// How many such calls succeed first.
    pub(crate) skip: usize,
    pub(crate) fault: Fault,
}

impl PlannedFault {
    /// Every call of a rotation, the first and the second time, with every fault. Only CloudFront has versions.
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
        all.filter(|planned| {
            planned.fault != Fault::Changed || matches!(planned.call, "PUT key-group" | "DELETE public-key")
        })
    }
}

#[derive(Default)]
struct State {
    now: u64,
    /// When each parameter and the group were last written, by name.
    written: HashMap<String, u64>,
    calls: usize,
    planned: Option<PlannedFault>,
    fired: Option<PlannedFault>,
    is_dead: bool,
}

/// The shared state of the connectors.
#[derive(Clone, Default)]
pub(crate) struct Connections(Arc<Mutex<State>>);

impl Connections {
    pub(crate) fn set_now(&self, now: u64) {
        self.0.lock().unwrap().now = now;
    }

    pub(crate) fn now(&self) -> u64 {
        self.0.lock().unwrap().now
    }

    /// Starts a run.
    pub(crate) fn begin(&self) {
        let mut state = self.0.lock().unwrap();
        (state.fired, state.is_dead) = (None, false);
    }

    /// Plans one fault, which stays planned until its call.
    pub(crate) fn plan(&self, planned: Option<PlannedFault>) {
        self.0.lock().unwrap().planned = planned;
    }

    /// The fault that was injected in this run.
    pub(crate) fn fired(&self) -> Option<PlannedFault> {
        self.0.lock().unwrap().fired
    }

    /// The number of calls.
    pub(crate) fn calls(&self) -> usize {
        self.0.lock().unwrap().calls
    }

    /// A client with this connector.
    pub(crate) fn client(&self, real: &SharedHttpConnector) -> SharedHttpClient {
        let (connections, real) = (self.clone(), real.clone());
        http_client_fn(move |_: &HttpConnectorSettings, _: &RuntimeComponents| {
            SharedHttpConnector::new(FaultyConnector { connections: connections.clone(), real: real.clone() })
        })
    }
}

#[derive(Clone)]
struct FaultyConnector {
    connections: Connections,
    real: SharedHttpConnector,
}

impl std::fmt::Debug for FaultyConnector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FaultyConnector")
    }
}

/// A call: its name, and the name of what it writes.
struct Call {
    name: String,
    writes: Option<String>,
}

impl Call {
    fn from_request(request: &HttpRequest) -> Self {
        if let Some(target) = request.headers().get("x-amz-target") {
            let name = target.rsplit('.').next().unwrap_or_default().to_owned();
            let body: Value = serde_json::from_slice(request.body().bytes().unwrap_or_default()).unwrap_or_default();
            let writes = (name == "PutParameter").then(|| body["Name"].as_str().unwrap_or_default().to_owned());
            return Self { name, writes };
        }
        let path = request.uri().split_once("//").and_then(|(_, rest)| rest.split_once('/')).unwrap_or_default().1;
        let what = path.split(['/', '?']).nth(1).unwrap_or_default();
        let is_group_change = what == "key-group" && matches!(request.method(), "PUT" | "POST");
        Self { name: format!("{} {what}", request.method()), writes: is_group_change.then(|| "group".to_owned()) }
    }
}

impl HttpConnector for FaultyConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let this = self.clone();
        HttpConnectorFuture::new(async move {
            let call = Call::from_request(&request);
            let dead = || ConnectorError::other("the function has ended".into(), None);
            let fault = {
                let mut state = this.connections.0.lock().unwrap();
                if state.is_dead {
                    return Err(dead());
                }
                state.calls += 1;
                let planned = state.planned.filter(|planned| planned.call == call.name && state.fired.is_none());
                if let Some(PlannedFault { skip: 1.., .. }) = planned {
                    state.planned = planned.map(|planned| PlannedFault { skip: planned.skip - 1, ..planned });
                }
                let fault = planned.filter(|planned| planned.skip == 0).map(|planned| planned.fault);
                if let Some(fault) = fault {
                    state.fired = state.planned.take();
                    state.is_dead = matches!(fault, Fault::CrashBefore | Fault::CrashAfter);
                }
                fault
            };
            match fault {
                Some(Fault::CrashBefore) => return Err(dead()),
                Some(Fault::Throttled) => return Ok(rejection(400, &call, "ThrottlingException")),
                Some(Fault::Changed) => return Ok(rejection(412, &call, "PreconditionFailed")),
                Some(Fault::CrashAfter) | None => {}
            }
            let response = this.real.call(request).await?;
            if let (Some(name), true) = (&call.writes, response.status().is_success()) {
                let mut state = this.connections.0.lock().unwrap();
                let now = state.now;
                state.written.insert(name.clone(), now);
            }
            if fault == Some(Fault::CrashAfter) {
                return Err(dead());
            }
            this.replace_times(&call, response).await
        })
    }
}

impl FaultyConnector {
    /// Replaces the times in the response with the test's time.
    async fn replace_times(&self, call: &Call, mut response: HttpResponse) -> Result<HttpResponse, ConnectorError> {
        if !matches!(call.name.as_str(), "GetParameters" | "GET key-group") {
            return Ok(response);
        }
        let body = ByteStream::new(response.take_body()).collect().await;
        let body = body.map_err(|error| ConnectorError::io(error.into()))?.to_vec();
        let state = self.connections.0.lock().unwrap();
        let body = if call.name == "GetParameters" {
            let mut json: Value = serde_json::from_slice(&body).unwrap_or_default();
            for parameter in json["Parameters"].as_array_mut().into_iter().flatten() {
                let name = parameter["Name"].as_str().unwrap_or_default();
                let written = state.written.get(name).copied().unwrap_or_default();
                parameter["LastModifiedDate"] = written.into();
            }
            json.to_string()
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

fn rejection(status: u16, call: &Call, code: &str) -> HttpResponse {
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
