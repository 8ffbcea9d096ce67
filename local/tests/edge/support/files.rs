//! Serves distributions from files, without a cloud.

use std::path::PathBuf;

use tempfile::TempDir;
use vitae_local::{
    Clock, Credentials, Error, LocalEdge, Options, OriginReplacement, RequestLog, Snapshot, TemplateSettings,
    ViewerProperties,
};

/// A folder with these files.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    folder
}

/// A folder in place of an origin.
pub(crate) fn origin(id: &str, folder: &TempDir) -> (String, OriginReplacement) {
    (id.to_owned(), OriginReplacement::Folder(folder.path().to_owned()))
}

/// Options for a snapshot. Functions of Lambda@Edge run with the Node.js of `VITAE_NODE24`, if it is set.
pub(crate) fn options(snapshot: Snapshot, origins: Vec<(String, OriginReplacement)>) -> Options {
    Options {
        endpoint_url: None,
        region: "us-east-1".to_owned(),
        credentials: Credentials::new("unused", "unused", None, None, "unused"),
        distribution_id: String::new(),
        snapshot: Some(snapshot),
        origins,
        viewer: ViewerProperties::default(),
        listen: 0,
        https: false,
        live_reload: false,
        pages: None,
        uploads: None,
        function_session_policy: None,
        read_only: false,
        node: std::env::var_os("VITAE_NODE24").map_or_else(|| PathBuf::from("node"), PathBuf::from),
        clock: Clock::system(),
        request_log: RequestLog::tracing(),
        scratch: std::env::temp_dir().join("vitae-local-tests"),
    }
}

/// Serves a snapshot.
pub(crate) async fn serve(snapshot: Snapshot, origins: Vec<(String, OriginReplacement)>) -> Result<LocalEdge, Error> {
    LocalEdge::start(options(snapshot, origins)).await
}

/// Serves a template without parameters.
pub(crate) async fn serve_template(text: &str, origins: Vec<(String, OriginReplacement)>) -> LocalEdge {
    serve(Snapshot::from_template(text, &TemplateSettings::default()).unwrap(), origins).await.unwrap()
}

/// Why a template without parameters is not served.
pub(crate) async fn template_error(text: &str) -> String {
    match Snapshot::from_template(text, &TemplateSettings::default()) {
        Err(error) => error.to_string(),
        Ok(snapshot) => serve(snapshot, Vec::new()).await.expect_err("the template is served").to_string(),
    }
}
