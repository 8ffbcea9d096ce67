use std::collections::HashMap;
use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::Error;

/// The timeout of an invocation, as the counter's function has it.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The result of an invocation: the function's response, or its error as text.
pub type InvocationResult = Result<Value, String>;

/// The Runtime API of one function, which is started with its address in `AWS_LAMBDA_RUNTIME_API`.
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>
#[derive(Debug)]
pub struct RuntimeApi {
    address: SocketAddr,
    state: Arc<State>,
    events: mpsc::UnboundedSender<Event>,
    server: JoinHandle<()>,
}

#[derive(Debug)]
struct State {
    /// The events that the function has not received yet.
    queue: tokio::sync::Mutex<mpsc::UnboundedReceiver<Event>>,
    results: Mutex<HashMap<String, oneshot::Sender<InvocationResult>>>,
    /// The result of initialization, once it has ended.
    init: watch::Sender<Option<Result<(), String>>>,
    next_id: std::sync::atomic::AtomicU64,
}

#[derive(Debug)]
struct Event {
    id: String,
    body: Bytes,
}

impl RuntimeApi {
    /// Listens on a free loopback port.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn start() -> Result<Self, Error> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(Error::io("a loopback port"))?;
        let address = listener.local_addr().map_err(Error::io("a loopback port"))?;
        let (events, queue) = mpsc::unbounded_channel();
        let state = Arc::new(State {
            queue: tokio::sync::Mutex::new(queue),
            results: Mutex::default(),
            init: watch::Sender::new(None),
            next_id: 1.into(),
        });
        let shared = Arc::clone(&state);
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                _ = stream.set_nodelay(true);
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    let service = service_fn(move |request| serve(Arc::clone(&state), request));
                    let connection = hyper::server::conn::http1::Builder::new();
                    // It fails when the function is killed.
                    _ = connection.serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Ok(Self { address, state, events, server })
    }

    /// The value of `AWS_LAMBDA_RUNTIME_API`.
    #[must_use]
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Waits until the function requests its first event.
    ///
    /// # Errors
    /// The function's error if initialization fails.
    pub async fn initialized(&self) -> Result<(), Error> {
        let mut init = self.state.init.subscribe();
        let result = init.wait_for(Option::is_some).await.ok().and_then(|result| result.clone());
        result.unwrap_or_else(|| Err("the Runtime API has stopped".to_owned())).map_err(Error::Function)
    }

    /// Queues an event for the function. The receiver gets the result, if there is one.
    #[must_use]
    pub fn send(&self, event: &Value) -> oneshot::Receiver<InvocationResult> {
        let id = self.state.next_id.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_string();
        let (sender, receiver) = oneshot::channel();
        self.state.results.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), sender);
        // It fails once the server has stopped, and then so does the receiver.
        _ = self.events.send(Event { id, body: event.to_string().into() });
        receiver
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(state: Arc<State>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let segments: Vec<&str> = path.trim_start_matches("/2018-06-01/runtime/").split('/').collect();
    let body = if segments == ["invocation", "next"] { Bytes::new() } else { read_body(request).await };
    let text = |body: &Bytes| String::from_utf8_lossy(body).into_owned();
    Ok(match segments[..] {
        ["invocation", "next"] => next(&state).await,
        ["invocation", id, "response"] => {
            let result = serde_json::from_slice(&body);
            complete(&state, id, result.map_err(|error| format!("not JSON: {error}: {}", text(&body))))
        }
        ["invocation", id, "error"] => complete(&state, id, Err(text(&body))),
        ["init", "error"] => {
            state.init.send_replace(Some(Err(text(&body))));
            status(202)
        }
        _ => status(404),
    })
}

async fn next(state: &State) -> Response<Full<Bytes>> {
    state.init.send_if_modified(|init| {
        let first = init.is_none();
        if first {
            *init = Some(Ok(()));
        }
        first
    });
    let Some(Event { id, body }) = state.queue.lock().await.recv().await else { return status(500) };
    let deadline = SystemTime::now() + TIMEOUT;
    let deadline_ms = deadline.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let mut response = Response::new(Full::new(body));
    let headers = [
        ("lambda-runtime-aws-request-id", id),
        ("lambda-runtime-deadline-ms", deadline_ms.to_string()),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:us-east-1:000000000000:function:counter".to_owned()),
        ("content-type", "application/json".to_owned()),
    ];
    for (name, value) in headers {
        if let Ok(value) = value.parse() {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn complete(state: &State, id: &str, result: InvocationResult) -> Response<Full<Bytes>> {
    let sender = state.results.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    if let Some(sender) = sender {
        // It fails if the receiver was dropped.
        _ = sender.send(result);
    }
    status(202)
}

async fn read_body(request: Request<Incoming>) -> Bytes {
    request.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default()
}

fn status(code: u16) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(b"{}")));
    *response.status_mut() = code.try_into().unwrap_or_default();
    response
}
