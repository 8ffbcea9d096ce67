//! The mail that the local system sends. Nothing leaves the machine: the local cloud keeps each message in a file, and the local edge
//! shows it below `/.vitae/mail`, with the HTML and the text side by side.

mod message;
mod page;

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::time::{MissedTickBehavior, interval};
use vitae_local::{Page, Pages};

use self::message::Message;
use super::ministack::MAIL;

/// How often the folder is read for new messages.
const POLL: Duration = Duration::from_millis(300);

/// The messages of a system.
#[derive(Clone, Debug)]
pub struct Mail {
    folder: PathBuf,
}

/// New messages, in the order of their arrival.
#[derive(Debug)]
pub struct NewMail {
    mail: Mail,
    known: BTreeSet<String>,
}

/// A message that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its subject.
    pub subject: String,
    /// The path of its page.
    pub path: String,
}

impl Mail {
    /// The messages in a state.
    #[must_use]
    pub fn new(state: &Path) -> Self {
        Self { folder: state.join(MAIL) }
    }

    /// Their pages.
    #[must_use]
    pub fn pages(&self) -> Pages {
        let mail = self.clone();
        Pages::from_fn(move |path| mail.page(path))
    }

    /// The messages that are sent from now on.
    #[must_use]
    pub fn watch(&self) -> NewMail {
        NewMail { mail: self.clone(), known: self.ids().into_iter().collect() }
    }

    fn page(&self, path: &str) -> Option<Page> {
        match path.strip_prefix("mail")? {
            "" | "/" => {
                let messages: Vec<_> = self.ids().into_iter().filter_map(|id| Some((self.read(&id)?, id))).collect();
                Some(page::list(&messages))
            }
            ".css" => Some(page::style()),
            below => {
                let below = below.strip_prefix('/')?;
                let (id, is_html) = below.strip_suffix("/html").map_or((below, false), |id| (id, true));
                let message = self.read(id)?;
                Some(if is_html { page::html(&message) } else { page::show(id, &message) })
            }
        }
    }

    /// The ids, newest first.
    fn ids(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let mut files: Vec<_> = entries
            .flatten()
            .filter_map(|entry| Some((entry.metadata().and_then(|data| data.modified()).ok()?, id(&entry.path())?)))
            .collect();
        files.sort_unstable();
        files.into_iter().rev().map(|(_, id)| id).collect()
    }

    fn read(&self, id: &str) -> Option<Message> {
        // An id is the name of a file: nothing that could be a path.
        let is_id = id.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
        let json = is_id.then(|| fs::read(self.folder.join(format!("{id}.json"))))?;
        json.and_then(|json| Message::parse(&json).map_err(io::Error::other)).ok()
    }
}

/// The id of the message in this file.
fn id(path: &Path) -> Option<String> {
    let is_message = path.extension() == Some(OsStr::new("json"));
    path.file_stem().filter(|_| is_message).and_then(OsStr::to_str).map(str::to_owned)
}

impl NewMail {
    /// The next message. Cancel safe: a dropped call loses none.
    pub async fn next(&mut self) -> Sent {
        let mut ticks = interval(POLL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            for id in self.mail.ids().into_iter().rev() {
                if self.known.insert(id.clone())
                    && let Some(message) = self.mail.read(&id)
                {
                    return Sent { subject: message.subject, path: format!("/.vitae/mail/{id}") };
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn write(state: &Path, id: &str, subject: &str) {
        fs::create_dir_all(state.join("mail")).unwrap();
        let message = json!({
            "FromEmailAddress": "Jane <cv@example.com>",
            "Destination": {"ToAddresses": ["ada@example.org"]},
            "Content": {"Simple": {
                "Subject": {"Data": subject},
                "Body": {"Text": {"Data": "Open <it>"}, "Html": {"Data": "<p>Open</p>"}},
            }},
        });
        fs::write(state.join(format!("mail/{id}.json")), message.to_string()).unwrap();
    }

    #[test]
    fn a_message_is_listed_and_shown_and_its_html_is_separate() {
        let state = tempfile::tempdir().unwrap();
        let mail = Mail::new(state.path());
        assert!(mail.page("mail").unwrap().body.contains("No message"));
        write(state.path(), "a-1", "Your <CV>");
        let list = mail.page("mail").unwrap().body;
        assert!(list.contains(r#"href="/.vitae/mail/a-1""#) && list.contains("Your &lt;CV&gt;"), "{list}");
        let shown = mail.page("mail/a-1").unwrap();
        for part in ["ada@example.org", "Open &lt;it&gt;", r#"<iframe src="/.vitae/mail/a-1/html""#] {
            assert!(shown.body.contains(part), "{part}: {}", shown.body);
        }
        assert!(shown.policy.starts_with("default-src 'none'; "), "{}", shown.policy);
        let html = mail.page("mail/a-1/html").unwrap();
        assert!(html.body.ends_with("<p>Open</p>"));
        assert!(html.policy.contains("sandbox") && !html.policy.contains("allow-scripts"), "{}", html.policy);
    }

    #[test]
    fn a_path_outside_of_the_folder_is_no_message() {
        let state = tempfile::tempdir().unwrap();
        write(state.path(), "a-1", "x");
        fs::write(state.path().join("secret.json"), "{}").unwrap();
        let mail = Mail::new(state.path());
        for path in
            ["mail/../secret", "mail/%2e%2e/secret", "mail/a-1.json", "mail/a-1/", "mailbox", "mail/b", "reload"]
        {
            assert_eq!(mail.page(path), None, "{path}");
        }
    }

    #[tokio::test]
    async fn only_messages_that_are_sent_later_are_new() {
        let state = tempfile::tempdir().unwrap();
        write(state.path(), "a-1", "old");
        let mut new = Mail::new(state.path()).watch();
        write(state.path(), "a-2", "new");
        assert_eq!(new.next().await, Sent { subject: "new".into(), path: "/.vitae/mail/a-2".into() });
    }
}
