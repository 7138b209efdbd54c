//! The curves as a picture: work against size, both in powers of ten, one panel for each thing that is counted. Drawn by
//! the same few lines, and with the same letters, as the pictures of the screens.

#[path = "../../tests/screens/kit/png.rs"]
mod png;

use crate::rows::growth::Grown;
use std::fmt::Write as _;

pub(crate) use png::keep;

const PANEL: (f64, f64) = (360.0, 300.0);
const LEFT: f64 = 64.0;
const TOP: f64 = 48.0;
/// Powers of ten that a panel shows: of the size, and of the seconds.
const SIZES: (f64, f64) = (1.0, 6.0);
const SECONDS: (f64, f64) = (-4.0, 3.0);
const INKS: [&str; 3] = ["#7fb4ff", "#ffb454", "#8fd694"];

/// Draws every curve, panel by panel in the order of what they count.
pub(crate) fn curves(grown: &[Grown]) -> String {
    let mut panels: Vec<&str> = grown.iter().map(|curve| curve.of).collect();
    panels.dedup();
    let width = LEFT + panels.len() as f64 * (PANEL.0 + LEFT);
    let height = TOP + PANEL.1 + 60.0;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-family=\"DejaVu Sans Mono\" \
         font-size=\"12\" fill=\"#c8ccd4\">\n<rect width=\"100%\" height=\"100%\" fill=\"#14171c\"/>\n"
    );
    for (n, of) in panels.iter().enumerate() {
        let panel = Panel { left: LEFT + n as f64 * (PANEL.0 + LEFT) };
        panel.frame(&mut out, of);
        for (curve, ink) in grown.iter().filter(|curve| curve.of == *of).zip(INKS.iter().cycle()) {
            panel.curve(&mut out, curve, ink);
        }
        panel.names(&mut out, grown.iter().filter(|curve| curve.of == *of));
    }
    out + "</svg>\n"
}

struct Panel {
    left: f64,
}

impl Panel {
    fn x(&self, power: f64) -> f64 {
        self.left + (power - SIZES.0) / (SIZES.1 - SIZES.0) * PANEL.0
    }

    fn y(power: f64) -> f64 {
        TOP + (SECONDS.1 - power) / (SECONDS.1 - SECONDS.0) * PANEL.1
    }

    /// Lines at each power of ten with their names; a dotted one climbs as work does that grows with the size.
    fn frame(&self, out: &mut String, of: &str) {
        text(out, self.left, TOP - 22.0, &format!("processor time by {of}"), "");
        for power in SIZES.0 as i32..=SIZES.1 as i32 {
            let x = self.x(f64::from(power));
            line(out, [(x, TOP), (x, TOP + PANEL.1)], "#2a2f38", "");
            text(out, x - 8.0, TOP + PANEL.1 + 18.0, &tens(power), "");
        }
        for power in SECONDS.0 as i32..=SECONDS.1 as i32 {
            let y = Self::y(f64::from(power));
            line(out, [(self.left, y), (self.left + PANEL.0, y)], "#2a2f38", "");
            text(out, self.left - 50.0, y + 4.0, SECOND[(power + 4) as usize], "");
        }
        let climb = [(self.x(SIZES.0), Self::y(-3.0)), (self.x(SIZES.1), Self::y(2.0))];
        line(out, climb, "#5a6270", " stroke-dasharray=\"2 4\"");
    }

    fn curve(&self, out: &mut String, curve: &Grown, ink: &str) {
        let at = |(size, work): &(usize, f64)| (self.x((*size as f64).log10()), Self::y(work.log10().max(SECONDS.0)));
        let points: Vec<_> = curve.points.iter().map(at).collect();
        let path: Vec<_> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let _ = writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"2\"/>",
            path.join(" ")
        );
        for (x, y) in points {
            let _ = writeln!(out, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{ink}\"/>");
        }
    }

    fn names<'a>(&self, out: &mut String, curves: impl Iterator<Item = &'a Grown>) {
        for (n, (curve, ink)) in curves.zip(INKS.iter().cycle()).enumerate() {
            let y = TOP + 16.0 + n as f64 * 16.0;
            text(out, self.left + 10.0, y, curve.name, &format!(" fill=\"{ink}\""));
        }
    }
}

/// Names of the powers from -4 on.
const SECOND: [&str; 8] = ["0.1 ms", "  1 ms", " 10 ms", "100 ms", "   1 s", "  10 s", " 100 s", "1000 s"];

fn tens(power: i32) -> String {
    let digits = ["⁰", "¹", "²", "³", "⁴", "⁵", "⁶"];
    format!("10{}", digits[power as usize])
}

fn line(out: &mut String, [(x1, y1), (x2, y2)]: [(f64, f64); 2], ink: &str, more: &str) {
    let _ = writeln!(out, "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{ink}\"{more}/>");
}

fn text(out: &mut String, x: f64, y: f64, text: &str, more: &str) {
    let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" xml:space=\"preserve\"{more}>{text}</text>");
}
