//! Rows of cells: aligned for a person, separated by tabs in a pipe.

use std::fmt::Write as _;
use std::io;

use clap::builder::styling::Style;
use siohook_events::Shown;
use unicode_width::UnicodeWidthStr as _;

use crate::Output;
use crate::output::{self, FAINT, PLAIN};

/// A text of a table, which is escaped.
#[derive(Debug)]
pub(crate) struct Cell {
    short: String,
    full: String,
    style: Style,
}

impl Cell {
    pub(crate) fn new(text: impl AsRef<str>) -> Self {
        Self::short(text.as_ref(), text.as_ref())
    }

    /// A person sees another text than a program.
    pub(crate) fn short(short: impl AsRef<str>, full: impl AsRef<str>) -> Self {
        let shown = |text: &str| Shown::text(text).to_string();
        Self {
            short: shown(short.as_ref()),
            full: shown(full.as_ref()),
            style: PLAIN,
        }
    }

    pub(crate) fn style(self, style: Style) -> Self {
        Self { style, ..self }
    }
}

/// Writes rows. A person also sees the heading, unless it is empty.
pub(crate) fn write(output: Output, heading: &[&str], rows: Vec<Vec<Cell>>) -> io::Result<()> {
    if !output.is_terminal {
        for row in rows {
            output::line(separated(&row))?;
        }
        return Ok(());
    }
    let heading = heading.iter().map(|name| Cell::new(name).style(FAINT));
    let heading = Some(heading.collect::<Vec<_>>()).filter(|heading| !heading.is_empty());
    if rows.is_empty() {
        return Ok(());
    }
    for line in aligned(heading.into_iter().chain(rows).collect()) {
        output::line(line)?;
    }
    Ok(())
}

/// Returns a row for the reader of the output.
pub(crate) fn line(output: Output, row: Vec<Cell>) -> String {
    if output.is_terminal {
        aligned(vec![row]).concat()
    } else {
        separated(&row)
    }
}

fn separated(row: &[Cell]) -> String {
    let cells: Vec<_> = row.iter().map(|cell| &*cell.full).collect();
    cells.join("\t")
}

fn aligned(rows: Vec<Vec<Cell>>) -> Vec<String> {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.short.width()).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..columns).map(width).collect();
    let line = |row: &Vec<Cell>| {
        let mut line = String::new();
        let mut gap = 0;
        for (cell, width) in row.iter().zip(&widths) {
            if !cell.short.is_empty() {
                let style = cell.style;
                let _ = write!(line, "{:gap$}{style}{}{style:#}", "", cell.short);
                gap = 0;
            }
            gap += width - cell.short.width() + if *width == 0 { 0 } else { 2 };
        }
        line
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [["a", "", "b"], ["日本", "", "c"], ["", "", "d"]];
        let rows = rows.map(|row| row.map(Cell::new).into_iter().collect());
        let lines = aligned(Vec::from(rows));
        assert_eq!(lines, ["a     b", "日本  c", "      d"]);
    }

    #[test]
    fn a_text_can_t_add_a_column_or_steer_a_terminal() {
        let row = [Cell::new("a\tb\u{1b}[2J"), Cell::short("1 kB", "1000")];
        assert_eq!(separated(&row), "a\\tb\\u{1b}[2J\t1000");
    }
}
