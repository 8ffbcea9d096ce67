//! Where a value is in a file, for messages: `Resources.Site.Properties.DistributionConfig.Origins[0].Id`.

use std::fmt;

/// The path of a value. It borrows its parents, so that nothing is allocated until a message needs it.
#[derive(Clone, Copy)]
pub(super) struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Field(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    pub(super) const fn root(name: &'a str) -> Self {
        Self { parent: None, step: Step::Field(name) }
    }

    pub(super) const fn field(&'a self, name: &'a str) -> Self {
        Self { parent: Some(self), step: Step::Field(name) }
    }

    pub(super) const fn index(&'a self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Index(index) }
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match (self.step, self.parent) {
            (Step::Index(index), _) => write!(f, "[{index}]"),
            (Step::Field(name), Some(_)) => write!(f, ".{name}"),
            (Step::Field(name), None) => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Path;

    #[test]
    fn a_path_names_fields_and_indices() {
        let root = Path::root("Resources");
        let list = root.field("Site");
        assert_eq!(list.index(2).field("Id").to_string(), "Resources.Site[2].Id");
    }
}
