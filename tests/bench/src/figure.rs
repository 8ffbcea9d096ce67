//! One measured figure with its peer and its goal.

use serde::Serialize;

/// A figure of Vitae and, if there is a peer, the same figure of the peer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Figure {
    name: String,
    ours: f64,
    peer: Option<f64>,
    unit: &'static str,
    /// `ours / peer`.
    ratio: Option<f64>,
    /// The upper bound of the ratio or, without a peer, of the figure.
    goal: Option<f64>,
    /// Whether the goal is met, if there is one.
    met: Option<bool>,
    /// The number of measurements that the figure summarizes.
    runs: usize,
}

impl Figure {
    /// A figure without a peer or a goal.
    pub(crate) fn new(name: impl Into<String>, ours: f64, unit: &'static str, runs: usize) -> Self {
        Self { name: name.into(), ours, peer: None, unit, ratio: None, goal: None, met: None, runs }
    }

    /// Adds the peer's figure, measured in the same run.
    pub(crate) fn against(self, peer: f64) -> Self {
        let ratio = (peer > 0.0).then(|| self.ours / peer);
        Self { peer: Some(peer), ratio, ..self }.evaluated()
    }

    /// Sets the goal: an upper bound of the ratio or, without a peer, of the figure.
    pub(crate) fn at_most(self, goal: f64) -> Self {
        Self { goal: Some(goal), ..self }.evaluated()
    }

    fn evaluated(mut self) -> Self {
        let value = if self.peer.is_some() { self.ratio } else { Some(self.ours) };
        self.met = self.goal.zip(value).map(|(goal, value)| value <= goal);
        self
    }

    /// A row of the table: name, ours, peer, ratio, goal, result, runs.
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

/// Formats about three significant digits, and large numbers without decimals.
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
    fn a_goal_applies_to_the_ratio_if_there_is_a_peer() {
        let figure = Figure::new("link", 0.2, "ms", 9).against(1.0).at_most(0.25);
        let same = Figure::new("link", 0.2, "ms", 9).at_most(0.25).against(1.0);
        assert_eq!(figure, same);
        assert_eq!(
            json(&figure),
            r#"{"name":"link","ours":0.2,"peer":1.0,"unit":"ms","ratio":0.2,"goal":0.25,"met":true,"runs":9}"#
        );
        assert_eq!(Figure::new("link", 0.3, "ms", 9).against(1.0).at_most(0.25).met, Some(false));
    }

    #[test]
    fn a_goal_applies_to_the_figure_if_there_is_no_peer() {
        assert_eq!(Figure::new("zip", 201.0, "kB", 1).at_most(200.0).met, Some(false));
        assert_eq!(Figure::new("zip", 200.0, "kB", 1).at_most(200.0).met, Some(true));
        assert_eq!(Figure::new("zip", 200.0, "kB", 1).met, None);
    }

    #[test]
    fn there_is_no_ratio_to_a_peer_of_zero() {
        let figure = Figure::new("link", 0.3, "ms", 9).against(0.0).at_most(0.25);
        assert_eq!((figure.ratio, figure.met), (None, None));
    }

    #[test]
    fn numbers_have_about_three_significant_digits() {
        for (value, text) in
            [(0.0, "0"), (0.0312, "0.0312"), (0.5, "0.5"), (1.2345, "1.234"), (42.06, "42.1"), (299_676.0, "299676")]
        {
            assert_eq!(short(value), text);
        }
    }
}
