//! Runs other programs.

use std::{
    env,
    io::ErrorKind,
    process::{Command, Stdio},
};

use crate::SetupError;

/// How many lines of a failed program's output an error quotes.
const TAIL_LINES: usize = 20;

/// The cargo that runs this program, else the one in `PATH`.
#[must_use]
pub fn cargo() -> Command {
    Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// Runs `command` and returns its standard output.
///
/// # Errors
/// [`SetupError::Missing`] if the program is not installed, [`SetupError::Failed`] with the last lines of its output if it
/// fails.
pub fn run(command: &mut Command) -> Result<String, SetupError> {
    let shown = shown(command);
    let output = command.stdin(Stdio::null()).output().map_err(|error| match error.kind() {
        ErrorKind::NotFound => SetupError::Missing {
            program: command.get_program().to_string_lossy().into_owned(),
            advice: "install it and try again",
        },
        _ => SetupError::Failed { command: shown.clone(), status: error.to_string(), tail: String::new() },
    })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let mut written = String::from_utf8_lossy(&output.stdout).into_owned();
    written.push_str(&String::from_utf8_lossy(&output.stderr));
    Err(SetupError::Failed { command: shown, status: output.status.to_string(), tail: tail(&written) })
}

/// The command line.
fn shown(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

fn tail(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_of_a_program_is_returned() {
        assert_eq!(run(Command::new("printf").arg("%s").arg("hello")).unwrap(), "hello");
    }

    #[test]
    fn a_failed_program_is_quoted_with_its_last_lines() {
        let error =
            run(Command::new("sh").arg("-c").arg("seq 1 30; echo no luck >&2; exit 3")).unwrap_err().to_string();
        assert!(error.contains("exit status: 3"), "{error}");
        assert!(error.ends_with("no luck"), "{error}");
        assert!(!error.contains("\n11\n"), "more than the last lines: {error}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = run(&mut Command::new("vitae-no-such-program")).unwrap_err();
        assert!(
            matches!(error, SetupError::Missing { ref program, .. } if program == "vitae-no-such-program"),
            "{error}"
        );
    }
}
