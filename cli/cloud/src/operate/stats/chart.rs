//! A bar chart of visits.

use console::style;

use super::Visits;

/// One eighth of a cell to a whole cell.
const EIGHTHS: [char; 8] = ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];
/// The shortest full bar, on a narrow terminal.
const LEAST_CELLS: usize = 8;

/// One line per day, at most as wide as the terminal, then the sums, without a final line end. Bars are coloured on a terminal.
#[must_use]
pub fn chart(visits: &Visits, columns: usize) -> String {
    let most = visits.days.iter().map(|day| day.count).max().unwrap_or_default();
    let digits = most.to_string().len();
    let of_day = "2026-11-20  ".len() + digits + 2;
    let cells = columns.saturating_sub(of_day + 1).max(LEAST_CELLS);
    let mut lines: Vec<String> = visits
        .days
        .iter()
        .map(|day| {
            let line = format!("{}  {:>digits$}  {}", day.day, day.count, style(bar(day.count, most, cells)).cyan());
            line.trim_end().to_owned()
        })
        .collect();
    let sum: u64 = visits.days.iter().map(|day| day.count).sum();
    lines.push(format!("{sum} visits in {} days, {} in total", visits.days.len(), visits.count));
    lines.join("\n")
}

/// A bar filled to `count / most`. A day with a visit has at least one eighth of a cell.
fn bar(count: u64, most: u64, cells: usize) -> String {
    let all = cells as u64 * 8;
    // In eighths; wide enough for any count.
    let eighths = u128::from(count) * u128::from(all) / u128::from(most.max(1));
    let eighths = usize::try_from(eighths).unwrap_or_default().max(usize::from(count > 0));
    let mut bar: String = std::iter::repeat_n(EIGHTHS[7], eighths / 8).collect();
    if eighths % 8 > 0 {
        bar.push(EIGHTHS[eighths % 8 - 1]);
    }
    bar
}

#[cfg(test)]
mod tests {
    use super::{super::Day, *};

    fn visits(counts: &[u64]) -> Visits {
        let days =
            counts.iter().enumerate().map(|(n, count)| Day { day: format!("2026-11-{:02}", n + 1), count: *count });
        Visits { count: 1_000, days: days.collect() }
    }

    #[test]
    fn the_busiest_day_fills_the_line_and_one_visit_is_visible() {
        console::set_colors_enabled(false);
        let expected = "\
2026-11-01   0
2026-11-02   1  ▏
2026-11-03  32  ████
2026-11-04  64  ████████
97 visits in 4 days, 1000 in total";
        assert_eq!(chart(&visits(&[0, 1, 32, 64]), 25), expected);
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        console::set_colors_enabled(false);
        for columns in [30, 80, 200] {
            let chart = chart(&visits(&[3, 99, 100_000, 7]), columns);
            let days = chart.lines().take(4).map(|line| line.chars().count());
            assert_eq!(days.max(), Some(columns - 1), "{chart}");
        }
    }

    #[test]
    fn no_day_and_no_visit_and_the_most_are_drawn() {
        assert_eq!(chart(&visits(&[]), 80), "0 visits in 0 days, 1000 in total");
        assert_eq!(bar(0, 0, 8), "");
        assert_eq!(bar(u64::MAX, u64::MAX, 8), "████████");
    }
}
