//! A grid of cells, from a terminal's screen or from a buffer. What differs from run to run is masked in it.

use ratatui::buffer::{Buffer, Cell};
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
    /// A buffer as the terminal would show it, without a cursor.
    pub(crate) fn from_buffer(buffer: &Buffer) -> Self {
        let width = usize::from(buffer.area.width.max(1));
        let rows = buffer.content.chunks(width).map(|row| row.iter().map(painted).collect()).collect();
        Self { rows, cursor: None }
    }

    /// The same picture with a fixed run, day, time and folder in it, every column where it was.
    pub(crate) fn stable(mut self) -> Self {
        let mut first = None;
        for row in &mut self.rows {
            let mut letters: Vec<char> = row.iter().map(|c| c.text.chars().next().unwrap_or('\0')).collect();
            for (pattern, fixed) in MASKS {
                mask(&mut letters, pattern, fixed);
            }
            retime(&mut letters, &mut first);
            for (cell, letter) in
                row.iter_mut().zip(letters).filter(|(c, l)| !c.text.is_empty() && !c.text.starts_with(*l))
            {
                cell.text = letter.to_string();
            }
        }
        self
    }

    pub(crate) fn from_screen(screen: &vt100::Screen) -> Self {
        let (height, width) = screen.size();
        let rows = (0..height.get()).map(|y| (0..width.get()).map(|x| drawn(screen.cell(y, x))).collect());
        let (row, column) = screen.cursor_position();
        Self { rows: rows.collect(), cursor: (!screen.hide_cursor()).then_some((column, row)) }
    }
}

/// What is masked, and by what: `0` stands for a digit, `A` for a letter or digit, anything else for itself.
const MASKS: [(&str, &str); 7] = [
    (
        "sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "sha256:1c7abbef78332d7d4ff48b135b951929c6b14489bfae4daa716c5809ff028d67",
    ),
    ("…AAAAAA", "…01ABC3"),
    ("01AAAAAAAAAAAAAAAAAAAAAAAA", "01KFA0000000000000000ABC01"),
    ("0000-00-00", "2026-11-21"),
    (".000Z", ".000Z"),
    ("/tmp/.tmpAAAAAA", "/home/ana/asrun"),
    ("/dev/shm/.tmpAAAAAA", "/home/ana.ortiz/run"),
];

fn mask(letters: &mut [char], pattern: &str, fixed: &str) {
    let pattern: Vec<char> = pattern.chars().collect();
    let fits = |(wanted, found): (&char, &char)| match wanted {
        '0' if pattern[0] != '0' || pattern[1] != '1' => found.is_ascii_digit(),
        'A' => found.is_ascii_alphanumeric(),
        _ => wanted == found,
    };
    for at in 0..(letters.len() + 1).saturating_sub(pattern.len()) {
        let here = &letters[at..at + pattern.len()];
        if pattern.iter().zip(here).all(fits) {
            letters[at..at + pattern.len()].iter_mut().zip(fixed.chars()).for_each(|(letter, new)| *letter = new);
        }
    }
}

/// Moves every time of day so that the first one is 08:30:00; how far apart they are stays.
fn retime(letters: &mut [char], first: &mut Option<i64>) {
    let shaped =
        |part: &[char]| part.iter().enumerate().all(|(i, c)| if i % 3 == 2 { *c == ':' } else { c.is_ascii_digit() });
    for at in 0..(letters.len() + 1).saturating_sub(8) {
        if !shaped(&letters[at..at + 8]) {
            continue;
        }
        let text: String = letters[at..at + 8].iter().collect();
        let seconds = text.split(':').fold(0, |sum, part| sum * 60 + part.parse::<i64>().unwrap());
        let moved = (seconds - *first.get_or_insert(seconds) + 30_600).rem_euclid(86_400);
        let new = format!("{:02}:{:02}:{:02}", moved / 3600, moved / 60 % 60, moved % 60);
        letters[at..at + 8].iter_mut().zip(new.chars()).for_each(|(letter, new)| *letter = new);
    }
}

fn painted(cell: &Cell) -> Drawn {
    let mut ink = named(cell.fg, INK);
    let mut ground = named(cell.bg, GROUND);
    if cell.modifier.contains(Modifier::REVERSED) {
        std::mem::swap(&mut ink, &mut ground);
    }
    let (bold, underlined) = (cell.modifier.contains(Modifier::BOLD), cell.modifier.contains(Modifier::UNDERLINED));
    Drawn { text: cell.symbol().to_owned(), wide: false, ink, ground, bold, underlined }
}

fn named(color: Color, default: Rgb) -> Rgb {
    let sixteen = [
        Color::Black,
        Color::Red,
        Color::Green,
        Color::Yellow,
        Color::Blue,
        Color::Magenta,
        Color::Cyan,
        Color::Gray,
        Color::DarkGray,
        Color::LightRed,
        Color::LightGreen,
        Color::LightYellow,
        Color::LightBlue,
        Color::LightMagenta,
        Color::LightCyan,
        Color::White,
    ];
    match color {
        Color::Rgb(red, green, blue) => (red, green, blue),
        Color::Indexed(index) => indexed(index),
        other => (0u8..).zip(sixteen).find(|(_, c)| *c == other).map_or(default, |(index, _)| indexed(index)),
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
