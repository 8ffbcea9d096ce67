//! Reads templates as text: finds a section's entries and the values of their lines.

use std::{fs, path::PathBuf};

/// The repository's root.
pub(crate) fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file of `cloudformation/`.
pub(crate) fn read(name: &str) -> String {
    let path = repository().join("cloudformation").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The lines of an entry of a section, such as a resource.
pub(crate) fn entry(template: &str, section: &str, name: &str) -> String {
    let lines = template.lines().skip_while(|line| *line != format!("{section}:")).skip(1);
    let lines = lines.take_while(|line| line.is_empty() || line.starts_with(' ') || line.starts_with('#'));
    let lines = lines.skip_while(|line| *line != format!("  {name}:")).skip(1);
    let lines: Vec<_> = lines.take_while(|line| line.is_empty() || line.starts_with("    ")).collect();
    assert!(!lines.is_empty(), "{section} has no {name}");
    lines.join("\n")
}

/// The names in a section, in order.
pub(crate) fn names(template: &str, section: &str) -> Vec<String> {
    let lines = template.lines().skip_while(|line| *line != format!("{section}:")).skip(1);
    let lines = lines.take_while(|line| line.is_empty() || line.starts_with(' ') || line.starts_with('#'));
    let names = lines.filter_map(|line| line.strip_prefix("  ")?.strip_suffix(':'));
    names.filter(|name| name.starts_with(char::is_alphabetic)).map(str::to_owned).collect()
}

/// The value of the first line `name: value`.
pub(crate) fn value<'a>(entry: &'a str, name: &str) -> &'a str {
    let mut lines = entry.lines().map(str::trim);
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_else(|| panic!("no line {name:?}"))
}

/// The description of an entry, on one line.
pub(crate) fn description(entry: &str) -> String {
    let mut lines = entry.lines().skip_while(|line| !line.starts_with("    Description: "));
    let first = lines.next().unwrap().trim_start_matches("    Description: ");
    if first != ">-" {
        return first.to_owned();
    }
    let folded: Vec<_> = lines.map_while(|line| line.strip_prefix("      ")).collect();
    folded.join(" ")
}

/// The actions in an entry's policies: its lines `- service:Action` and `Action: service:Action`.
pub(crate) fn actions(entry: &str) -> Vec<&str> {
    let lines = entry.lines().map(str::trim);
    let values = lines.filter_map(|line| line.strip_prefix("- ").or_else(|| line.strip_prefix("Action: ")));
    values.map(|action| action.trim_matches('"')).filter(|action| is_action(action)).collect()
}

fn is_action(text: &str) -> bool {
    text.split_once(':').is_some_and(|(service, action)| {
        service.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit())
            && action.starts_with(|letter: char| letter.is_ascii_uppercase())
            && action.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '*')
    })
}
