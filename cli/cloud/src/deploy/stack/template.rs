//! What must be known of a template before it is sent. Its text is read by line and not as YAML, which has no reader that knows
//! CloudFormation's tags and keeps to what is there: sections at the margin, names below them.

/// The text of a template in YAML, as the files of `cloudformation/` are written.
#[derive(Clone, Copy, Debug)]
pub struct Template<'a>(&'a str);

impl<'a> Template<'a> {
    /// This text.
    #[must_use]
    pub const fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The text.
    #[must_use]
    pub const fn text(self) -> &'a str {
        self.0
    }

    /// The names of its parameters.
    pub fn parameters(self) -> impl Iterator<Item = &'a str> {
        self.section("Parameters").filter_map(name)
    }

    /// The resources that outlive the stack, by their names in the template: what holds data, and what CloudFront still runs.
    pub fn outlive(self) -> impl Iterator<Item = &'a str> {
        let mut resource = "";
        self.section("Resources").filter_map(move |line| {
            resource = name(line).unwrap_or(resource);
            let policy = line.strip_prefix("    DeletionPolicy: ")?;
            // Both keep a resource that was made; the second one lets a creation that failed take it along.
            // https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
            matches!(policy.trim(), "Retain" | "RetainExceptOnCreate").then_some(resource)
        })
    }

    /// Whether it has the one section that it must have. CloudFormation says so itself; the local cloud takes a template without
    /// it, one that is half saved perhaps, and removes all that the stack has.
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

/// The name that a line of a section begins: two spaces, the name, a colon.
fn name(line: &str) -> Option<&str> {
    line.strip_prefix("  ").filter(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic()))?.strip_suffix(':')
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "
Parameters:
  # What it is.
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
    fn parameters_are_told_by_name() {
        assert_eq!(Template::new(TEXT).parameters().collect::<Vec<_>>(), ["Name", "Days"]);
        assert_eq!(Template::new("Resources:\n").parameters().count(), 0);
    }

    #[test]
    fn what_outlives_the_stack_is_told_by_name() {
        assert_eq!(Template::new(TEXT).outlive().collect::<Vec<_>>(), ["Table", "Edge"]);
    }

    #[test]
    fn a_template_without_resources_is_none() {
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
