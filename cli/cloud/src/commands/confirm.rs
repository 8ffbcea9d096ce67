//! Confirmation of a change that cannot be undone by running the command again.

use std::io::{BufRead as _, IsTerminal as _, Write as _, stderr, stdin};

/// The result of a confirmation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Confirmation {
    /// Confirmed.
    Yes,
    /// Declined.
    No,
    /// There is no terminal to prompt on, and no `--yes`.
    NoTerminal,
}

/// Prompts on the terminal, unless `yes` is set. Only `word`, in full, confirms.
pub(crate) fn confirm(prompt: &str, word: &str, yes: bool) -> Confirmation {
    if yes {
        return Confirmation::Yes;
    }
    if !stdin().is_terminal() {
        return Confirmation::NoTerminal;
    }
    eprint!("{prompt} [{word}] ");
    // A prompt that cannot be shown or read is not confirmed.
    let _ = stderr().flush();
    let mut line = String::new();
    match stdin().lock().read_line(&mut line) {
        Ok(_) if line.trim() == word => Confirmation::Yes,
        _ => Confirmation::No,
    }
}
