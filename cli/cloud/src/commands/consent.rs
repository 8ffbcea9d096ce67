//! Asking before something is done that cannot be undone by running the command again.

use std::io::{BufRead as _, IsTerminal as _, Write as _, stderr, stdin};

/// What came of asking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Consent {
    /// Yes.
    Given,
    /// Anything else.
    Refused,
    /// There is no terminal to ask at.
    Unasked,
}

/// Asks on the terminal, unless it was said before by `--yes`. Yes is the `word`, in full.
pub(crate) fn ask(question: &str, word: &str, yes: bool) -> Consent {
    if yes {
        return Consent::Given;
    }
    if !stdin().is_terminal() {
        return Consent::Unasked;
    }
    eprint!("{question} [{word}] ");
    // What cannot be shown or read is no consent.
    let _ = stderr().flush();
    let mut answer = String::new();
    match stdin().lock().read_line(&mut answer) {
        Ok(_) if answer.trim() == word => Consent::Given,
        _ => Consent::Refused,
    }
}
