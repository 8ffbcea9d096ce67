//! The text of a file as a tree: JSON, or YAML with CloudFormation's tags.

use serde_json::Value;

use super::error::SnapshotError;
use super::yaml;

/// The size of a template in S3:
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>, "Template body size".
pub(super) const FILE_MAX_BYTES: usize = 1_048_576;
/// How deep a file may be nested. Templates have about ten levels; it is below `serde_json`'s own limit of 128.
pub(super) const DEPTH_MAX: usize = 100;
/// How many values a file may have once its aliases are replaced. A template of the maximum size has fewer.
pub(super) const VALUES_MAX: usize = 300_000;

/// Parses JSON if the text begins with a brace, else YAML.
pub(crate) fn parse(text: &str) -> Result<Value, SnapshotError> {
    if text.len() > FILE_MAX_BYTES {
        return Err(SnapshotError::TooLarge { bytes: text.len() });
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_start().starts_with('{') {
        serde_json::from_str(text)
            .map_err(|error| SnapshotError::Syntax { line: error.line(), cause: format!("not valid JSON: {error}") })
    } else {
        yaml::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{FILE_MAX_BYTES, parse};
    use serde_json::json;
    use std::time::{Duration, Instant};

    /// The error of a hostile file, which must be found within a second.
    fn error(text: &str) -> String {
        let started = Instant::now();
        let error = parse(text).unwrap_err().to_string();
        assert!(started.elapsed() < Duration::from_secs(1), "{error} after {:?}", started.elapsed());
        error
    }

    #[test]
    fn json_and_yaml_give_the_same_tree() {
        let yaml = parse("a: [1, true, x]\nb: {c: null}\n").unwrap();
        assert_eq!(yaml, parse(r#"{"a": [1, true, "x"], "b": {"c": null}}"#).unwrap());
        assert_eq!(yaml, json!({"a": [1, true, "x"], "b": {"c": null}}));
    }

    #[test]
    fn a_file_of_ten_megabytes_is_an_error() {
        assert!(error(&"a: b\n".repeat(2 * FILE_MAX_BYTES)).contains("10485760 bytes"));
        assert!(error(&format!("{{\"a\": \"{}\"}}", "b".repeat(10 * FILE_MAX_BYTES))).contains("limit of 1048576"));
    }

    #[test]
    fn an_alias_bomb_is_an_error() {
        let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for level in 1..20 {
            let aliases = vec![format!("*a{}", level - 1); 10].join(", ");
            bomb.extend([format!("a{level}: &a{level} [{aliases}]\n")]);
        }
        assert!(error(&bomb).contains("values, with each alias counted"), "{}", error(&bomb));
    }

    #[test]
    fn deep_nesting_is_an_error() {
        for text in [
            "[".repeat(1_000_000),
            "- ".repeat(500_000),
            format!("x: {}", "{a: ".repeat(200_000)),
            format!("{{\"a\": {}", "[".repeat(1_000_000)),
            format!("{}1", "{\"a\":".repeat(200_000)),
        ] {
            let error = error(&text);
            assert!(error.contains("nested") || error.contains("recursion limit"), "{error}");
        }
    }

    #[test]
    fn a_syntax_error_names_its_line() {
        assert!(error("a: b\nc: [1\n").starts_with("line "));
        assert!(error("{\n\"a\": 1,\n}").starts_with("line 3: not valid JSON"));
    }
}
