//! One measured figure, with what it is held against.

use serde::Serialize;

/// A figure of ours, beside the peer's where there is one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Figure {
    name: String,
    ours: f64,
    peer: Option<f64>,
    unit: &'static str,
    /// `ours / peer`.
    ratio: Option<f64>,
    /// The most that the ratio may be or, where there is no peer, the figure itself.
    goal: Option<f64>,
    /// Whether the goal is reached; nothing where none is set.
    met: Option<bool>,
    /// How many measurements the figure is the median (or what its name says) of.
    runs: usize,
}

impl Figure {
    /// A figure of which nothing is asked yet.
    pub(crate) fn new(name: impl Into<String>, ours: f64, unit: &'static str, runs: usize) -> Self {
        Self { name: name.into(), ours, peer: None, unit, ratio: None, goal: None, met: None, runs }
    }

    /// Beside the same figure of another implementation, measured in the same run.
    pub(crate) fn against(self, peer: f64) -> Self {
        let ratio = (peer > 0.0).then(|| self.ours / peer);
        Self { peer: Some(peer), ratio, ..self }.judged()
    }

    /// With the most that it may be: as a ratio where there is a peer.
    pub(crate) fn at_most(self, goal: f64) -> Self {
        Self { goal: Some(goal), ..self }.judged()
    }

    fn judged(mut self) -> Self {
        let held = if self.peer.is_some() { self.ratio } else { Some(self.ours) };
        self.met = self.goal.zip(held).map(|(goal, held)| held <= goal);
        self
    }

    /// A row of the table: name, ours, peer, ratio, goal, verdict.
    pub(crate) fn row(&self) -> [String; 7] {
        let or_dash = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
        [
            self.name.clone(),
            format!("{} {}", short(self.ours), self.unit),
            or_dash(self.peer.map(|peer| format!("{} {}", short(peer), self.unit))),
            or_dash(self.ratio.map(short)),
            or_dash(self.goal.map(|goal| format!("<= {}", short(goal)))),
            or_dash(self.met.map(|met| if met { "met" } else { "MISSED" }.to_owned())),
            self.runs.to_string(),
        ]
    }
}

/// Three digits that matter; a large number whole.
fn short(value: f64) -> String {
    let decimals = match value.abs() {
        0.0 => 0,
        size if size < 0.1 => 4,
        size if size < 10.0 => 3,
        size if size < 1000.0 => 1,
        _ => 0,
    };
    let text = format!("{value:.decimals$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(figure: &Figure) -> String {
        serde_json::to_string(figure).unwrap()
    }

    #[test]
    fn a_goal_is_on_the_ratio_where_there_is_a_peer() {
        let figure = Figure::new("mint", 0.2, "ms", 9).against(1.0).at_most(0.25);
        let same = Figure::new("mint", 0.2, "ms", 9).at_most(0.25).against(1.0);
        assert_eq!(figure, same);
        assert_eq!(
            json(&figure),
            r#"{"name":"mint","ours":0.2,"peer":1.0,"unit":"ms","ratio":0.2,"goal":0.25,"met":true,"runs":9}"#
        );
        assert_eq!(Figure::new("mint", 0.3, "ms", 9).against(1.0).at_most(0.25).met, Some(false));
    }

    #[test]
    fn a_goal_is_on_the_figure_where_there_is_none() {
        assert_eq!(Figure::new("zip", 201.0, "kB", 1).at_most(200.0).met, Some(false));
        assert_eq!(Figure::new("zip", 200.0, "kB", 1).at_most(200.0).met, Some(true));
        assert_eq!(Figure::new("zip", 200.0, "kB", 1).met, None);
    }

    #[test]
    fn a_peer_that_took_no_time_is_no_measure() {
        let figure = Figure::new("mint", 0.3, "ms", 9).against(0.0).at_most(0.25);
        assert_eq!((figure.ratio, figure.met), (None, None));
    }

    #[test]
    fn numbers_are_written_as_people_read_them() {
        for (value, text) in
            [(0.0, "0"), (0.0312, "0.0312"), (0.5, "0.5"), (1.2345, "1.234"), (42.06, "42.1"), (299_676.0, "299676")]
        {
            assert_eq!(short(value), text);
        }
    }
}
