//! The train graph of places and years: time runs to the right, each place is a horizontal line, a flat line is a stay and a steep
//! one a move. All numbers are computed here; a theme only draws them.

use std::fmt::Write as _;

use serde::Serialize;

use crate::date::Today;

/// More places than this cannot be told apart.
const MAX_PLACES: usize = 12;
/// Years that a move takes from the stay before it, so that it is drawn as a slope.
const MOVE: f64 = 0.35;
/// The most labels of the axis, which fit on a phone.
const MAX_TICKS: f64 = 5.6;
/// The width of a character of a label, in percent of the graph's width on the narrowest screen that shows labels.
const CHARACTER: f64 = 1.25;
/// The space between a stop and its label, in percent.
const GAP: f64 = 1.0;

/// A stay at a place, in years.
#[derive(Clone, Debug, PartialEq)]
pub struct Stay {
    /// The place.
    pub place: String,
    /// The employer or school.
    pub name: String,
    /// The first moment.
    pub start: f64,
    /// The last moment; `None` if it is present.
    pub end: Option<f64>,
}

/// The graph, in units of one year to the right and one place down.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Graph {
    /// The width in years.
    pub width: String,
    /// The height: the number of places less one.
    pub height: usize,
    /// The places from the top down. The first place is the lowest.
    pub places: Vec<String>,
    /// The path of the years that have no label.
    pub minor: String,
    /// The path of the places and of the years that have a label.
    pub major: String,
    /// The path of the journey.
    pub run: String,
    /// The same, as points for a drawing program.
    pub points: Vec<[f64; 2]>,
    /// The path of the stops.
    pub stops: String,
    /// The stops as points.
    pub stop_points: Vec<[f64; 2]>,
    /// The path of the present stop; empty if it is missing.
    pub now: String,
    /// Names along the line.
    pub names: Vec<Name>,
    /// The labels of the axis.
    pub years: Vec<Tick>,
    /// The graph in words.
    pub text: String,
    /// The number of whole years.
    pub whole_years: usize,
}

/// A name along the line, at a position in percent of the graph.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Name {
    /// The name.
    pub text: String,
    /// To the right, in percent.
    pub x: String,
    /// Down, in percent.
    pub y: String,
    /// `start`, or `end` if the name ends at the position.
    pub anchor: &'static str,
    /// Whether the name is below the line.
    pub is_below: bool,
}

/// A label of the axis.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tick {
    /// The year.
    pub year: u16,
    /// To the right, in percent.
    pub x: String,
    /// To the right, in years.
    pub at: u16,
}

/// The scale of the years, which the graph and the timelines of the entries share.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// The year at the left.
    pub first: f64,
    /// The width in years, at least 1.
    pub width: f64,
}

impl Scale {
    /// The scale that fits these periods; `None` without a period.
    #[must_use]
    pub fn new(periods: impl IntoIterator<Item = (f64, Option<f64>)>, today: Today) -> Option<Self> {
        let (mut first, mut last) = (f64::MAX, f64::MIN);
        for (start, end) in periods {
            first = first.min(start);
            last = last.max(end.unwrap_or_else(|| today.end()).max(start));
        }
        (first < f64::MAX).then(|| Self { first: first.floor(), width: (last - first.floor()).max(1.0) })
    }

    /// The position of a moment.
    #[must_use]
    pub fn x(self, moment: f64) -> f64 {
        round((moment - self.first).clamp(0.0, self.width))
    }

    fn percent(self, x: f64) -> f64 {
        x / self.width * 100.0
    }
}

/// Rounded to hundredths, so that paths are short.
fn round(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

/// A number of a path.
pub(crate) fn number(value: f64) -> String {
    format!("{}", round(value))
}

/// A part of the journey at one place.
#[derive(Clone, Debug)]
struct Segment {
    row: usize,
    name: String,
    start: f64,
    end: f64,
    is_now: bool,
}

impl Graph {
    /// The graph of these stays; `None` if they have fewer than two places, or too many to tell apart.
    #[must_use]
    pub fn new(stays: &[Stay], scale: Scale, today: Today) -> Option<Self> {
        let mut stays: Vec<&Stay> = stays.iter().collect();
        stays.sort_by(|a, b| a.start.total_cmp(&b.start));
        let mut places: Vec<String> = Vec::new();
        for stay in &stays {
            if !places.contains(&stay.place) {
                places.push(stay.place.clone());
            }
        }
        if places.len() < 2 || places.len() > MAX_PLACES {
            return None;
        }
        // The first place is the lowest.
        places.reverse();
        let row = |place: &String| places.iter().position(|known| known == place).unwrap_or_default();
        let segments = segments(&stays, row, scale, today);
        let (height, width) = (places.len() - 1, round(scale.width));
        let step = tick_step(scale.width);
        let years: Vec<Tick> = ticks(scale, step);
        let mut graph = Self {
            width: number(width),
            height,
            minor: minor_path(scale, step, height),
            major: major_path(&years, width, height),
            run: String::new(),
            points: Vec::new(),
            stops: String::new(),
            stop_points: Vec::new(),
            now: String::new(),
            names: names(&segments, scale, height),
            years,
            text: String::new(),
            whole_years: whole(scale.width),
            places,
        };
        graph.draw(&segments);
        Some(graph)
    }

    /// Fills the paths. Writing to a text does not fail.
    fn draw(&mut self, segments: &[Segment]) {
        for (index, segment) in segments.iter().enumerate() {
            let row = row_number(segment.row);
            for x in [segment.start, segment.end] {
                let letter = if self.points.is_empty() { 'M' } else { 'L' };
                let _ = write!(self.run, "{letter}{} {row}", number(x));
                self.points.push([round(x), row]);
            }
            let is_new = index == 0 || segments[index - 1].row != segment.row;
            if is_new {
                let _ = write!(self.stops, "M{} {row}h0", number(segment.start));
                self.stop_points.push([round(segment.start), row]);
            }
        }
        if let Some(last) = segments.last() {
            let row = row_number(last.row);
            let _ = write!(self.stops, "M{} {row}h0", number(last.end));
            self.stop_points.push([round(last.end), row]);
            if last.is_now {
                self.now = format!("M{} {row}h0", number(last.end));
            }
        }
    }
}

/// The journey: at each moment the place of the stay that began last and has not ended.
fn segments(stays: &[&Stay], row: impl Fn(&String) -> usize, scale: Scale, today: Today) -> Vec<Segment> {
    let end_of = |stay: &Stay| stay.end.unwrap_or_else(|| today.end()).max(stay.start);
    let mut moments: Vec<f64> = stays.iter().flat_map(|stay| [stay.start, end_of(stay)]).collect();
    moments.sort_by(f64::total_cmp);
    moments.dedup();
    let mut segments: Vec<Segment> = Vec::new();
    for pair in moments.windows(2) {
        let (start, end) = (pair[0], pair[1]);
        let current = stays.iter().rev().find(|stay| stay.start <= start && end_of(stay) >= end);
        let Some(stay) = current else { continue };
        let is_now = stay.end.is_none() && end >= today.end();
        let row = row(&stay.place);
        match segments.last_mut() {
            Some(last) if last.row == row && last.name == stay.name && last.end >= scale.x(start) => {
                last.end = scale.x(end);
                last.is_now = is_now;
            }
            _ => segments.push(Segment {
                row,
                name: stay.name.clone(),
                start: scale.x(start),
                end: scale.x(end),
                is_now,
            }),
        }
    }
    for index in 1..segments.len() {
        let next = segments[index].clone();
        let previous = &mut segments[index - 1];
        let has_room = previous.end - previous.start > 2.0 * MOVE;
        if previous.row != next.row && next.start - previous.end < MOVE && has_room {
            previous.end = round(next.start - MOVE);
        }
    }
    segments
}

#[expect(clippy::cast_precision_loss, reason = "at most MAX_PLACES")]
fn row_number(row: usize) -> f64 {
    row as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "years of a life")]
fn whole(years: f64) -> usize {
    years.max(0.0).floor() as usize
}

fn tick_step(width: f64) -> u16 {
    [1, 2, 4, 5, 10, 20, 50, 100, 200].into_iter().find(|step| width / f64::from(*step) <= MAX_TICKS).unwrap_or(500)
}

fn ticks(scale: Scale, step: u16) -> Vec<Tick> {
    let last = u16::try_from(whole(scale.width)).unwrap_or(u16::MAX);
    (0..=last)
        .step_by(usize::from(step))
        // A label at the right end would leave the page.
        .filter(|at| *at == 0 || f64::from(*at) <= scale.width - scale.width / 16.0)
        .map(|at| {
            let year = u16::try_from(whole(scale.first)).unwrap_or_default() + at;
            Tick { year, x: number(scale.percent(f64::from(at))), at }
        })
        .collect()
}

fn minor_path(scale: Scale, step: u16, height: usize) -> String {
    let last = u16::try_from(whole(scale.width)).unwrap_or(u16::MAX);
    let lines: Vec<_> = (1..=last).filter(|at| at % step != 0).map(|at| format!("M{at} 0v{height}")).collect();
    lines.concat()
}

fn major_path(years: &[Tick], width: f64, height: usize) -> String {
    let columns = years.iter().map(|tick| format!("M{} 0v{height}", tick.at));
    let end = std::iter::once(format!("M{} 0v{height}", number(width)));
    let rows = (0..=height).map(|row| format!("M0 {row}h{}", number(width)));
    columns.chain(end).chain(rows).collect::<Vec<_>>().concat()
}

/// Places the names where neither the line nor an earlier name is in the way. A name that fits nowhere is left out: the entries
/// below the graph have it.
fn names(segments: &[Segment], scale: Scale, height: usize) -> Vec<Name> {
    let mut taken: Vec<(usize, bool, f64, f64)> = Vec::new();
    let mut names: Vec<Name> = Vec::new();
    for segment in segments {
        if names.iter().any(|name| name.text == segment.name) {
            continue;
        }
        let width = CHARACTER * character_widths(&segment.name);
        let (start, end) = (scale.percent(segment.start), scale.percent(segment.end));
        let candidates = [
            ("start", false, start + GAP),
            ("start", true, start + GAP),
            ("end", false, end - GAP),
            ("end", true, end - GAP),
        ];
        let fits = |&(anchor, is_below, x): &(&'static str, bool, f64)| {
            let (left, right) = if anchor == "start" { (x, x + width) } else { (x - width, x) };
            // The names of the lowest place would cover the years.
            let is_outside = left < 0.0 || right > 100.0 || (is_below && segment.row == height);
            let crosses = |other: &(usize, bool, f64, f64)| {
                other.0 == segment.row && other.1 == is_below && left < other.3 + GAP && right > other.2 - GAP
            };
            !is_outside
                && !taken.iter().any(crosses)
                && !is_crossed(segments, scale, segment.row, is_below, left, right)
        };
        if let Some((anchor, is_below, x)) = candidates.into_iter().find(fits) {
            let (left, right) = if anchor == "start" { (x, x + width) } else { (x - width, x) };
            taken.push((segment.row, is_below, left, right));
            let y = row_number(segment.row) / row_number(height) * 100.0;
            names.push(Name { text: segment.name.clone(), x: number(x), y: number(y), anchor, is_below });
        }
    }
    names
}

/// The width of a text in characters; those of East Asia are twice as wide.
fn character_widths(text: &str) -> f64 {
    text.chars().map(|c| if u32::from(c) >= 0x1100 { 2.0 } else { 1.0 }).sum()
}

/// Whether a move of the journey goes through the space above or below a place.
fn is_crossed(segments: &[Segment], scale: Scale, row: usize, is_below: bool, left: f64, right: f64) -> bool {
    segments.windows(2).any(|pair| {
        let (from, to) = (&pair[0], &pair[1]);
        let (upper, lower) = (from.row.min(to.row), from.row.max(to.row));
        let is_in_space = if is_below { upper <= row && lower > row } else { upper < row && lower >= row };
        is_in_space && scale.percent(from.end) < right + GAP / 2.0 && scale.percent(to.start) > left - GAP / 2.0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Today = Today { year: 2026, month: 11 };

    fn stay(place: &str, start: f64, end: Option<f64>) -> Stay {
        Stay { place: place.into(), name: format!("{place} Ltd"), start, end }
    }

    fn graph(stays: &[Stay]) -> Option<Graph> {
        let scale = Scale::new(stays.iter().map(|stay| (stay.start, stay.end)), TODAY)?;
        Graph::new(stays, scale, TODAY)
    }

    #[test]
    fn the_first_place_is_the_lowest_and_the_line_goes_from_stay_to_stay() {
        let graph = graph(&[stay("Basel", 2013.0, None), stay("Trieste", 2009.0, Some(2012.5))]).unwrap();
        assert_eq!((graph.places.as_slice(), graph.height), (["Basel".to_owned(), "Trieste".to_owned()].as_slice(), 1));
        assert_eq!(graph.run, "M0 1L3.5 1L4 0L17.92 0");
        assert_eq!(graph.stops, "M0 1h0M4 0h0M17.92 0h0");
        assert_eq!(graph.now, "M17.92 0h0");
        assert_eq!(graph.years.iter().map(|tick| tick.year).collect::<Vec<_>>(), [2009, 2013, 2017, 2021, 2025]);
    }

    #[test]
    fn a_move_without_a_gap_is_a_slope() {
        let graph = graph(&[stay("A", 2000.0, Some(2005.0)), stay("B", 2005.0, Some(2010.0))]).unwrap();
        assert_eq!((graph.run.as_str(), graph.now.as_str()), ("M0 1L4.65 1L5 0L10 0", ""));
    }

    #[test]
    fn a_stay_during_another_one_is_an_excursion() {
        let graph = graph(&[stay("A", 2000.0, Some(2010.0)), stay("B", 2004.0, Some(2005.0))]).unwrap();
        assert_eq!(graph.run, "M0 1L3.65 1L4 0L4.65 0L5 1L10 1");
    }

    #[test]
    fn fewer_than_two_places_have_no_graph_and_neither_have_too_many() {
        assert_eq!(graph(&[]), None);
        assert_eq!(graph(&[stay("A", 2000.0, None), stay("A", 2005.0, None)]), None);
        let many: Vec<_> =
            (0..=MAX_PLACES).map(|n| stay(&n.to_string(), 2000.0 + row_number(n), Some(2030.0))).collect();
        assert_eq!(graph(&many), None);
        assert!(graph(&many[1..]).is_some());
    }

    #[test]
    fn names_neither_overlap_nor_leave_the_graph_nor_are_crossed() {
        let mut stays = Vec::new();
        for n in 0..40_u8 {
            let start = 1986.0 + f64::from(n);
            stays.push(stay(["Aachen", "Bremen", "Chemnitz", "Dresden"][usize::from(n % 4)], start, Some(start + 1.0)));
            stays.last_mut().unwrap().name = format!("Employer {n}");
        }
        let graph = graph(&stays).unwrap();
        assert!(!graph.names.is_empty());
        let boxes: Vec<_> = graph
            .names
            .iter()
            .map(|name| {
                let (x, width): (f64, f64) = (name.x.parse().unwrap(), CHARACTER * character_widths(&name.text));
                let left = if name.anchor == "start" { x } else { x - width };
                assert!(left >= 0.0 && left + width <= 100.0, "{name:?}");
                (name.y.clone(), name.is_below, left, left + width)
            })
            .collect();
        for (index, a) in boxes.iter().enumerate() {
            for b in &boxes[index + 1..] {
                assert!(a.0 != b.0 || a.1 != b.1 || a.3 <= b.2 || b.3 <= a.2, "{a:?} {b:?}");
            }
        }
    }

    #[test]
    fn the_end_of_a_future_position_is_on_the_scale() {
        let scale = Scale::new([(2020.0, Some(2030.5))], TODAY).unwrap();
        assert!((scale.x(2030.5) - 10.5).abs() < 0.001);
        let started_in_future = Scale::new([(2028.0, None)], TODAY).unwrap();
        assert!((started_in_future.width - 1.0).abs() < f64::EPSILON);
    }
}
