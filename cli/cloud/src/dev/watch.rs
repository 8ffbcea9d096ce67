//! Notification of saved files.

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

/// The folders of a checkout from which parts of the system are built.
const FOLDERS: [&str; 5] = ["site", "cloudformation", "edge", "wasm", "origin"];

/// Events within this time are one change: an editor saves a file in several steps, and a developer several files at once.
const SETTLE: Duration = Duration::from_millis(30);

/// A watched checkout.
#[derive(Debug)]
pub struct Watch {
    repository: PathBuf,
    changed: UnboundedReceiver<PathBuf>,
    /// The events that were received since the last change.
    pending: Change,
    /// Watches until it is dropped.
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Starts to watch.
    ///
    /// # Errors
    /// The error of the operating system, usually that its limit of watches is reached.
    pub fn start(repository: &Path) -> notify::Result<Self> {
        let (sender, changed) = unbounded_channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
            for path in event.into_iter().filter(|event| is_change(event.kind)).flat_map(|event| event.paths) {
                // The receiver is dropped when the system stops.
                let _ = sender.send(path);
            }
        })?;
        // Not recursive, because `target` changes all the time.
        watcher.watch(repository, RecursiveMode::NonRecursive)?;
        for folder in FOLDERS.map(|folder| repository.join(folder)).iter().filter(|folder| folder.is_dir()) {
            watcher.watch(folder, RecursiveMode::Recursive)?;
        }
        Ok(Self { repository: repository.to_owned(), changed, pending: Change::default(), _watcher: watcher })
    }

    /// Returns the next change that affects the system, once no more events follow. Cancel safe: a dropped call loses no event.
    pub async fn next(&mut self) -> Change {
        loop {
            let next = self.changed.recv();
            let path = if self.pending.is_empty() { Ok(next.await) } else { timeout(SETTLE, next).await };
            match path {
                Ok(Some(path)) => self.pending |= Change::from_path(&self.repository, &path),
                // Without a watcher, no more events follow.
                Ok(None) => std::future::pending().await,
                Err(_elapsed) => return std::mem::take(&mut self.pending),
            }
        }
    }
}

/// Whether an event changes the content of a file. Reads and changes of metadata do not.
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

    /// Far longer than a notification takes.
    const LONG: Duration = Duration::from_secs(20);

    #[tokio::test]
    async fn files_saved_together_are_one_change() {
        let checkout = tempfile::tempdir().unwrap();
        let path = |name: &str| checkout.path().join(name);
        for folder in FOLDERS {
            fs::create_dir(path(folder)).unwrap();
        }
        let mut watch = Watch::start(checkout.path()).unwrap();
        fs::write(path("README.md"), "not a part of the system").unwrap();
        // Editors write a new file and rename it.
        fs::write(path("site/.index.html.new"), "<p>").unwrap();
        fs::rename(path("site/.index.html.new"), path("site/index.html")).unwrap();
        fs::write(path("cloudformation/stack.yaml"), "Resources: {}").unwrap();
        let change = timeout(LONG, watch.next()).await.expect("a change");
        assert_eq!(change, Change { site: true, stack: true, ..Change::default() });

        fs::create_dir(path("site/css")).unwrap();
        assert!(timeout(LONG, watch.next()).await.expect("a change").site);
        fs::remove_file(path("site/index.html")).unwrap();
        assert!(timeout(LONG, watch.next()).await.expect("a change").site);
    }
}
