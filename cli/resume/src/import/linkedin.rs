//! LinkedIn's data export: a ZIP of CSV files. Their names and columns are not documented by LinkedIn; these are those of exports
//! since 2021. A column that is missing is an empty one.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read as _},
};

use super::{ImportError, Imported};
use crate::{
    link,
    resume::{
        Award, Certificate, Education, Language, Location, Profile, Project, Publication, Reference, Resume, Skill,
        Volunteer, Work,
    },
};

/// The most bytes of one CSV file. The files of a profile have a few kilobytes; messages and ads, which have megabytes, are not read.
const MAX_FILE: u64 = 4 * 1024 * 1024;

/// A row by column.
type Record = BTreeMap<String, String>;

/// The files that are read.
const FILES: [&str; 14] = [
    "Profile.csv",
    "Positions.csv",
    "Education.csv",
    "Skills.csv",
    "Languages.csv",
    "Certifications.csv",
    "Projects.csv",
    "Publications.csv",
    "Honors.csv",
    "Volunteering.csv",
    "Recommendations_Received.csv",
    "Email Addresses.csv",
    "PhoneNumbers.csv",
    "Courses.csv",
];

pub(super) fn import(content: &[u8]) -> Result<Imported, ImportError> {
    let zip_error = |error: &dyn ToString| ImportError::Zip(error.to_string());
    let mut archive = zip::ZipArchive::new(Cursor::new(content)).map_err(|error| zip_error(&error))?;
    let mut files = BTreeMap::new();
    let mut not_imported = Vec::new();
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|error| zip_error(&error))?;
        if file.is_dir() {
            continue;
        }
        let path = file.name().map_err(|error| zip_error(&error))?.into_owned();
        let name = path.rsplit('/').next().unwrap_or_default();
        let Some(known) = FILES.into_iter().find(|known| known.eq_ignore_ascii_case(name)) else {
            not_imported.push(format!("{path}: has no place in a resume"));
            continue;
        };
        let mut text = Vec::new();
        file.take(MAX_FILE + 1).read_to_end(&mut text).map_err(|error| zip_error(&error))?;
        if text.len() as u64 > MAX_FILE {
            not_imported.push(format!("{path}: is larger than {MAX_FILE} bytes"));
            continue;
        }
        files.insert(known, records(&text).map_err(|error| ImportError::Zip(format!("{path}: {error}")))?);
    }
    if !files.contains_key("Profile.csv") && !files.contains_key("Positions.csv") {
        return Err(ImportError::NoProfile);
    }
    let mut export = Export { files, not_imported };
    let resume = export.resume();
    export.not_imported.sort();
    Ok(Imported { resume, not_imported: export.not_imported })
}

fn records(text: &[u8]) -> Result<Vec<Record>, csv::Error> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text);
    let columns = reader.headers()?.clone();
    let records = reader.records().map(|record| {
        let record = record?;
        let fields = columns.iter().map(str::to_owned).zip(record.iter().map(str::to_owned));
        Ok(fields.filter(|(_, value)| !value.is_empty()).collect())
    });
    records.collect()
}

struct Export {
    files: BTreeMap<&'static str, Vec<Record>>,
    not_imported: Vec<String>,
}

impl Export {
    /// Maps each row of a file. Columns that `map` leaves are listed as not imported.
    fn map<T>(&mut self, file: &'static str, map: impl Fn(&mut Row<'_>) -> T) -> Vec<T> {
        let mut mapped = Vec::new();
        for (index, record) in self.files.remove(file).unwrap_or_default().into_iter().enumerate() {
            let mut row =
                Row { record, place: format!("{file}, row {}", index + 1), not_imported: &mut self.not_imported };
            mapped.push(map(&mut row));
            row.list_rest();
        }
        mapped
    }

    fn resume(&mut self) -> Resume {
        let mut resume = Resume::default();
        let basics = &mut resume.basics;
        self.map("Profile.csv", |row| {
            (
                row.names(),
                row.take("Headline"),
                row.take("Summary"),
                row.take("Geo Location"),
                row.take("Zip Code"),
                row.websites(),
            )
        })
        .into_iter()
        .next()
        .into_iter()
        .for_each(|(name, label, summary, city, postal_code, (url, profiles))| {
            (basics.name, basics.label, basics.summary) = (name, label, summary);
            basics.location = Location { postal_code, city, ..Location::default() };
            (basics.url, basics.profiles) = (url, profiles);
        });
        let mut addresses = self.map("Email Addresses.csv", |row| {
            row.ignore(&["Confirmed", "Updated On"]);
            (row.take("Primary") != "Yes", row.take("Email Address"))
        });
        addresses.sort();
        basics.email = addresses
            .into_iter()
            .map(|(_, address)| address)
            .find(|address| link::is_email(address))
            .unwrap_or_default();
        let numbers = self.map("PhoneNumbers.csv", |row| {
            row.ignore(&["Type"]);
            (row.take("Number"), row.take("Extension"))
        });
        let number = numbers.into_iter().next().unwrap_or_default();
        basics.phone = if number.1.is_empty() { number.0 } else { format!("{} ext. {}", number.0, number.1) };
        resume.work = self.map("Positions.csv", |row| Work {
            name: row.take("Company Name"),
            position: row.take("Title"),
            summary: row.take("Description"),
            location: row.take("Location"),
            start_date: row.date("Started On"),
            end_date: row.date("Finished On"),
            ..Work::default()
        });
        resume.education = self.map("Education.csv", |row| Education {
            institution: row.take("School Name"),
            study_type: row.take("Degree Name"),
            start_date: row.date("Start Date"),
            end_date: row.date("End Date"),
            ..Education::default()
        });
        resume.skills = self.map("Skills.csv", |row| Skill { name: row.take("Name"), ..Skill::default() });
        resume.languages =
            self.map("Languages.csv", |row| Language { language: row.take("Name"), fluency: row.take("Proficiency") });
        resume.certificates = self.map("Certifications.csv", |row| Certificate {
            name: row.take("Name"),
            url: row.url("Url"),
            issuer: row.take("Authority"),
            date: row.date("Started On"),
        });
        resume.projects = self.map("Projects.csv", |row| Project {
            name: row.take("Title"),
            description: row.take("Description"),
            url: row.url("Url"),
            start_date: row.date("Started On"),
            end_date: row.date("Finished On"),
            ..Project::default()
        });
        resume.publications = self.map("Publications.csv", |row| Publication {
            name: row.take("Name"),
            release_date: row.date("Published On"),
            summary: row.take("Description"),
            publisher: row.take("Publisher"),
            url: row.url("Url"),
        });
        resume.awards = self.map("Honors.csv", |row| Award {
            title: row.take("Title"),
            summary: row.take("Description"),
            date: row.date("Issued On"),
            ..Award::default()
        });
        resume.volunteer = self.map("Volunteering.csv", |row| Volunteer {
            organization: row.take("Company Name"),
            position: row.take("Role"),
            summary: row.take("Description"),
            start_date: row.date("Started On"),
            end_date: row.date("Finished On"),
            ..Volunteer::default()
        });
        resume.references = self.map("Recommendations_Received.csv", |row| {
            row.ignore(&["Creation Date", "Status"]);
            Reference { name: row.names(), reference: row.take("Text") }
        });
        // A course has no school.
        self.map("Courses.csv", |_| ());
        resume
    }
}

/// A row of which columns are taken.
struct Row<'a> {
    record: Record,
    /// The file and the number of the row.
    place: String,
    not_imported: &'a mut Vec<String>,
}

impl Row<'_> {
    fn take(&mut self, column: &str) -> String {
        self.record.remove(column).unwrap_or_default()
    }

    fn ignore(&mut self, columns: &[&str]) {
        for column in columns {
            self.record.remove(*column);
        }
    }

    /// Puts a column back, so that it is listed.
    fn leave(&mut self, column: &str, value: String) {
        self.record.insert(column.to_owned(), value);
    }

    fn names(&mut self) -> String {
        let names = [self.take("First Name"), self.take("Last Name")];
        names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// A date such as `Jun 2014`, `2014` or `2014-06-29`.
    fn date(&mut self, column: &str) -> String {
        let text = self.take(column);
        let date = parse_date(&text);
        if date.is_none() && !text.is_empty() {
            self.leave(column, text);
        }
        date.unwrap_or_default()
    }

    fn url(&mut self, column: &str) -> String {
        let text = self.take(column);
        match link::check(&text) {
            Ok(url) => url.to_owned(),
            Err(_) if text.is_empty() => text,
            Err(_) => {
                self.leave(column, text);
                String::new()
            }
        }
    }

    /// The first website and the other ones, from `[PERSONAL:https://a.example,BLOG:https://b.example]`, and the handles.
    fn websites(&mut self) -> (String, Vec<Profile>) {
        let (sites, handles) = (self.take("Websites"), self.take("Twitter Handles"));
        let mut urls = Vec::new();
        for site in sites.trim_matches(['[', ']']).split(',').map(str::trim).filter(|site| !site.is_empty()) {
            let url = site.find("http").map(|at| &site[at..]).and_then(|url| link::check(url).ok());
            match url {
                Some(url) => urls.push(url.to_owned()),
                None => self.leave("Websites", site.to_owned()),
            }
        }
        let mut urls = urls.into_iter();
        let first = urls.next().unwrap_or_default();
        let others = urls.map(|url| Profile { url, ..Profile::default() });
        let handles =
            handles.trim_matches(['[', ']']).split(',').map(|handle| handle.trim().trim_start_matches('@').to_owned());
        let handles = handles.filter(|handle| !handle.is_empty());
        let handles = handles.map(|username| Profile { network: "Twitter".to_owned(), username, ..Profile::default() });
        (first, others.chain(handles).collect())
    }

    fn list_rest(self) {
        for (column, value) in self.record {
            let mut short: String = value.chars().take(40).collect();
            if short.len() < value.len() {
                short.push('…');
            }
            self.not_imported.push(format!("{}: {column}: {short:?}", self.place));
        }
    }
}

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The date in the form of the schema.
fn parse_date(text: &str) -> Option<String> {
    if crate::date::Date::parse(text).is_ok() {
        return Some(text.to_owned());
    }
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let month = |word: &str| {
        let word = word.to_lowercase();
        MONTHS.iter().position(|month| word.starts_with(month)).map(|index| index + 1)
    };
    let date = match words.as_slice() {
        [name, year] => format!("{year}-{:02}", month(name)?),
        [name, day, year] => format!("{year}-{:02}-{:0>2}", month(name)?, day),
        _ => return None,
    };
    crate::date::Date::parse(&date).ok().map(|_| date)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::write::SimpleFileOptions;

    use super::*;
    use crate::check::check;

    fn archive(files: &[(&str, &str)]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, text) in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn an_export_is_a_valid_resume_and_the_rest_is_listed() {
        let content = archive(&[
            (
                "Profile.csv",
                "First Name,Last Name,Birth Date,Headline,Summary,Industry,Geo Location,Twitter Handles,Websites\n\
                 Ada,Lovelace,Dec 10,Analyst,\"First, of many.\nSecond line.\",Computing,London,[@ada],\"[PERSONAL:https://ada.example,OTHER:ftp://x]\"\n",
            ),
            (
                "Positions.csv",
                "Company Name,Title,Description,Location,Started On,Finished On\nEngine Ltd,Analyst,,London,Jun 1842,\nHome,Pupil,,,soon,1842\n",
            ),
            (
                "Email Addresses.csv",
                "Email Address,Confirmed,Primary,Updated On\nold@example.com,Yes,No,x\nada@example.com,Yes,Yes,x\n",
            ),
            (
                "Education.csv",
                "School Name,Start Date,End Date,Notes,Degree Name,Activities\nHome,1830,1835,Tutors,,\n",
            ),
            ("Skills.csv", "Name\nAnalysis\nMusic\n"),
            ("Jobs/Saved Jobs.csv", "a\nb\n"),
        ]);
        let Imported { resume, not_imported } = import(&content).unwrap();
        assert_eq!(check(&serde_json::to_string(&resume).unwrap()), []);
        assert_eq!(
            (&*resume.basics.name, &*resume.basics.email, &*resume.basics.url),
            ("Ada Lovelace", "ada@example.com", "https://ada.example")
        );
        assert_eq!(resume.basics.summary, "First, of many.\nSecond line.");
        assert_eq!((&*resume.work[0].start_date, &*resume.work[0].end_date, resume.work.len()), ("1842-06", "", 2));
        assert_eq!(resume.skills.len(), 2);
        assert_eq!(
            not_imported,
            [
                "Education.csv, row 1: Notes: \"Tutors\"",
                "Jobs/Saved Jobs.csv: has no place in a resume",
                "Positions.csv, row 2: Started On: \"soon\"",
                "Profile.csv, row 1: Birth Date: \"Dec 10\"",
                "Profile.csv, row 1: Industry: \"Computing\"",
                "Profile.csv, row 1: Websites: \"OTHER:ftp://x\"",
            ]
        );
    }

    #[test]
    fn another_zip_is_refused() {
        assert!(matches!(import(&archive(&[("a.txt", "a")])), Err(ImportError::NoProfile)));
        assert!(matches!(import(b"PK\x03\x04 broken"), Err(ImportError::Zip(_))));
    }

    #[test]
    fn a_file_that_is_too_large_is_not_read() {
        let large = format!("Name\n{}", "x".repeat(usize::try_from(MAX_FILE).unwrap()));
        let imported = import(&archive(&[("Profile.csv", "First Name\nAda\n"), ("Skills.csv", &large)])).unwrap();
        assert_eq!(imported.not_imported, ["Skills.csv: is larger than 4194304 bytes"]);
    }

    #[test]
    fn dates_have_the_form_of_the_schema() {
        for (text, date) in [
            ("Jun 2014", Some("2014-06")),
            ("June 2014", Some("2014-06")),
            ("2014", Some("2014")),
            ("Jun 9, 2014", Some("2014-06-09")),
            ("soon", None),
            ("", None),
        ] {
            assert_eq!(parse_date(text).as_deref(), date, "{text}");
        }
    }
}
