//! Pictures of how things grow.

use std::fmt::Write;

/// A picture of how things grow: both axes are logarithmic, so that a straight
/// line is a power and a level one is none. Readable on light and dark ground.
#[derive(Debug)]
pub struct Plot {
    /// What is shown.
    pub title: &'static str,
    /// What grows.
    pub x: &'static str,
    /// Its unit, and what the other axis is: `ns for a delivery`.
    pub y: &'static str,
    /// One line each, at most three.
    pub lines: Vec<Line>,
}

/// A line and its name.
#[derive(Debug)]
pub struct Line {
    /// The name, shown at its end.
    pub name: &'static str,
    /// Both numbers are positive.
    pub points: Vec<(f64, f64)>,
}

const WIDTH: f64 = 640.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 500.0;
const TOP: f64 = 56.0;
const BOTTOM: f64 = 304.0;

const STYLE: &str = "
  .ground { fill: #ffffff } text { fill: #24292f; font: 13px system-ui, sans-serif }
  .title { font-size: 15px; font-weight: 600 } .tick { fill: #57606a; font-size: 12px }
  .grid { stroke: #d8dee4 } .line { fill: none; stroke-width: 2 }
  .c0 { stroke: #0550ae } .c1 { stroke: #bc4c00 } .c2 { stroke: #1a7f37 }
  circle.c0, text.c0 { fill: #0550ae; stroke: none }
  circle.c1, text.c1 { fill: #bc4c00; stroke: none }
  circle.c2, text.c2 { fill: #1a7f37; stroke: none }
  @media (prefers-color-scheme: dark) {
    .ground { fill: #0d1117 } text { fill: #e6edf3 } .tick { fill: #8d96a0 }
    .grid { stroke: #30363d }
    .c0 { stroke: #79c0ff } .c1 { stroke: #ffa657 } .c2 { stroke: #7ee787 }
    circle.c0, text.c0 { fill: #79c0ff } circle.c1, text.c1 { fill: #ffa657 }
    circle.c2, text.c2 { fill: #7ee787 }
  }
";

impl Plot {
    /// The picture as SVG.
    #[must_use]
    pub fn to_svg(&self) -> String {
        let points = || self.lines.iter().flat_map(|line| &line.points);
        let x = Axis::over(points().map(|(x, _)| *x), LEFT, RIGHT);
        let y = Axis::over(points().map(|(_, y)| *y), BOTTOM, TOP);
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             role=\"img\" aria-label=\"{}\">\n<style>{STYLE}</style>\n\
             <rect class=\"ground\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n",
            self.title
        );
        text(&mut svg, "title", "start", (16.0, 26.0), self.title);
        text(&mut svg, "tick", "start", (16.0, 44.0), self.y);
        text(&mut svg, "tick", "end", (RIGHT, BOTTOM + 38.0), self.x);
        for (value, at) in x.decades() {
            grid(&mut svg, (at, TOP), (at, BOTTOM));
            text(
                &mut svg,
                "tick",
                "middle",
                (at, BOTTOM + 18.0),
                &short(value),
            );
        }
        for (value, at) in y.decades() {
            grid(&mut svg, (LEFT, at), (RIGHT, at));
            text(
                &mut svg,
                "tick",
                "end",
                (LEFT - 8.0, at + 4.0),
                &short(value),
            );
        }
        let places = self.lines.iter().map(|line| {
            let place = |&(a, b): &(f64, f64)| (x.place(a), y.place(b));
            line.points.iter().map(place).collect::<Vec<_>>()
        });
        let places: Vec<_> = places.collect();
        for (number, line) in places.iter().enumerate() {
            let path: String = line
                .iter()
                .map(|(x, y)| format!("{x:.1},{y:.1} "))
                .collect();
            let _ = writeln!(
                svg,
                "<polyline class=\"line c{number}\" points=\"{}\"/>",
                path.trim()
            );
            for (x, y) in line {
                let _ = writeln!(
                    svg,
                    "<circle class=\"c{number}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\"/>"
                );
            }
        }
        for (number, at) in apart(&places) {
            let class = format!("c{number}");
            text(
                &mut svg,
                &class,
                "start",
                (RIGHT + 10.0, at + 4.0),
                self.lines[number].name,
            );
        }
        svg + "</svg>\n"
    }
}

/// Where the names stand: at the ends of the lines, but never on each other.
fn apart(lines: &[Vec<(f64, f64)>]) -> Vec<(usize, f64)> {
    const LINE: f64 = 18.0;
    let end = |line: &Vec<(f64, f64)>| line.last().map_or(BOTTOM, |(_, y)| *y);
    let mut names: Vec<(usize, f64)> = lines.iter().map(end).enumerate().collect();
    names.sort_by(|(_, one), (_, other)| one.total_cmp(other));
    for at in 1..names.len() {
        names[at].1 = names[at].1.max(names[at - 1].1 + LINE);
    }
    names
}

fn grid(svg: &mut String, (x1, y1): (f64, f64), (x2, y2): (f64, f64)) {
    let _ = writeln!(
        svg,
        "<line class=\"grid\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"
    );
}

fn text(svg: &mut String, class: &str, anchor: &str, (x, y): (f64, f64), text: &str) {
    let _ = writeln!(
        svg,
        "<text class=\"{class}\" text-anchor=\"{anchor}\" x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>"
    );
}

/// Ten to the power of a whole number, `1 000`, `1 M`.
fn short(value: f64) -> String {
    match value {
        ..1e3 => format!("{value}"),
        ..1e6 => format!("{} k", value / 1e3),
        ..1e9 => format!("{} M", value / 1e6),
        _ => format!("{} G", value / 1e9),
    }
}

/// From a power of ten to the greatest value.
struct Axis {
    lowest: f64,
    highest: f64,
    start: f64,
    end: f64,
}

impl Axis {
    fn over(values: impl Iterator<Item = f64> + Clone, start: f64, end: f64) -> Self {
        let lowest = values.clone().fold(f64::INFINITY, f64::min);
        let highest = values.fold(0.0, f64::max);
        let lowest = lowest.log10().floor();
        Self {
            lowest,
            highest: highest.log10().max(lowest + 1.0),
            start,
            end,
        }
    }

    fn place(&self, value: f64) -> f64 {
        let part = (value.log10() - self.lowest) / (self.highest - self.lowest);
        self.start + part * (self.end - self.start)
    }

    fn decades(&self) -> impl Iterator<Item = (f64, f64)> {
        let powers = std::iter::successors(Some(self.lowest), |power| Some(power + 1.0));
        powers
            .take_while(|power| *power < self.highest + 1e-9)
            .map(|power| (10f64.powf(power), self.place(10f64.powf(power))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_times_as_much_is_as_far_everywhere() {
        let axis = Axis::over([3.0, 10_000.0].into_iter(), 0.0, 400.0);
        assert_eq!(axis.decades().count(), 5);
        assert!((axis.place(10.0) - 100.0).abs() < 1e-6);
        assert!((axis.place(100.0) - 200.0).abs() < 1e-6);
    }

    #[test]
    fn names_do_not_stand_on_each_other() {
        let names = apart(&[vec![(1.0, 50.0)], vec![(1.0, 40.0)], vec![(1.0, 52.0)]]);
        assert_eq!(names, [(1, 40.0), (0, 58.0), (2, 76.0)]);
    }
}
