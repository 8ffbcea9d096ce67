//! `cloudformation/README.md` lists the parameters and outputs of the templates as they are.

use crate::text::{description, entry, names, read};

const TEMPLATES: [&str; 4] = ["bootstrap.yaml", "stack.yaml", "observability.yaml", "inbox.yaml"];

/// The rows of the tables that begin with this heading.
fn rows(heading: &str) -> Vec<String> {
    let readme = read("README.md");
    let tables = readme.split("\n\n").filter(|paragraph| paragraph.starts_with(heading));
    let mut rows: Vec<_> = tables.flat_map(|table| table.lines().skip(2)).map(str::to_owned).collect();
    rows.sort_unstable();
    rows
}

#[test]
fn it_lists_every_parameter_with_its_default_and_description() {
    let mut expected = Vec::new();
    for template in TEMPLATES.map(read) {
        for name in names(&template, "Parameters") {
            let parameter = entry(&template, "Parameters", &name);
            let default = match parameter.lines().find_map(|line| line.strip_prefix("    Default: ")) {
                None => "required".to_owned(),
                Some("\"\"") => "empty".to_owned(),
                Some(default) => format!("`{}`", default.trim_matches('"')),
            };
            expected.push(format!("| `{name}` | {default} | {} |", description(&parameter)));
        }
    }
    expected.sort_unstable();
    assert_eq!(rows("| parameter | default | description |"), expected);
}

#[test]
fn it_lists_every_output_with_its_description() {
    let mut expected = Vec::new();
    for template in TEMPLATES.map(read) {
        for name in names(&template, "Outputs") {
            expected.push(format!("| `{name}` | {} |", description(&entry(&template, "Outputs", &name))));
        }
    }
    expected.sort_unstable();
    assert_eq!(rows("| output | description |"), expected);
}
