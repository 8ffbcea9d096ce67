//! Templates. The text is read by line and not as YAML, since no YAML parser keeps CloudFormation's tags: section names have no
//! indentation, and the names in a section have two spaces.

/// The text of a template, formatted as the files in `cloudformation/`.
#[derive(Clone, Copy, Debug)]
pub struct Template<'a>(&'a str);

/// A resource of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlannedResource<'a> {
    /// Its name in the template.
    pub logical_id: &'a str,
    /// Its type, such as `AWS::S3::Bucket`.
    pub resource_type: &'a str,
    /// The condition under which it is created.
    pub condition: Option<&'a str>,
}

impl<'a> Template<'a> {
    /// A template with this text.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub const fn text(self) -> &'a str {
        self.0
    }

    /// The text that CloudFormation receives: without comments, empty lines and most of the indentation, so that they do not count
    /// towards the limit of 51,200 bytes in a request. It is the same document.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
    #[must_use]
    pub fn body(self) -> String {
        compact(self.0)
    }

    /// The names of the parameters.
    pub fn parameters(self) -> impl Iterator<Item = &'a str> {
        self.section("Parameters").filter_map(name)
    }

    /// The resources.
    #[must_use]
    pub fn resources(self) -> Vec<PlannedResource<'a>> {
        let mut resources = Vec::new();
        for line in self.section("Resources") {
            if let Some(logical_id) = name(line) {
                resources.push(PlannedResource { logical_id, resource_type: "", condition: None });
            } else if let Some(resource) = resources.last_mut() {
                if let Some(resource_type) = line.strip_prefix("    Type: ") {
                    resource.resource_type = resource_type;
                }
                if let Some(condition) = line.strip_prefix("    Condition: ") {
                    resource.condition = Some(condition);
                }
            }
        }
        resources
    }

    /// The logical ids of the resources that are kept when the stack is deleted: stateful resources, and the replicated function.
    pub fn retained_resources(self) -> impl Iterator<Item = &'a str> {
        let mut resource = "";
        self.section("Resources").filter_map(move |line| {
            resource = name(line).unwrap_or(resource);
            let policy = line.strip_prefix("    DeletionPolicy: ")?;
            // Both keep an existing resource; the second one deletes it if its creation is rolled back.
            // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
            matches!(policy.trim(), "Retain" | "RetainExceptOnCreate").then_some(resource)
        })
    }

    /// Whether the template has the required `Resources` section. CloudFormation checks this; the local cloud accepts a template
    /// without it, such as a half-saved file, and deletes every resource of the stack.
    /// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resources-section-structure.html>
    #[must_use]
    pub fn has_resources(self) -> bool {
        let is_json = self.0.trim_start().starts_with('{');
        if is_json {
            self.0.contains("\"Resources\"")
        } else {
            self.0.lines().any(|line| line.starts_with("Resources:"))
        }
    }

    /// The lines of a section.
    fn section(self, section: &'static str) -> impl Iterator<Item = &'a str> {
        let begins = move |line: &&str| line.strip_suffix(':') != Some(section);
        let ends = |line: &&str| line.is_empty() || line.starts_with([' ', '#']);
        self.0.lines().skip_while(begins).skip(1).take_while(ends)
    }
}

/// A level of indentation of a document, and its indentation in the compact text.
#[derive(Clone, Copy)]
struct Level {
    indentation: usize,
    compact: usize,
}

/// The styles of block scalars that our templates use.
const BLOCK_SCALARS: [&str; 2] = [">-", "|-"];

/// Indents each level of YAML in block style by as little as possible: by one space, or by two below a dash. Text in block scalars
/// keeps its relative indentation.
fn compact(text: &str) -> String {
    let mut levels = vec![Level { indentation: 0, compact: 0 }];
    // The level of the key of a block scalar, until the scalar ends, and the indentation of its first line.
    let mut scalar: Option<(Level, Option<usize>)> = None;
    let mut compact = String::with_capacity(text.len());
    for line in text.lines() {
        let content = line.trim_start_matches(' ');
        let indentation = line.len() - content.len();
        if let Some((key, first)) = &mut scalar {
            if content.is_empty() || indentation > key.indentation {
                let first = *first.get_or_insert(indentation);
                push_line(&mut compact, key.compact + 1 + indentation.saturating_sub(first), content);
                continue;
            }
            scalar = None;
        }
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        while levels.len() > 1 && levels.last().is_some_and(|level| level.indentation > indentation) {
            levels.pop();
        }
        let outer = levels.last().copied().unwrap_or(Level { indentation: 0, compact: 0 });
        let mut level = outer;
        if indentation > outer.indentation {
            level = Level { indentation, compact: outer.compact + 1 };
            levels.push(level);
        }
        push_line(&mut compact, level.compact, content);
        let mut item = content;
        while let Some(rest) = item.strip_prefix("- ") {
            item = rest;
            if BLOCK_SCALARS.contains(&item) {
                break;
            }
            level = Level { indentation: level.indentation + 2, compact: level.compact + 2 };
            levels.push(level);
        }
        let style = item.rsplit(' ').next().unwrap_or_default();
        scalar = BLOCK_SCALARS.contains(&style).then_some((level, None));
    }
    compact
}

fn push_line(text: &mut String, indentation: usize, content: &str) {
    text.extend(std::iter::repeat_n(' ', if content.is_empty() { 0 } else { indentation }));
    text.push_str(content);
    text.push('\n');
}

/// The name on a line of a section: two spaces, the name, a colon.
fn name(line: &str) -> Option<&str> {
    line.strip_prefix("  ").filter(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))?.strip_suffix(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "
Parameters:
  # A comment.
  Name:
    Type: String
    Description: Its name, as in Resources:

  Days:
    Type: Number
Resources:
  Table:
    Type: AWS::DynamoDB::Table
    DeletionPolicy: RetainExceptOnCreate
    Condition: HasTable
    Properties:
      Odd:
        DeletionPolicy: Retain
  Logs:
    Type: AWS::Logs::LogGroup
    DeletionPolicy: Delete
  Edge:
    DeletionPolicy: Retain
Outputs:
  Table:
    DeletionPolicy: Retain
";

    #[test]
    fn parameters_are_listed_by_name() {
        assert_eq!(Template::new(TEXT).parameters().collect::<Vec<_>>(), ["Name", "Days"]);
        assert_eq!(Template::new("Resources:\n").parameters().count(), 0);
    }

    #[test]
    fn resources_are_listed_with_type_and_condition() {
        let resource = |logical_id, resource_type, condition| PlannedResource { logical_id, resource_type, condition };
        let expected = [
            resource("Table", "AWS::DynamoDB::Table", Some("HasTable")),
            resource("Logs", "AWS::Logs::LogGroup", None),
            resource("Edge", "", None),
        ];
        assert_eq!(Template::new(TEXT).resources(), expected);
    }

    #[test]
    fn the_compact_text_has_neither_comments_nor_deep_indentation() {
        let text = "A:\n  # A comment.\n  B:\n    - - C: \"# text\"\n        D: >-\n          folded\n          text\n      - E\n    - F\n  \
                    G: |-\n    {\n      # kept\n\n    }\nH:\n  - >-\n    x\n  - y\n";
        let compact = "A:\n B:\n  - - C: \"# text\"\n      D: >-\n       folded\n       text\n    - E\n  - F\n \
                       G: |-\n  {\n    # kept\n\n  }\nH:\n - >-\n  x\n - y\n";
        assert_eq!(Template::new(text).body(), compact);
    }

    #[test]
    fn retained_resources_are_listed_by_name() {
        assert_eq!(Template::new(TEXT).retained_resources().collect::<Vec<_>>(), ["Table", "Edge"]);
    }

    #[test]
    fn a_template_without_a_resources_section_is_detected() {
        for template in ["Description: x\nResources:\n  Table:\n", "Resources: {Table: {}}", "{\"Resources\": {}}"] {
            assert!(Template::new(template).has_resources(), "{template:?}");
        }
        for template in
            ["", "Description: x\n", "Resource:\n  Table:\n", "Outputs:\n  Resources:\n", "{\"Outputs\": {}}"]
        {
            assert!(!Template::new(template).has_resources(), "{template:?}");
        }
    }
}
