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

use crate::Failure;

/// How long an invocation may take: the timeout of the counter's function.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What a function said to an invocation: its answer, or its error in its own words.
pub type Answer = Result<Value, String>;

/// Lambda's side of the Runtime API, for one function that is started with its address in `AWS_LAMBDA_RUNTIME_API`.
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
    /// The events that the function has not asked for yet.
    waiting: tokio::sync::Mutex<mpsc::UnboundedReceiver<Event>>,
    answers: Mutex<HashMap<String, oneshot::Sender<Answer>>>,
    /// What became of INIT: nothing yet, done, or failed with these words.
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
    /// If there is none.
    pub async fn start() -> Result<Self, Failure> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(Failure::io("a loopback port"))?;
        let address = listener.local_addr().map_err(Failure::io("a loopback port"))?;
        let (events, waiting) = mpsc::unbounded_channel();
        let state = Arc::new(State {
            waiting: tokio::sync::Mutex::new(waiting),
            answers: Mutex::default(),
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
                    // A function that is killed takes its connection along.
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

    /// Waits until the function asks for its first event.
    ///
    /// # Errors
    /// What the function said of its INIT, if that failed.
    pub async fn initialized(&self) -> Result<(), Failure> {
        let mut init = self.state.init.subscribe();
        let done = init.wait_for(Option::is_some).await.ok().and_then(|done| done.clone());
        done.unwrap_or_else(|| Err("the Runtime API has ended".to_owned())).map_err(Failure::Function)
    }

    /// Gives the function an event, which it takes when it asks. The receiver hears of its answer, if there is one.
    #[must_use]
    pub fn send(&self, event: &Value) -> oneshot::Receiver<Answer> {
        let id = self.state.next_id.fetch_add(1, std::sync::atomic::Ordering::Relaxed).to_string();
        let (answer, answered) = oneshot::channel();
        self.state.answers.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), answer);
        // It fails once the server has ended; the receiver then says so.
        _ = self.events.send(Event { id, body: event.to_string().into() });
        answered
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(state: Arc<State>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let words: Vec<&str> = path.trim_start_matches("/2018-06-01/runtime/").split('/').collect();
    let body = if words == ["invocation", "next"] { Bytes::new() } else { whole(request).await };
    let said = |body: &Bytes| String::from_utf8_lossy(body).into_owned();
    Ok(match words[..] {
        ["invocation", "next"] => next(&state).await,
        ["invocation", id, "response"] => {
            let answer = serde_json::from_slice(&body).map_err(|error| format!("no JSON: {error}: {}", said(&body)));
            answered(&state, id, answer)
        }
        ["invocation", id, "error"] => answered(&state, id, Err(said(&body))),
        ["init", "error"] => {
            state.init.send_replace(Some(Err(said(&body))));
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
    let Some(Event { id, body }) = state.waiting.lock().await.recv().await else { return status(500) };
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

fn answered(state: &State, id: &str, answer: Answer) -> Response<Full<Bytes>> {
    let waiting = state.answers.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    if let Some(waiting) = waiting {
        // Who asked may have gone.
        _ = waiting.send(answer);
    }
    status(202)
}

async fn whole(request: Request<Incoming>) -> Bytes {
    request.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default()
}

fn status(code: u16) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from_static(b"{}")));
    *response.status_mut() = code.try_into().unwrap_or_default();
    response
}
