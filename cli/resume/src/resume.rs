//! The types of the schema. A missing text is an empty one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::check::{Finding, check};

macro_rules! object {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase", default)]
        pub struct $name {
            $($(#[$field_doc])* #[serde(skip_serializing_if = "is_default")] pub $field: $kind,)*
        }
    };
}

/// Whether a value is missing.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

object! {
    /// A resume.
    Resume {
        /// Name, contacts and summary.
        basics: Basics,
        /// Jobs.
        work: Vec<Work>,
        /// Unpaid work.
        volunteer: Vec<Volunteer>,
        /// Schools and universities.
        education: Vec<Education>,
        /// Awards.
        awards: Vec<Award>,
        /// Certificates.
        certificates: Vec<Certificate>,
        /// Publications and talks.
        publications: Vec<Publication>,
        /// Skills.
        skills: Vec<Skill>,
        /// Languages.
        languages: Vec<Language>,
        /// Interests.
        interests: Vec<Interest>,
        /// What others said.
        references: Vec<Reference>,
        /// Projects.
        projects: Vec<Project>,
        /// About the file.
        meta: Meta,
    }
}

object! {
    /// The person.
    Basics {
        /// The name.
        name: String,
        /// The profession.
        label: String,
        /// A picture: a path on the site.
        image: String,
        /// The e-mail address.
        email: String,
        /// The telephone number.
        phone: String,
        /// The person's own site.
        url: String,
        /// A few sentences.
        summary: String,
        /// The address.
        location: Location,
        /// Accounts elsewhere.
        profiles: Vec<Profile>,
    }
}

object! {
    /// An address.
    Location {
        /// Street and number; may have several lines.
        address: String,
        /// The postal code.
        postal_code: String,
        /// The city.
        city: String,
        /// The country, as in ISO 3166-1 alpha-2.
        country_code: String,
        /// A state or province.
        region: String,
    }
}

object! {
    /// An account elsewhere.
    Profile {
        /// The network, such as `GitHub`.
        network: String,
        /// The name there.
        username: String,
        /// Its page.
        url: String,
    }
}

object! {
    /// A job.
    Work {
        /// The employer.
        name: String,
        /// The place.
        location: String,
        /// What the employer does.
        description: String,
        /// The position.
        position: String,
        /// The employer's site.
        url: String,
        /// The first day, month or year.
        start_date: String,
        /// The last one; empty for a present job.
        end_date: String,
        /// A few sentences.
        summary: String,
        /// Achievements.
        highlights: Vec<String>,
    }
}

object! {
    /// Unpaid work.
    Volunteer {
        /// The organization.
        organization: String,
        /// The position.
        position: String,
        /// The organization's site.
        url: String,
        /// The first day, month or year.
        start_date: String,
        /// The last one; empty if it is present.
        end_date: String,
        /// A few sentences.
        summary: String,
        /// Achievements.
        highlights: Vec<String>,
        /// The place. Not in the schema.
        location: String,
    }
}

object! {
    /// A school or university.
    Education {
        /// The school.
        institution: String,
        /// Its site.
        url: String,
        /// The subject.
        area: String,
        /// The degree.
        study_type: String,
        /// The first day, month or year.
        start_date: String,
        /// The last one.
        end_date: String,
        /// The grade.
        score: String,
        /// Courses.
        courses: Vec<String>,
        /// The place. Not in the schema.
        location: String,
    }
}

object! {
    /// An award.
    Award {
        /// Its name.
        title: String,
        /// When.
        date: String,
        /// Who awarded it.
        awarder: String,
        /// A few sentences.
        summary: String,
    }
}

object! {
    /// A certificate.
    Certificate {
        /// Its name.
        name: String,
        /// When.
        date: String,
        /// Its page.
        url: String,
        /// Who issued it.
        issuer: String,
    }
}

object! {
    /// A publication or a talk.
    Publication {
        /// Its title.
        name: String,
        /// Who published it.
        publisher: String,
        /// When.
        release_date: String,
        /// Its page.
        url: String,
        /// A few sentences.
        summary: String,
    }
}

object! {
    /// A skill.
    Skill {
        /// Its name.
        name: String,
        /// How well.
        level: String,
        /// Its parts.
        keywords: Vec<String>,
    }
}

object! {
    /// A language.
    Language {
        /// Its name.
        language: String,
        /// How well.
        fluency: String,
    }
}

object! {
    /// An interest.
    Interest {
        /// Its name.
        name: String,
        /// Its parts.
        keywords: Vec<String>,
    }
}

object! {
    /// What another person said.
    Reference {
        /// The person.
        name: String,
        /// The text.
        reference: String,
    }
}

object! {
    /// A project.
    Project {
        /// Its name.
        name: String,
        /// What it is.
        description: String,
        /// Achievements.
        highlights: Vec<String>,
        /// Its parts.
        keywords: Vec<String>,
        /// The first day, month or year.
        start_date: String,
        /// The last one; empty if it continues.
        end_date: String,
        /// Its page.
        url: String,
        /// Roles in it.
        roles: Vec<String>,
        /// The organization.
        entity: String,
        /// Its type, such as `talk`.
        r#type: String,
    }
}

object! {
    /// About the file.
    Meta {
        /// Where its latest version is.
        canonical: String,
        /// Its version.
        version: String,
        /// When it was changed.
        last_modified: String,
        /// The folder of the theme in `site/themes/`.
        theme: String,
        /// The language of `resume.json`, such as `en`. Not in the schema.
        language: String,
        /// The address of the site, for links that must be absolute. Not in the schema.
        site: String,
        /// Headings and other texts of the page that replace those of the language. Not in the schema.
        labels: BTreeMap<String, String>,
    }
}

/// A file that is not a valid resume.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", .findings.iter().filter(|finding| finding.is_error()).map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct InvalidResume {
    /// What is wrong.
    pub findings: Vec<Finding>,
}

impl Resume {
    /// Parses a file of the schema.
    ///
    /// # Errors
    /// [`InvalidResume`] with every finding, if one of them is an error.
    pub fn parse(text: &str) -> Result<Self, InvalidResume> {
        let findings = check(text);
        if findings.iter().any(Finding::is_error) {
            return Err(InvalidResume { findings });
        }
        // What the check accepts has these types.
        serde_json::from_str(text).map_err(|error| InvalidResume { findings: vec![Finding::whole_file(&error)] })
    }
}

impl Finding {
    fn whole_file(error: &serde_json::Error) -> Self {
        let (line, column) = (error.line(), error.column());
        Self { severity: crate::check::Severity::Error, line, column, field: String::new(), reason: error.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resume_is_read_and_written_without_missing_fields() {
        let text = r#"{"basics":{"name":"Ada","location":{"postalCode":"1"}},"work":[{"startDate":"1842"}],"projects":[{"type":"talk"}]}"#;
        let resume = Resume::parse(text).unwrap();
        assert_eq!((&*resume.basics.name, &*resume.work[0].start_date), ("Ada", "1842"));
        assert_eq!(serde_json::to_string(&resume).unwrap(), text);
    }

    #[test]
    fn an_empty_object_is_a_valid_resume() {
        assert_eq!(Resume::parse("{}").unwrap(), Resume::default());
    }

    #[test]
    fn the_errors_of_an_invalid_file_are_one_per_line() {
        let error = Resume::parse(r#"{"work": 1, "basics": {"name": 2, "other": 3}}"#).unwrap_err().to_string();
        assert_eq!(error.lines().count(), 2, "{error}");
    }
}
