//! Keeps the order of the layers that the crate documentation states.

use std::fs;
use std::path::Path;

/// Top to bottom. A module that is not listed is support, below all of them.
const LAYERS: [&[&str]; 11] = [
    &["local_edge", "options", "checks", "LocalEdge", "Options"],
    &["viewer"],
    &["pipeline"],
    &["live_reload", "pages", "uploads", "Page", "Pages"],
    &["functions"],
    &["cache"],
    &["origin"],
    &["response"],
    &["distribution"],
    &["signed_url"],
    &["request_log", "RequestLog", "RequestLine", "Stage"],
];

fn layer(module: &str) -> usize {
    LAYERS.iter().position(|names| names.contains(&module)).unwrap_or(LAYERS.len())
}

/// Collects the imports of `module` from earlier layers in all files of a folder.
fn collect_upward_imports(folder: &Path, module: Option<&str>, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let module = module.unwrap_or(&stem);
        if path.is_dir() {
            collect_upward_imports(&path, Some(module), found);
        } else if path.extension().is_some_and(|extension| extension == "rs") && module != "lib" && module != "layers" {
            for line in fs::read_to_string(&path).unwrap().lines() {
                let Some((_, import)) = line.split_once("use crate::") else { continue };
                assert!(!import.starts_with('{'), "{}: write one `use` for each module: {line}", path.display());
                let imported = import.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap();
                if layer(imported) < layer(module) {
                    found.push(format!("{}: {line}", path.display()));
                }
            }
        }
    }
}

#[test]
fn no_module_imports_from_an_earlier_layer() {
    let mut found = Vec::new();
    collect_upward_imports(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), None, &mut found);
    assert!(found.is_empty(), "{found:#?}");
}
