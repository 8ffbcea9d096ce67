//! Measurements by name, as the measuring programs print them.

use std::{collections::BTreeMap, process::Command};

use crate::{Error, summary::median};

/// Measurements of one or more programs, by name.
#[derive(Debug, Default)]
pub(crate) struct Samples(BTreeMap<String, Vec<f64>>);

impl Samples {
    /// Runs `program` and adds the measurements that it prints as `{name: [number, ...]}`.
    pub(crate) fn add(&mut self, program: &mut Command) -> Result<(), Error> {
        let command = format!("{program:?}");
        let output = program.output().map_err(|source| Error::Start { command: command.clone(), source })?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(Error::Failed { command, stderr });
        }
        let measurements: BTreeMap<String, Vec<f64>> = serde_json::from_slice(&output.stdout)?;
        for (name, values) in measurements {
            self.0.entry(name).or_default().extend(values);
        }
        Ok(())
    }

    /// The measurements of a name; empty if no program printed it.
    pub(crate) fn get(&self, name: &str) -> &[f64] {
        self.0.get(name).map_or(&[], Vec::as_slice)
    }

    /// The median of a name's measurements.
    pub(crate) fn median(&self, name: &str) -> f64 {
        median(self.get(name))
    }
}
