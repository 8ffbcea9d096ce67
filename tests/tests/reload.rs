//! Live reload of `vitae dev`: saved files are served, and a broken template is rejected.

use std::{
    fs,
    io::{BufRead as _, BufReader, Lines},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
};

use http_body_util::{BodyExt as _, Empty};
use hyper::{body::Bytes, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use vitae_cloud::{
    deploy::{KeyAlgorithm, artifacts::Artifacts},
    dev::{Change, Functions, Options, System, tools::Tools},
};
use vitae_local::{Clock, RequestLog};
use vitae_parameters::Prefix;
use vitae_setup::Progress;
use vitae_tests::tool;

const STACK: &str = "reload";
const NO_CHANGE: Change = Change { site: false, stack: false, functions: Functions::NONE };

/// Copies the parts of the checkout that the test edits.
fn copy_checkout(to: &Path) {
    let repository = vitae_bundle::repository();
    for folder in [
        "site",
        "site/js",
        "site/themes/default",
        "site/themes/default/css",
        "cloudformation",
        "edge/cloudfront-function",
    ] {
        fs::create_dir_all(to.join(folder)).unwrap();
        for file in fs::read_dir(repository.join(folder)).unwrap().map(|entry| entry.unwrap().path()) {
            if file.is_file() {
                fs::copy(&file, to.join(folder).join(file.file_name().unwrap())).unwrap();
            }
        }
    }
}

/// Replaces a text that the file must contain.
fn edit(file: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{} has no {from:?}", file.display());
    fs::write(file, text.replacen(from, to, 1)).unwrap();
}

/// Requests a page and returns its status and text.
async fn get(system: &System, path: &str) -> (u16, String) {
    let host = system.address().trim_start_matches("http://");
    let stream = TokioIo::new(TcpStream::connect(host).await.unwrap());
    let (mut sender, connection) = http1::handshake(stream).await.unwrap();
    tokio::spawn(connection);
    let request = hyper::Request::get(path).header("host", host).body(Empty::<Bytes>::new()).unwrap();
    let (head, body) = sender.send_request(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (head.status.as_u16(), String::from_utf8_lossy(&body).into_owned())
}

/// The site in Chromium, which waits for another title.
struct OpenPage {
    browser: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl OpenPage {
    fn open(system: &System, title: &str) -> Self {
        let mut node = Command::new(tool("VITAE_NODE24"));
        node.current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("browser")).arg("reload.mjs");
        node.env("VITAE_BROWSER_MODULES", tool("VITAE_BROWSER_MODULES"));
        node.env("VITAE_URL", system.address()).env("VITAE_TITLE", title);
        let mut browser = node.stdout(Stdio::piped()).spawn().expect("Node starts");
        let lines = BufReader::new(browser.stdout.take().expect("a pipe")).lines();
        Self { browser, lines }
    }

    /// The next line that the script prints. The script itself times out after half a minute.
    fn next_line(&mut self) -> String {
        self.lines.next().and_then(Result::ok).expect("the browser is still open")
    }
}

impl Drop for OpenPage {
    fn drop(&mut self) {
        // The script ends after its last line or on an error, and closes its browser.
        let _ = self.browser.wait();
    }
}

fn options(checkout: &Path, state: PathBuf) -> Options {
    Options {
        repository: checkout.to_owned(),
        state,
        fresh: true,
        stack: STACK.to_owned(),
        port: 0,
        key_algorithm: KeyAlgorithm::EcdsaP256,
        tools: Tools::from_env().expect("the tools"),
        live_reload: true,
        clock: Clock::system(),
        requests: RequestLog::tracing(),
        progress: Progress::silent(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn saved_files_are_served_and_a_broken_template_is_rejected() {
    let checkout = tempfile::tempdir().unwrap();
    copy_checkout(checkout.path());
    let file = |name: &str| checkout.path().join(name);
    let repository = vitae_bundle::repository();
    let state = vitae_bundle::target(&repository).join("vitae/tests/reload");
    let prefix = Prefix::from_stack_name(STACK).unwrap();
    let artifacts = Artifacts::build(&repository, &prefix, &state.join("artifacts")).unwrap();
    let options = options(checkout.path(), state);
    let mut system = System::start(&options, artifacts).await.unwrap();

    // The page is in the cache, and open in a browser.
    assert!(get(&system, "/").await.1.contains("<title>"));
    let mut open = OpenPage::open(&system, "Saved ");
    assert_eq!(open.next_line(), "open");
    edit(&file("site/resume.json"), "\"name\": \"", "\"name\": \"Saved ");
    system.apply(&options, Change { site: true, ..NO_CHANGE }).await.unwrap();
    let (_, saved) = get(&system, "/").await;
    assert!(saved.contains("<title>Saved ") && !saved.contains("/.vitae/"), "{saved}");
    assert_eq!(open.next_line(), "reloaded");
    let site = system.outputs().site_bucket.clone();
    let object = system.deployer().s3().get_object().bucket(site).key("index.html").send().await.unwrap();
    let object = String::from_utf8(object.body.collect().await.unwrap().to_vec()).unwrap();
    // The local system has every feature, so of the file only the marks around their parts are missing.
    let page = fs::read_to_string(system.site_files().join("index.html")).unwrap();
    let is_mark = |line: &str| {
        matches!(line.trim(), "<!-- if open -->" | "<!-- if links -->" | "<!-- if inbox -->" | "<!-- end -->")
    };
    let parts: Vec<_> = page.lines().filter(|line| !is_mark(line)).collect();
    assert_eq!(object.lines().collect::<Vec<_>>(), parts, "the reload script is not in the bucket");

    let template = fs::read_to_string(file("cloudformation/stack.yaml")).unwrap();
    edit(&file("cloudformation/stack.yaml"), "\nResources:", "\nResource:");
    let rejected = system.apply(&options, Change { stack: true, ..NO_CHANGE }).await.unwrap_err();
    assert!(rejected.to_string().contains("no Resources section"), "{rejected}");
    assert!(get(&system, "/").await.1.contains("<title>Saved "));
    fs::write(file("cloudformation/stack.yaml"), template).unwrap();

    edit(
        &file("edge/cloudfront-function/site.js"),
        "function handler(event) {",
        "function handler(event) { return { statusCode: 418 };",
    );
    system.apply(&options, Change { stack: true, ..NO_CHANGE }).await.unwrap();
    assert_eq!(get(&system, "/").await.0, 418);
    system.shutdown().await.unwrap();
}
