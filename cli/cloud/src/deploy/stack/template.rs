//! Templates. The text is read by line and not as YAML, since no YAML parser keeps CloudFormation's tags: section names have no
//! indentation, and the names in a section have two spaces.

/// The text of a template, formatted as the files in `cloudformation/`.
#[derive(Clone, Copy, Debug)]
pub struct Template<'a>(&'a str);

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

    /// The names of the parameters.
    pub fn parameters(self) -> impl Iterator<Item = &'a str> {
        self.section("Parameters").filter_map(name)
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
