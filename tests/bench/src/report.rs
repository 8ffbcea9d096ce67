//! The output of a benchmark.

use crate::figure::Figure;

/// The figures of a benchmark, in the order of the table.
pub(crate) struct Report {
    /// The environment of the measurements, one line each: processor, Node, isolation.
    pub(crate) measured_on: Vec<String>,
    pub(crate) figures: Vec<Figure>,
}

impl Report {
    /// The processor's name, as Linux reports it.
    pub(crate) fn processor() -> String {
        let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let name = information.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        format!("processor: {}, {cores} cores", name.map_or("unknown", |(_, name)| name))
    }

    /// The figures as a JSON array.
    pub(crate) fn json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(&self.figures)
    }

    /// The figures as a table.
    pub(crate) fn table(&self) -> String {
        let head = ["figure", "vitae", "peer", "ratio", "goal", "result", "runs"].map(str::to_owned);
        let rows: Vec<_> = std::iter::once(head).chain(self.figures.iter().map(Figure::row)).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default();
        let widths: [usize; 7] = std::array::from_fn(width);
        let mut lines = self.measured_on.clone();
        lines.push(String::new());
        lines.extend(rows.iter().map(|row| {
            let cells = row.iter().zip(widths).enumerate();
            let cells = cells.map(|(column, (cell, width))| match column {
                0 => format!("{cell:<width$}"),
                _ => format!("{cell:>width$}"),
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        }));
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_aligned_and_marks_missed_goals() {
        let figures = vec![
            Figure::new("link", 0.2, "ms", 9).against(1.0).at_most(0.25),
            Figure::new("package", 251.0, "kB", 1).at_most(250.0),
        ];
        let table = Report { measured_on: vec!["processor: x, 2 cores".to_owned()], figures }.table();
        let expected = [
            "processor: x, 2 cores",
            "",
            "figure    vitae  peer  ratio     goal  result  runs",
            "link     0.2 ms  1 ms    0.2  <= 0.25     met     9",
            "package  251 kB     -      -   <= 250  MISSED     1",
        ];
        for (line, expected) in table.lines().zip(expected) {
            assert_eq!(line.split_whitespace().collect::<Vec<_>>(), expected.split_whitespace().collect::<Vec<_>>());
        }
        let widths: Vec<_> = table.lines().skip(2).map(str::len).collect();
        assert!(widths.windows(2).all(|pair| pair[0] == pair[1]), "{table}");
    }
}
