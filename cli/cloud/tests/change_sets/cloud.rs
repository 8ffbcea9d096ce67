//! A cloud with CloudFormation's stacks and change sets only, and an empty artifact bucket. It returns what ministack does not:
//! denied calls, and change sets that CloudFormation's validation rejects.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{Ipv4Addr, TcpListener, TcpStream},
    process::{Command, Output, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread,
};

use vitae_cloud::aws::AwsClients;
use vitae_local::Credentials;
use zip::write::SimpleFileOptions;

/// A cloud on loopback, until the test ends.
pub(crate) struct Cloud {
    endpoint: String,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Status by name.
    stacks: BTreeMap<String, &'static str>,
    /// Actions that the caller may not call.
    denied: BTreeSet<&'static str>,
    /// Whether CloudFormation's validation rejects every change set.
    rejects: bool,
    /// The calls, as action and stack.
    calls: Vec<String>,
}

impl Cloud {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                serve(&stream, &mut lock(&shared));
            }
        });
        Self { endpoint, state }
    }

    /// Adds a stack with this status.
    pub(crate) fn with_stack(self, name: &str, status: &'static str) -> Self {
        lock(&self.state).stacks.insert(name.to_owned(), status);
        self
    }

    /// Denies an action.
    pub(crate) fn denying(self, action: &'static str) -> Self {
        lock(&self.state).denied.insert(action);
        self
    }

    /// Rejects every change set, as CloudFormation's validation does.
    pub(crate) fn rejecting(self) -> Self {
        lock(&self.state).rejects = true;
        self
    }

    pub(crate) fn aws(&self) -> AwsClients {
        AwsClients::local(&self.endpoint, Credentials::new("test", "test", None, None, "test"))
    }

    /// The status of a stack, if it exists.
    pub(crate) fn status(&self, name: &str) -> Option<&'static str> {
        lock(&self.state).stacks.get(name).copied()
    }

    /// The stacks with which an action was called.
    pub(crate) fn calls(&self, action: &str) -> Vec<String> {
        let state = lock(&self.state);
        let calls = state.calls.iter().filter_map(|call| call.strip_prefix(action)?.strip_prefix(' '));
        calls.map(str::to_owned).collect()
    }

    /// Runs `vitae deploy --plan` for this stack.
    pub(crate) fn plan(&self, stack: &str, arguments: &[&str]) -> Output {
        let zips = tempfile::tempdir().unwrap();
        for name in ["counter", "regional"] {
            std::fs::write(zips.path().join(name).with_extension("zip"), name).unwrap();
        }
        let mut edge = zip::ZipWriter::new(File::create(zips.path().join("edge.zip")).unwrap());
        edge.start_file("bundle.json", SimpleFileOptions::default()).unwrap();
        write!(edge, r#"{{"prefix":"/vitae/{stack}/"}}"#).unwrap();
        edge.finish().unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_vitae-cloud"));
        command.args(["deploy", "--plan", "--stack", stack, "--artifact-bucket", "artifacts", "--artifacts"]);
        command.arg(zips.path()).args(["--endpoint-url", &self.endpoint]).args(arguments);
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        // Ignore the machine's AWS configuration, and do not query the metadata service of EC2.
        command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_CONFIG_FILE", "/dev/null");
        command.stdin(Stdio::null()).output().unwrap()
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Handles one request, and closes the connection.
fn serve(mut stream: &TcpStream, state: &mut State) {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while reader.read_line(&mut head).unwrap_or_default() > 2 {}
    let header = |name: &str| {
        let line = head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix(name).map(str::to_owned));
        line.map(|value| value.trim().to_owned())
    };
    let length = header("content-length:").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    if reader.read_exact(&mut body).is_err() {
        return;
    }
    // The bucket has no object.
    let (status, response) =
        if head.starts_with("POST / ") { state.respond(&String::from_utf8_lossy(&body)) } else { (404, String::new()) };
    let sent = write!(
        stream,
        "HTTP/1.1 {status} -\r\ncontent-type: text/xml\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{response}",
        response.len()
    );
    drop(sent);
}

impl State {
    /// The status and the body for a call of CloudFormation.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/Welcome.html>
    fn respond(&mut self, form: &str) -> (u16, String) {
        let field = |name: &str| {
            let value = form.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            value.unwrap_or_default().replace("%3A", ":").replace("%2F", "/")
        };
        let action = field("Action");
        // By name, or by ARN.
        let stack = field("StackName");
        let stack = stack.split('/').nth(1).unwrap_or(&stack);
        self.calls.push(format!("{action} {stack}"));
        if self.denied.contains(action.as_str()) {
            return error(403, "AccessDenied", &format!("User is not authorized to perform: cloudformation:{action}"));
        }
        let id = format!("arn:aws:cloudformation:us-east-1:000000000000:stack/{stack}/1");
        let result = match action.as_str() {
            "DescribeStacks" => {
                let Some(status) = self.stacks.get(stack) else {
                    return error(400, "ValidationError", &format!("Stack with id {stack} does not exist"));
                };
                format!(
                    "<Stacks><member><StackName>{stack}</StackName><StackId>{id}</StackId><StackStatus>{status}</StackStatus>\
                     <CreationTime>2026-01-01T00:00:00Z</CreationTime></member></Stacks>"
                )
            }
            "CreateChangeSet" => {
                self.stacks.entry(stack.to_owned()).or_insert("REVIEW_IN_PROGRESS");
                let name = field("ChangeSetName");
                format!(
                    "<Id>arn:aws:cloudformation:us-east-1:000000000000:changeSet/{name}/1</Id><StackId>{id}</StackId>"
                )
            }
            "DescribeChangeSet" if self.rejects => {
                "<Status>FAILED</Status><StatusReason>The following hook(s)/validation failed: \
                 [AWS::EarlyValidation::ResourceExistenceCheck]. To troubleshoot Early Validation errors, use the DescribeEvents \
                 API for detailed failure information.</StatusReason>"
                    .to_owned()
            }
            "DescribeChangeSet" => "<Status>CREATE_COMPLETE</Status><Changes><member><Type>Resource</Type><ResourceChange>\
                 <Action>Add</Action><LogicalResourceId>Kept</LogicalResourceId><ResourceType>AWS::SSM::Parameter</ResourceType>\
                 </ResourceChange></member></Changes>"
                .to_owned(),
            "DescribeEvents" if field("ChangeSetName").starts_with("arn:") => "<OperationEvents><member><EventType>STACK_EVENT</EventType></member><member>\
                 <EventType>VALIDATION_ERROR</EventType><LogicalResourceId>EdgeLogs</LogicalResourceId>\
                 <ResourceType>AWS::Logs::LogGroup</ResourceType>\
                 <ValidationName>RESOURCE_EXISTENCE_CHECK</ValidationName><ValidationStatus>FAILED</ValidationStatus>\
                 <ValidationStatusReason>Resource of type 'AWS::Logs::LogGroup' with identifier '/vitae/resume/edge' already \
                 exists.</ValidationStatusReason><ValidationPath>/Resources/EdgeLogs</ValidationPath></member></OperationEvents>"
                .to_owned(),
            "DeleteStack" => {
                self.stacks.remove(stack);
                String::new()
            }
            "DeleteChangeSet" | "DescribeStackEvents" => String::new(),
            _ => return error(400, "InvalidAction", &action),
        };
        (200, format!("<{action}Response><{action}Result>{result}</{action}Result></{action}Response>"))
    }
}

fn error(status: u16, code: &str, message: &str) -> (u16, String) {
    (status, format!("<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"))
}
