//! What a measuring program prints: measurements by name.

use std::{collections::BTreeMap, process::Command};

use crate::{Failure, summary::median};

/// Measurements by name, of one or more programs.
#[derive(Debug, Default)]
pub(crate) struct Samples(BTreeMap<String, Vec<f64>>);

impl Samples {
    /// Adds what `program` prints, `{name: [number, ...]}`, to what is there.
    pub(crate) fn add(&mut self, program: &mut Command) -> Result<(), Failure> {
        let words = format!("{program:?}");
        let ran = program.output().map_err(|source| Failure::Start { words: words.clone(), source })?;
        if !ran.status.success() {
            let said = String::from_utf8_lossy(&ran.stderr).trim().to_owned();
            return Err(Failure::Measure { words, said });
        }
        let measured: BTreeMap<String, Vec<f64>> = serde_json::from_slice(&ran.stdout)?;
        for (name, more) in measured {
            self.0.entry(name).or_default().extend(more);
        }
        Ok(())
    }

    /// The measurements of one name; none if the programs did not print it.
    pub(crate) fn of(&self, name: &str) -> &[f64] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// Their median.
    pub(crate) fn median(&self, name: &str) -> f64 {
        median(self.of(name))
    }
}
