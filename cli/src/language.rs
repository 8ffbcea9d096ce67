//! A check that the repository's texts use plain English.
//!
//! [`PHRASES`] are expressions that have a shorter and more exact form. Each is a whole word or a sequence of whole words.
//! Add one only if it has practically no correct use.

use std::{fs, process::Command};

/// A phrase, the reason to avoid it, and what to write.
const PHRASES: [(&str, &str, &str); 14] = [
    ("nobody", PERSON, "only X, no one else"),
    ("somebody", PERSON, "another process, the caller"),
    ("whoever", PERSON, "anyone who, the caller"),
    ("heed", ARCHAIC, "apply, honour"),
    ("heeds", ARCHAIC, "applies, honours"),
    ("heeded", ARCHAIC, "active, applied"),
    ("unheeded", ARCHAIC, "ignored"),
    ("is no", NEGATED_NOUN, "is not a valid X, is missing"),
    ("is none", NEGATED_NOUN, "is missing, is empty"),
    ("none at all", NEGATED_NOUN, "none, is empty"),
    ("what became of", RIDDLE, "the result of"),
    ("what comes of", RIDDLE, "the result of"),
    ("as you said", RIDDLE, "(leave out)"),
    ("mints", ARCHAIC, "signs, creates"),
];

const PERSON: &str = "names a person where a part of the system acts";
const ARCHAIC: &str = "is not a word of the trade";
const NEGATED_NOUN: &str = "says what a thing is not";
const RIDDLE: &str = "does not name the thing";

/// Words after "is no" that make it correct English.
const IS_NO_LONGER: [&str; 11] =
    ["longer", "more", "less", "need", "point", "different", "other", "way", "better", "worse", "reason"];

/// Texts that quote the phrases.
const EXCLUDED: [&str; 2] = ["cli/src/language.rs", "CONTRIBUTING.md"];

fn is_excluded(file: &str) -> bool {
    EXCLUDED.contains(&file)
}

/// The phrases in a line, each with its reason and suggestion.
fn findings(line: &str) -> impl Iterator<Item = &'static (&'static str, &'static str, &'static str)> {
    let words: Vec<&str> =
        line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    PHRASES.iter().filter(move |(phrase, ..)| {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        (0..words.len()).any(|at| {
            let rest = &words[at..];
            let found = rest.len() >= phrase.len()
                && rest.iter().zip(&phrase).enumerate().all(|(index, (word, wanted))| {
                    // A sentence may begin with the phrase, but `None` is not "none".
                    *word == *wanted || index == 0 && word.eq_ignore_ascii_case(wanted)
                });
            found && (phrase != ["is", "no"] || is_negated_noun(&words[..at], &rest[2..]))
        })
    })
}

/// Whether "is no" is followed by a noun and is not part of "there is no".
fn is_negated_noun(before: &[&str], after: &[&str]) -> bool {
    let there = before.last().is_some_and(|word| word.eq_ignore_ascii_case("there"));
    !there && after.first().is_some_and(|word| !IS_NO_LONGER.contains(word))
}

#[test]
fn a_phrase_is_found_as_whole_words() {
    let found = |line| findings(line).map(|(phrase, ..)| *phrase).collect::<Vec<_>>();
    assert_eq!(found("Nobody asks, and whoever"), ["nobody", "whoever"]);
    assert_eq!(found("`x` is no origin: it is none"), ["is no", "is none"]);
    for fine in
        ["is no longer", "There is no file", "if it is None", "x.is_none()", "heedless", "is not one", "this no", ""]
    {
        assert_eq!(found(fine), [""; 0], "{fine}");
    }
}

#[test]
fn the_repository_is_written_in_plain_english() {
    let repository = vitae_setup::repository();
    let files = ["ls-files", "-z", "--", "*.rs", "*.md", "*.mjs", "*.yaml", "*.yml"];
    let list = vitae_setup::run(Command::new("git").current_dir(&repository).args(files)).unwrap();
    let mut found = Vec::new();
    for file in list.split_terminator('\0').filter(|file| !is_excluded(file)) {
        // A tracked file may be deleted in the working tree.
        let Ok(text) = fs::read_to_string(repository.join(file)) else { continue };
        for (number, line) in (1..).zip(text.lines()) {
            for (phrase, reason, instead) in findings(line) {
                found.push(format!("{file}:{number}: \"{phrase}\" {reason}: write {instead:?}"));
            }
        }
    }
    assert!(found.is_empty(), "{} phrases to replace:\n{}", found.len(), found.join("\n"));
}
