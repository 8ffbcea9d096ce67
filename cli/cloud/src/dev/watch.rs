//! Hearing of saved files.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher as _, event::ModifyKind};
use tokio::{
    sync::mpsc::{UnboundedReceiver, unbounded_channel},
    time::timeout,
};

use super::Change;

/// The folders of a checkout that something running is made from.
const FOLDERS: [&str; 5] = ["site", "cloudformation", "edge", "wasm", "origin"];

/// An editor saves a file in several steps, and a developer several files at once: what comes within this is one change.
const SETTLE: Duration = Duration::from_millis(30);

/// The checkout being watched.
#[derive(Debug)]
pub struct Watch {
    repository: PathBuf,
    changed: UnboundedReceiver<PathBuf>,
    /// What has not settled yet.
    unsettled: Change,
    /// Watches until it is dropped.
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Begins to watch.
    ///
    /// # Errors
    /// What the system says: mostly that it watches too many files already.
    pub fn begin(repository: &Path) -> notify::Result<Self> {
        let (tell, changed) = unbounded_channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            for path in event.into_iter().filter(|event| is_change(event.kind)).flat_map(|event| event.paths) {
                // Nobody listens once the system ends.
                let _ = tell.send(path);
            }
        })?;
        // Of the root, only the files in it: `target` changes all the time.
        watcher.watch(repository, RecursiveMode::NonRecursive)?;
        for folder in FOLDERS.map(|folder| repository.join(folder)).iter().filter(|folder| folder.is_dir()) {
            watcher.watch(folder, RecursiveMode::Recursive)?;
        }
        Ok(Self { repository: repository.to_owned(), changed, unsettled: Change::default(), _watcher: watcher })
    }

    /// The next change that means something, once it has settled. Dropped before, it loses nothing: the next call goes on.
    pub async fn next(&mut self) -> Change {
        loop {
            let next = self.changed.recv();
            let path = if self.unsettled.is_nothing() { Ok(next.await) } else { timeout(SETTLE, next).await };
            match path {
                Ok(Some(path)) => self.unsettled |= Change::of(&self.repository, &path),
                // The watcher has gone: no more is heard.
                Ok(None) => std::future::pending().await,
                Err(_settled) => return std::mem::take(&mut self.unsettled),
            }
        }
    }
}

/// Reading a file, or giving it another owner, changes nothing.
fn is_change(kind: EventKind) -> bool {
    match kind {
        EventKind::Create(_) | EventKind::Remove(_) => true,
        EventKind::Modify(modified) => !matches!(modified, ModifyKind::Metadata(_)),
        EventKind::Any | EventKind::Access(_) | EventKind::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// Far more than a system takes to tell, which it does at once.
    const LONG: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn what_is_saved_together_is_one_change() {
        let checkout = tempfile::tempdir().unwrap();
        let path = |name: &str| checkout.path().join(name);
        for folder in FOLDERS {
            fs::create_dir(path(folder)).unwrap();
        }
        let mut watch = Watch::begin(checkout.path()).unwrap();
        fs::write(path("README.md"), "nothing is made from it").unwrap();
        // As editors save: another file, which takes the place of the old one.
        fs::write(path("site/.index.html.new"), "<p>").unwrap();
        fs::rename(path("site/.index.html.new"), path("site/index.html")).unwrap();
        fs::write(path("cloudformation/stack.yaml"), "Resources: {}").unwrap();
        let change = timeout(LONG, watch.next()).await.expect("a change");
        assert_eq!(change, Change { site: true, stack: true, code: false });

        fs::create_dir(path("site/css")).unwrap();
        assert!(timeout(LONG, watch.next()).await.expect("a change").site);
        fs::remove_file(path("site/index.html")).unwrap();
        assert!(timeout(LONG, watch.next()).await.expect("a change").site);
    }
}
