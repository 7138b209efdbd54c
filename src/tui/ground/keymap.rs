//! One key table: dispatch, footer and help read the same rows, so a hint cannot lie.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// Where keys are pressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Everywhere outside text fields.
    Everywhere,
    /// The list of packages and runs.
    Library,
    /// A request from another machine, over the library.
    Request,
    /// A run at work.
    Run,
    /// A form or dialog.
    Form,
    /// The evidence picker.
    Evidence,
    /// The verdict.
    Verdict,
    /// The replay.
    Replay,
    /// The review before a sign-off.
    Review,
}

/// What a key does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Action {
    Help,
    Back,
    Quit,
    Next,
    Previous,
    Confirm,
    Deviation,
    Evidence,
    Note,
    Correct,
    SecondPerson,
    Acts,
    StopWork,
    Seal,
    BackToActive,
    Submit,
    NextField,
    PreviousField,
    Replay,
    Verify,
    Export,
    SignOff,
    Hidden,
    Parent,
    NextDeviation,
    PreviousDeviation,
    NextFile,
    PreviousFile,
    First,
    Last,
    Raw,
    Later,
    Mark,
    Unopened,
    Caption,
    Filter,
    Earlier,
    Answer,
}

/// One row of the key table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// Where it holds.
    pub place: Place,
    /// The key as shown.
    pub key: &'static str,
    /// What it does.
    pub action: Action,
    /// In two or three words, for the footer.
    pub title: &'static str,
    /// In a sentence, for the help.
    pub help: &'static str,
}

const fn row(place: Place, key: &'static str, action: Action, title: &'static str, help: &'static str) -> Binding {
    Binding { place, key, action, title, help }
}

/// The whole table; within a place the first rows are the footer's most important hints.
pub const TABLE: &[Binding] = &[
    row(Place::Everywhere, "F1", Action::Help, "help", "show what works here"),
    row(Place::Everywhere, "?", Action::Help, "help", "show what works here"),
    row(Place::Everywhere, ":", Action::Help, "help", "type what is wanted; Enter does it"),
    row(Place::Everywhere, "Ctrl+P", Action::Help, "help", "type what is wanted; Enter does it"),
    row(Place::Everywhere, "Esc", Action::Back, "back", "go one step back; typed text is kept where it can be"),
    row(Place::Everywhere, "Ctrl+Q", Action::Quit, "leave", "leave; all is safe, and everybody is signed out"),
    row(Place::Everywhere, "Ctrl+C", Action::Quit, "leave", "leave; all is safe, and everybody is signed out"),
    row(Place::Everywhere, "Down", Action::Next, "next", "look at the next line"),
    row(Place::Everywhere, "Up", Action::Previous, "previous", "look at the previous line"),
    row(Place::Everywhere, "j", Action::Next, "next", "look at the next line"),
    row(Place::Everywhere, "k", Action::Previous, "previous", "look at the previous line"),
    row(Place::Library, "Enter", Action::Confirm, "open", "open the package or take the run up again"),
    row(Place::Library, "R", Action::Replay, "replay", "replay a run, read-only"),
    row(Place::Library, "v", Action::Verify, "verify", "verify a sealed run"),
    row(Place::Library, "x", Action::Export, "export", "write a sealed run as one .proof file"),
    row(Place::Library, "A", Action::Answer, "answer", "answer a request that came from another machine"),
    row(Place::Request, "Enter", Action::Confirm, "answer it", "I have read what is asked; go on to the answer"),
    row(Place::Request, "PageDown", Action::Later, "scroll", "scroll the request down"),
    row(Place::Request, "PageUp", Action::Earlier, "scroll up", "scroll the request up"),
    row(Place::Run, "Enter", Action::Confirm, "confirm", "do what the step asks for next"),
    row(Place::Run, "F9", Action::StopWork, "STOP", "stop work: freezes the run and shows the safe state"),
    row(Place::Run, "D", Action::Deviation, "deviation", "record what departs from plan: deviation form"),
    row(Place::Run, "F4", Action::Deviation, "deviation", "record what departs from plan: deviation form"),
    row(Place::Run, "E", Action::Evidence, "evidence", "attach a file: evidence"),
    row(Place::Run, "F5", Action::Evidence, "evidence", "attach a file: evidence"),
    row(Place::Run, "F7", Action::SecondPerson, "2nd person", "another person: verify, release, accept, sign"),
    row(Place::Run, "u", Action::Correct, "correct", "correct a value; the old one stays"),
    row(Place::Run, "n", Action::Note, "note", "leave a remark"),
    row(Place::Run, "F6", Action::Note, "note", "leave a remark"),
    row(Place::Run, "a", Action::Acts, "acts", "redo, not applicable, skip, pause, abort, lock and more"),
    row(Place::Run, "F2", Action::Acts, "acts", "redo, not applicable, skip, pause, abort, lock and more"),
    row(Place::Run, ".", Action::BackToActive, "active", "back to the active step"),
    row(Place::Run, "[", Action::Previous, "previous", "look at the previous step"),
    row(Place::Run, "]", Action::Next, "next", "look at the next step"),
    row(Place::Run, "PageDown", Action::Later, "scroll", "scroll the step down"),
    row(Place::Run, "PageUp", Action::Earlier, "scroll up", "scroll the step up"),
    row(Place::Run, "F10", Action::Seal, "seal", "check whether the run is complete, then close and seal it"),
    row(Place::Form, "Enter", Action::NextField, "next field", "go to the next field; on the last one: done"),
    row(Place::Form, "Tab", Action::NextField, "next field", "go to the next field"),
    row(Place::Form, "Shift+Tab", Action::PreviousField, "previous field", "go to the previous field"),
    row(Place::Form, "Ctrl+S", Action::Submit, "done", "hand the form in"),
    row(Place::Form, "F10", Action::Submit, "done", "hand the form in"),
    row(Place::Evidence, "Enter", Action::Confirm, "attach", "open the folder, or attach the file"),
    row(Place::Evidence, "Space", Action::Mark, "mark", "mark the file; Enter attaches all that are marked"),
    row(Place::Evidence, "c", Action::Caption, "caption", "change what the record says about the files"),
    row(Place::Evidence, "/", Action::Filter, "filter", "type to narrow the list"),
    row(Place::Evidence, "Backspace", Action::Parent, "up", "go to the folder above"),
    row(Place::Evidence, "H", Action::Hidden, "hidden", "show or hide hidden files"),
    row(Place::Verdict, "s", Action::SignOff, "sign off", "sign off the run, or one deviation"),
    row(Place::Verdict, "R", Action::Replay, "replay", "replay the run, read-only"),
    row(Place::Verdict, "x", Action::Export, "export", "write the run as one .proof file"),
    row(Place::Review, "Enter", Action::Confirm, "open", "open the exception, or go back to the list"),
    row(Place::Review, "F8", Action::Unopened, "next unopened", "open the next exception that was not opened yet"),
    row(Place::Review, "s", Action::SignOff, "sign off", "sign off; off until every exception was opened"),
    row(Place::Replay, "Right", Action::Next, "later", "one record later"),
    row(Place::Replay, "Left", Action::Previous, "earlier", "one record earlier"),
    row(Place::Replay, "d", Action::NextDeviation, "deviation", "to the next deviation"),
    row(Place::Replay, "D", Action::PreviousDeviation, "previous deviation", "to the previous deviation"),
    row(Place::Replay, "e", Action::NextFile, "file", "to the next file"),
    row(Place::Replay, "E", Action::PreviousFile, "previous file", "to the previous file"),
    row(Place::Replay, "r", Action::Raw, "raw", "show the record as it is stored"),
    row(Place::Replay, "g", Action::First, "first", "to the first record"),
    row(Place::Replay, "G", Action::Last, "last", "to the last record"),
];

/// Returns what a key does in a place; in a text field printable keys never reach this.
#[must_use]
pub fn action(place: Place, key: &KeyEvent) -> Option<Action> {
    let name = name(key)?;
    let of = |place: Place| TABLE.iter().find(|b| b.place == place && b.key == name).map(|b| b.action);
    of(place).or_else(|| of(Place::Everywhere))
}

/// Returns the rows of a place for footer and help: its own first.
pub fn rows(place: Place) -> impl Iterator<Item = &'static Binding> {
    let own = TABLE.iter().filter(move |b| b.place == place);
    own.chain(TABLE.iter().filter(|b| b.place == Place::Everywhere))
}

/// Returns the name of a key as the table writes it.
#[must_use]
pub fn name(key: &KeyEvent) -> Option<String> {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    Some(match key.code {
        KeyCode::Char(' ') => "Space".into(),
        KeyCode::Char(c) if control => format!("Ctrl+{}", c.to_ascii_uppercase()),
        KeyCode::Char(c) => c.to_string(),
        KeyCode::F(n) => format!("F{n}"),
        KeyCode::Enter => "Enter".into(),
        KeyCode::Esc => "Esc".into(),
        KeyCode::Tab => "Tab".into(),
        KeyCode::BackTab => "Shift+Tab".into(),
        KeyCode::Backspace => "Backspace".into(),
        KeyCode::Up => "Up".into(),
        KeyCode::Down => "Down".into(),
        KeyCode::Left => "Left".into(),
        KeyCode::Right => "Right".into(),
        KeyCode::PageDown => "PageDown".into(),
        KeyCode::PageUp => "PageUp".into(),
        _ => return None,
    })
}

/// Returns the key that a row of the table names.
#[must_use]
pub fn key(name: &str) -> Option<KeyEvent> {
    let control = name.strip_prefix("Ctrl+");
    let modifiers = if control.is_some() { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
    let code = match control.unwrap_or(name) {
        "Space" => KeyCode::Char(' '),
        "Enter" => KeyCode::Enter,
        "Esc" => KeyCode::Esc,
        "Tab" => KeyCode::Tab,
        "Shift+Tab" => KeyCode::BackTab,
        "Backspace" => KeyCode::Backspace,
        "Up" => KeyCode::Up,
        "Down" => KeyCode::Down,
        "Left" => KeyCode::Left,
        "Right" => KeyCode::Right,
        "PageDown" => KeyCode::PageDown,
        "PageUp" => KeyCode::PageUp,
        other => match (other.chars().next()?, other.len()) {
            ('F', 2..) => KeyCode::F(other[1..].parse().ok()?),
            (letter, 1) if control.is_some() => KeyCode::Char(letter.to_ascii_lowercase()),
            (letter, 1) => KeyCode::Char(letter),
            _ => return None,
        },
    };
    Some(KeyEvent::new(code, modifiers))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_key_means_two_things_in_one_place() {
        let mut seen = BTreeSet::new();
        for binding in TABLE {
            assert!(
                seen.insert((format!("{:?}", binding.place), binding.key)),
                "{} in {:?}",
                binding.key,
                binding.place
            );
            assert!(!binding.title.is_empty() && !binding.help.is_empty());
        }
    }

    #[test]
    fn every_row_can_be_pressed_from_the_palette() {
        for binding in TABLE {
            let pressed = key(binding.key).unwrap();
            assert_eq!(name(&pressed).as_deref(), Some(binding.key));
            assert_eq!(action(binding.place, &pressed), Some(binding.action), "{}", binding.key);
        }
    }

    #[test]
    fn nothing_that_cannot_be_taken_back_is_on_a_bare_letter() {
        let grave = [Action::Seal, Action::StopWork, Action::SecondPerson, Action::Submit];
        for binding in TABLE.iter().filter(|b| grave.contains(&b.action)) {
            assert!(binding.key.len() > 1, "{}", binding.key);
        }
    }
}
