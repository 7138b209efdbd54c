//! Roles to styles. Widgets name roles, never colours; every state also has a word or a shape.

use crate::telling::told::Tone;
use ratatui::style::{Color, Modifier, Style};

/// What a piece of the screen means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// Ordinary text.
    #[default]
    Text,
    /// Beside the point, but never required reading.
    Muted,
    /// Titles and the current thing.
    Accent,
    /// Done, in limits.
    Ok,
    /// Worth a look.
    Alert,
    /// Failed, out of limits, broken.
    Fail,
    /// A deviation.
    Deviation,
    /// Work stops here.
    Hold,
    /// The line that is chosen.
    Selected,
    /// A key in the footer.
    Key,
}

impl Role {
    /// Returns how a tone is shown.
    #[must_use]
    pub fn of(tone: Tone) -> Self {
        match tone {
            Tone::Plain => Self::Text,
            Tone::Good => Self::Ok,
            Tone::Open => Self::Alert,
            Tone::Bad => Self::Fail,
        }
    }
}

/// How much colour there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// The terminal's own sixteen colours on its own background.
    #[default]
    Terminal,
    /// Bold, underline and reverse alone.
    Mono,
    /// Strong contrast for glare.
    Contrast,
}

impl Theme {
    /// Returns the style of a role.
    #[must_use]
    pub fn style(self, role: Role) -> Style {
        let plain = Style::default();
        let colour = |colour: Color| match self {
            Self::Mono => plain,
            Self::Terminal => plain.fg(colour),
            Self::Contrast => plain.fg(bright(colour)).add_modifier(Modifier::BOLD),
        };
        match role {
            Role::Text => plain,
            Role::Muted => match self {
                Self::Terminal => plain.fg(Color::DarkGray),
                _ => plain,
            },
            Role::Accent => colour(Color::Cyan).add_modifier(Modifier::BOLD),
            Role::Ok => colour(Color::Green),
            Role::Alert => colour(Color::Yellow),
            Role::Fail => colour(Color::Red).add_modifier(Modifier::BOLD),
            Role::Deviation => colour(Color::Magenta).add_modifier(Modifier::BOLD),
            Role::Hold => colour(Color::Yellow).add_modifier(Modifier::BOLD | Modifier::REVERSED),
            Role::Selected => plain.add_modifier(Modifier::REVERSED),
            Role::Key => plain.add_modifier(Modifier::BOLD),
        }
    }
}

fn bright(colour: Color) -> Color {
    match colour {
        Color::Cyan => Color::LightCyan,
        Color::Green => Color::LightGreen,
        Color::Yellow => Color::LightYellow,
        Color::Red => Color::LightRed,
        Color::Magenta => Color::LightMagenta,
        other => other,
    }
}

/// Single-width marks, in Unicode or ASCII.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyphs {
    /// Complete.
    pub done: &'static str,
    /// Current.
    pub current: &'static str,
    /// Open.
    pub open: &'static str,
    /// With a deviation.
    pub deviation: &'static str,
    /// Awaiting somebody.
    pub awaiting: &'static str,
    /// Not applicable.
    pub not_applicable: &'static str,
    /// Failed.
    pub failed: &'static str,
    /// Left out.
    pub skipped: &'static str,
    /// A hold.
    pub hold: &'static str,
    /// Filled part of a bar.
    pub full: &'static str,
    /// Empty part of a bar.
    pub empty: &'static str,
    /// Whether boxes are drawn with lines.
    pub lines: bool,
}

impl Glyphs {
    /// For terminals that show UTF-8.
    pub const UNICODE: Self = Self {
        done: "✓",
        current: "▶",
        open: "·",
        deviation: "△",
        awaiting: "▷",
        not_applicable: "–",
        failed: "✗",
        skipped: "»",
        hold: "■",
        full: "█",
        empty: "░",
        lines: true,
    };

    /// For every terminal.
    pub const ASCII: Self = Self {
        done: "x",
        current: ">",
        open: ".",
        deviation: "!",
        awaiting: "?",
        not_applicable: "-",
        failed: "X",
        skipped: "/",
        hold: "#",
        full: "#",
        empty: ".",
        lines: false,
    };
}

/// How things look: theme and marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Colours.
    pub theme: Theme,
    /// Marks.
    pub glyphs: Glyphs,
}

impl Look {
    /// No colours and ASCII marks: for measuring, and where nothing is known of the terminal.
    #[must_use]
    pub fn plain() -> Self {
        Self { theme: Theme::Mono, glyphs: Glyphs::ASCII }
    }

    /// Chooses from the environment: `NO_COLOR`, `TERM`, the locale.
    #[must_use]
    pub fn from_environment(variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let set = |name: &str| variable(name).is_some_and(|v| !v.is_empty());
        let dumb = variable("TERM").is_some_and(|t| t == "dumb");
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|n| variable(n).filter(|v| !v.is_empty()));
        let utf8 = locale.is_some_and(|l| l.to_ascii_lowercase().replace('-', "").contains("utf8"));
        let theme = match (set("NO_COLOR") || dumb, variable("ASRUN_THEME").as_deref()) {
            (true, _) | (_, Some("mono")) => Theme::Mono,
            (_, Some("contrast")) => Theme::Contrast,
            _ => Theme::Terminal,
        };
        Self { theme, glyphs: if utf8 { Glyphs::UNICODE } else { Glyphs::ASCII } }
    }

    /// Returns the style of a role.
    #[must_use]
    pub fn style(self, role: Role) -> Style {
        self.theme.style(role)
    }
}
