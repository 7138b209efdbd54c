//! Cells to SVG. Lines and blocks are drawn as shapes, since fonts leave gaps between them; every
//! other character has its place and length stated, so columns never drift.

use super::grid::{Cells, Drawn, GROUND, Rgb};
use std::fmt::Write as _;

pub(crate) const CELL: (f32, f32) = (9.0, 19.0);
const MARGIN: f32 = 8.0;

/// Returns the picture; its text is a diffable artefact.
pub(crate) fn svg(cells: &Cells) -> String {
    let columns = cells.rows.iter().map(Vec::len).max().unwrap_or(0);
    let (width, height) = (place(columns, CELL.0) + MARGIN, place(cells.rows.len(), CELL.1) + MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-family=\"DejaVu Sans Mono\" \
         font-size=\"15\">\n<rect width=\"100%\" height=\"100%\" fill=\"{}\"/>\n",
        hex(GROUND)
    );
    for (y, row) in cells.rows.iter().enumerate() {
        grounds(&mut out, y, row);
        for (x, cell) in row.iter().enumerate() {
            glyph(&mut out, x, y, cell);
        }
    }
    if let Some((x, y)) = cells.cursor {
        let (left, top) = (place(usize::from(x), CELL.0), place(usize::from(y), CELL.1));
        rect(&mut out, (left, top + CELL.1 - 3.0, CELL.0, 2.0), (0xff, 0xff, 0xff));
    }
    out.push_str("</svg>\n");
    out
}

fn place(index: usize, size: f32) -> f32 {
    MARGIN + f32::from(u16::try_from(index).unwrap()) * size
}

fn hex((red, green, blue): Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn rect(out: &mut String, (x, y, width, height): (f32, f32, f32, f32), color: Rgb) {
    let fill = hex(color);
    writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>").unwrap();
}

/// One rectangle for each run of the same ground.
fn grounds(out: &mut String, y: usize, row: &[Drawn]) {
    let mut start = 0;
    for run in row.chunk_by(|one, other| one.ground == other.ground) {
        let length = f32::from(u16::try_from(run.len()).unwrap());
        if run[0].ground != GROUND {
            rect(out, (place(start, CELL.0), place(y, CELL.1), CELL.0 * length, CELL.1), run[0].ground);
        }
        start += run.len();
    }
}

fn glyph(out: &mut String, x: usize, y: usize, cell: &Drawn) {
    let (left, top) = (place(x, CELL.0), place(y, CELL.1));
    if cell.underlined && !cell.text.is_empty() {
        rect(out, (left, top + CELL.1 - 2.5, CELL.0, 1.0), cell.ink);
    }
    let mut letters = cell.text.chars();
    let Some(letter) = letters.next().filter(|letter| *letter != ' ') else { return };
    let parts = shape(letter);
    if !parts.is_empty() {
        for (dx, dy, width, height) in parts {
            rect(out, (left + dx * CELL.0, top + dy * CELL.1, width * CELL.0, height * CELL.1), cell.ink);
        }
        return;
    }
    // One font file has one weight: bold is drawn by a thin outline.
    let weight = if cell.bold { format!(" stroke=\"{}\" stroke-width=\"0.6\"", hex(cell.ink)) } else { String::new() };
    let length = if cell.wide { 2.0 * CELL.0 } else { CELL.0 };
    let (fill, baseline, text) = (hex(cell.ink), top + 14.5, escaped(&cell.text));
    writeln!(out, "<text x=\"{left}\" y=\"{baseline}\" textLength=\"{length}\" lengthAdjust=\"spacingAndGlyphs\" fill=\"{fill}\"{weight}>{text}</text>")
        .unwrap();
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Parts of a line or block character, in shares of the cell: x, y, width, height. Each line reaches
/// its edges, and each arm overlaps the middle, so neighbours always meet.
fn shape(letter: char) -> Vec<(f32, f32, f32, f32)> {
    // Arms: up, right, down, left, and the weight of the line.
    let (arms, weight) = match letter {
        '─' => ("rl", 1.0),
        '│' => ("ud", 1.0),
        '┌' => ("rd", 1.0),
        '┐' => ("dl", 1.0),
        '└' => ("ur", 1.0),
        '┘' => ("ul", 1.0),
        '├' => ("urd", 1.0),
        '┤' => ("udl", 1.0),
        '┬' => ("rdl", 1.0),
        '┴' => ("url", 1.0),
        '┼' => ("urdl", 1.0),
        '━' => ("rl", 2.4),
        '┃' => ("ud", 2.4),
        '┏' => ("rd", 2.4),
        '┓' => ("dl", 2.4),
        '┗' => ("ur", 2.4),
        '┛' => ("ul", 2.4),
        '█' => return vec![(0.0, 0.12, 1.0, 0.76)],
        '▌' => return vec![(0.0, 0.0, 0.5, 1.0)],
        '▀' => return vec![(0.0, 0.0, 1.0, 0.5)],
        '▄' => return vec![(0.0, 0.5, 1.0, 0.5)],
        '░' => return vec![(0.0, 0.44, 1.0, 0.12)],
        _ => return vec![],
    };
    let (thin, tall) = (1.3 * weight / CELL.0, 1.3 * weight / CELL.1);
    let (x, y) = (0.5 - thin / 2.0, 0.5 - tall / 2.0);
    let arm = |direction| match direction {
        'u' => (x, 0.0, thin, 0.5 + tall / 2.0),
        'd' => (x, y, thin, 0.5 + tall / 2.0),
        'l' => (0.0, y, 0.5 + thin / 2.0, tall),
        _ => (x, y, 0.5 + thin / 2.0, tall),
    };
    arms.chars().map(arm).collect()
}
