//! A proxy in front of ministack, which records the messages that SES and SNS accepted and injects faults into them.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::net::TcpListener;

/// A fault of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum MessageFault {
    /// It is accepted, and the connection is closed before the response.
    ResponseDropped,
    /// It never arrives: the connection is closed.
    Reset,
    /// It is rejected by throttling.
    Throttled,
    /// It is rejected.
    Rejected,
    /// It is accepted, and the response is a server error.
    AcceptedWithServerError,
}

/// The service that a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Service {
    Ses,
    Sns,
    Other,
}

#[derive(Debug, Default)]
struct State {
    mails: Vec<Mail>,
    notices: Vec<String>,
    mail_faults: VecDeque<Option<MessageFault>>,
    notice_faults: VecDeque<Option<MessageFault>>,
}

/// A mail that SES accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

/// The proxy.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

impl Proxy {
    /// Starts it on a free loopback port, on the current runtime.
    pub(crate) async fn start(upstream: &str) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a loopback port");
        let address = listener.local_addr().expect("a loopback port");
        let state = Arc::<Mutex<State>>::default();
        let (shared, upstream) = (Arc::clone(&state), Arc::<str>::from(upstream));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (state, upstream) = (Arc::clone(&shared), Arc::clone(&upstream));
                tokio::spawn(async move {
                    let service = service_fn(|request| {
                        let (state, upstream) = (Arc::clone(&state), Arc::clone(&upstream));
                        async move { serve(&state, &upstream, request).await.ok_or(Dropped) }
                    });
                    // It fails when the connection is closed.
                    _ = hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), service)
                        .await;
                });
            }
        });
        Self { address, state }
    }

    /// Its address, as an SDK endpoint.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The mails that SES accepted.
    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.lock().mails.clone()
    }

    /// The messages that SNS accepted.
    pub(crate) fn notices(&self) -> Vec<String> {
        self.lock().notices.clone()
    }

    /// Plans faults: one entry for each of the next messages.
    pub(crate) fn plan(&self, mails: Vec<Option<MessageFault>>, notices: Vec<Option<MessageFault>>) {
        let mut state = self.lock();
        state.mail_faults = mails.into();
        state.notice_faults = notices.into();
    }

    /// Forgets everything.
    pub(crate) fn clear(&self) {
        *self.lock() = State::default();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The connection is to be closed without a response.
#[derive(Debug, thiserror::Error)]
#[error("the response is dropped")]
struct Dropped;

async fn serve(state: &Mutex<State>, upstream: &str, request: Request<Incoming>) -> Option<Response<Full<Bytes>>> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.ok()?.to_bytes();
    let service = if parts.uri.path() == "/v2/email/outbound-emails" {
        Service::Ses
    } else if body.windows(14).any(|window| window == b"Action=Publish") {
        Service::Sns
    } else {
        Service::Other
    };
    let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
    let fault = match service {
        Service::Ses => lock().mail_faults.pop_front().flatten(),
        Service::Sns => lock().notice_faults.pop_front().flatten(),
        Service::Other => None,
    };
    match fault {
        Some(MessageFault::Reset) => return None,
        Some(MessageFault::Throttled) => return Some(error(service, 429, "TooManyRequestsException")),
        Some(MessageFault::Rejected) => return Some(error(service, 400, "MessageRejected")),
        _ => {}
    }
    let uri = format!("{upstream}{}", parts.uri.path_and_query().map_or("/", |path| path.as_str()));
    let mut forwarded = Request::builder().method(parts.method).uri(uri);
    for (name, value) in parts.headers.iter().filter(|(name, _)| *name != "host") {
        forwarded = forwarded.header(name, value);
    }
    let client = Client::builder(TokioExecutor::new()).build_http();
    let response = client.request(forwarded.body(Full::new(body.clone())).ok()?).await.ok()?;
    let (parts, response_body) = response.into_parts();
    let response_body = response_body.collect().await.ok()?.to_bytes();
    if parts.status.is_success() {
        record(&mut lock(), service, &body);
    }
    match fault {
        Some(MessageFault::ResponseDropped) => None,
        Some(MessageFault::AcceptedWithServerError) => Some(error(service, 500, "InternalFailure")),
        _ => Some(Response::from_parts(parts, Full::new(response_body))),
    }
}

fn record(state: &mut State, service: Service, body: &[u8]) {
    match service {
        Service::Ses => {
            let json: Value = serde_json::from_slice(body).expect("a request of SES");
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let content = &json["Content"]["Simple"]["Body"];
            state.mails.push(Mail {
                to: text(&json["Destination"]["ToAddresses"][0]),
                from: text(&json["FromEmailAddress"]),
                text: text(&content["Text"]["Data"]),
                html: text(&content["Html"]["Data"]),
            });
        }
        Service::Sns => {
            let fields: Vec<_> = form_urlencoded::parse(body).collect();
            let message = fields.iter().find(|(name, _)| name == "Message").expect("a message");
            state.notices.push(message.1.clone().into_owned());
        }
        Service::Other => {}
    }
}

/// An error in the service's own format: JSON for SES, XML for SNS.
fn error(service: Service, status: u16, code: &str) -> Response<Full<Bytes>> {
    let body = match service {
        Service::Sns => {
            format!("<ErrorResponse><Error><Code>{code}</Code><Message>m</Message></Error></ErrorResponse>")
        }
        _ => r#"{"message":"the address jane@example.com"}"#.to_owned(),
    };
    let response = Response::builder().status(status).header("x-amzn-errortype", code);
    response.body(Full::new(Bytes::from(body))).expect("a response")
}
