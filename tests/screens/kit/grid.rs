//! A grid of cells, from a ratatui buffer or from a terminal's screen.

use ratatui::buffer::Buffer;
use ratatui::style::{Color, Modifier};

/// 24 bit colour.
pub(crate) type Rgb = (u8, u8, u8);

/// The ground and ink of pictures where the terminal's own are used.
pub(crate) const GROUND: Rgb = (0x15, 0x1a, 0x21);
pub(crate) const INK: Rgb = (0xd8, 0xde, 0xe6);

/// One cell, ready to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Drawn {
    /// Empty for the second half of a wide character.
    pub(crate) text: String,
    pub(crate) wide: bool,
    pub(crate) ink: Rgb,
    pub(crate) ground: Rgb,
    pub(crate) bold: bool,
    pub(crate) underlined: bool,
}

/// Rows of cells.
#[derive(Clone, Debug)]
pub(crate) struct Cells {
    pub(crate) rows: Vec<Vec<Drawn>>,
    pub(crate) cursor: Option<(u16, u16)>,
}

impl Cells {
    pub(crate) fn from_buffer(buffer: &Buffer, cursor: Option<(u16, u16)>) -> Self {
        let area = buffer.area;
        let rows = (0..area.height).map(|y| {
            let mut covered = 0;
            let cells = (0..area.width).map(|x| {
                let cell = &buffer[(area.x + x, area.y + y)];
                let width = unicode_width::UnicodeWidthStr::width(cell.symbol());
                let has = |modifier| cell.modifier.contains(modifier);
                let mut ink = rgb(cell.fg, INK);
                let mut ground = rgb(cell.bg, GROUND);
                if has(Modifier::REVERSED) {
                    std::mem::swap(&mut ink, &mut ground);
                }
                let text = if covered > 0 { String::new() } else { cell.symbol().to_owned() };
                covered = if covered > 0 { covered - 1 } else { width.saturating_sub(1) };
                Drawn {
                    text,
                    wide: width > 1,
                    ink,
                    ground,
                    bold: has(Modifier::BOLD),
                    underlined: has(Modifier::UNDERLINED),
                }
            });
            cells.collect()
        });
        Self { rows: rows.collect(), cursor }
    }

    pub(crate) fn from_screen(screen: &vt100::Screen) -> Self {
        let (height, width) = screen.size();
        let rows = (0..height.get()).map(|y| (0..width.get()).map(|x| drawn(screen.cell(y, x))).collect());
        let (row, column) = screen.cursor_position();
        Self { rows: rows.collect(), cursor: (!screen.hide_cursor()).then_some((column, row)) }
    }
}

fn drawn(cell: Option<&vt100::Cell>) -> Drawn {
    let Some(cell) = cell else {
        return Drawn { text: " ".into(), wide: false, ink: INK, ground: GROUND, bold: false, underlined: false };
    };
    let mut ink = terminal(cell.fgcolor(), INK);
    let mut ground = terminal(cell.bgcolor(), GROUND);
    if cell.inverse() {
        std::mem::swap(&mut ink, &mut ground);
    }
    let text = match (cell.is_wide_continuation(), cell.has_contents()) {
        (true, _) => String::new(),
        (false, true) => cell.contents().to_owned(),
        (false, false) => " ".to_owned(),
    };
    Drawn { text, wide: cell.is_wide(), ink, ground, bold: cell.bold(), underlined: cell.underline() }
}

fn terminal(color: vt100::Color, default: Rgb) -> Rgb {
    match color {
        vt100::Color::Default => default,
        vt100::Color::Idx(index) => indexed(index),
        vt100::Color::Rgb(red, green, blue) => (red, green, blue),
    }
}

fn rgb(color: Color, default: Rgb) -> Rgb {
    let index = match color {
        Color::Reset => return default,
        Color::Rgb(red, green, blue) => return (red, green, blue),
        Color::Indexed(index) => index,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    indexed(index)
}

/// The sixteen as a common dark terminal shows them, then the cube and the greys.
fn indexed(index: u8) -> Rgb {
    const SIXTEEN: [u32; 16] = [
        0x1d232b, 0xe5686a, 0x7cc47f, 0xd9b562, 0x7aa2f0, 0xc792ea, 0x62c0d8, 0xc3ccd6, 0x8a96a3, 0xff8a80, 0x9fe6a0,
        0xffd97a, 0x9fbcff, 0xe0b0ff, 0x8fe3f5, 0xffffff,
    ];
    let bytes = |hex: u32| {
        let [_, red, green, blue] = hex.to_be_bytes();
        (red, green, blue)
    };
    match index {
        0..16 => bytes(SIXTEEN[usize::from(index)]),
        16..232 => {
            let level = |step: u8| if step == 0 { 0 } else { 55 + 40 * step };
            let cube = index - 16;
            (level(cube / 36), level(cube / 6 % 6), level(cube % 6))
        }
        _ => {
            let grey = 8 + 10 * (index - 232);
            (grey, grey, grey)
        }
    }
}
