//! What was typed and is not recorded: kept for each step and purpose, and brought back when the form opens again.

use super::dialog::{Dialog, Purpose};
use crate::tui::widgets::form::{Form, Kind};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most forms that are kept.
const MOST_FORMS: usize = 200;

/// The values of forms that were not recorded, by what they are for; never a passphrase.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Drafts(BTreeMap<String, Vec<(String, String)>>);

impl Drafts {
    /// The most bytes that are read back.
    pub const MOST_BYTES: usize = 1 << 20;

    /// Keeps what was typed into a form; one without text is forgotten.
    pub fn keep(&mut self, dialog: &Dialog) {
        let Some(key) = dialog.purpose.key() else { return };
        let typed = dialog
            .form
            .fields
            .iter()
            .any(|f| matches!(f.kind, Kind::Text | Kind::Day(_)) && !f.value.trim().is_empty());
        let chosen = matches!(dialog.purpose, Purpose::Deviation(_)) && dialog.form.value("code").is_some();
        if !typed && !chosen {
            self.0.remove(&key);
        } else if self.0.len() < MOST_FORMS || self.0.contains_key(&key) {
            self.0.insert(key, values(&dialog.form));
        }
    }

    /// Fills a form that is opened anew with what was typed before; tells whether there was something.
    pub fn fill(&self, dialog: &mut Dialog) -> bool {
        let Some(kept) = dialog.purpose.key().and_then(|key| self.0.get(&key)) else { return false };
        let mut left: Vec<&(String, String)> = kept.iter().collect();
        for field in dialog.form.fields.iter_mut().filter(|f| f.kind != Kind::Secret) {
            if let Some(at) = left.iter().position(|(name, _)| name == field.name) {
                field.set(&left.remove(at).1);
            }
        }
        true
    }

    /// Forgets what was recorded.
    pub fn forget(&mut self, purpose: &Purpose) {
        if let Some(key) = purpose.key() {
            self.0.remove(&key);
        }
    }

    /// Returns those that may lie on the disk: what a guest typed stays in memory.
    #[must_use]
    pub fn durable(&self) -> Self {
        Self(self.0.iter().filter(|(key, _)| !key.starts_with(GUEST)).map(|(k, v)| (k.clone(), v.clone())).collect())
    }

    /// Tells whether nothing is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns how many forms are kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Reads what lay on the disk; what cannot be read is no draft.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Self {
        let read = (bytes.len() <= Self::MOST_BYTES).then(|| serde_json::from_slice::<Self>(bytes).ok()).flatten();
        read.filter(|drafts| drafts.0.len() <= MOST_FORMS).unwrap_or_default()
    }

    /// Writes them as they lie on the disk.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

fn values(form: &Form) -> Vec<(String, String)> {
    let plain = form.fields.iter().filter(|f| f.kind != Kind::Secret);
    plain.map(|f| (f.name.to_owned(), f.value.clone())).collect()
}

const GUEST: &str = "guest ";

impl Purpose {
    /// Returns what a form is kept under: its kind and its place; none for forms that hold nothing worth keeping.
    fn key(&self) -> Option<String> {
        let at = |word: &str, step: &dyn std::fmt::Display| Some(format!("{word} {step}"));
        let or_run = |step: &Option<crate::kernel::model::name::StepId>| {
            step.as_ref().map_or_else(|| "run".to_owned(), ToString::to_string)
        };
        match self {
            Self::Component(step) => at("component", step),
            Self::Enter(step, input, row, column) => {
                let (row, column) = (row.as_ref().map(ToString::to_string), column.as_ref().map(ToString::to_string));
                Some(format!("enter {step} {input} {} {}", row.unwrap_or_default(), column.unwrap_or_default()))
            }
            Self::Check(step) => at("check", step),
            Self::Deviation(step) => at("deviation", &or_run(step)),
            Self::Amend(id, _) => at("amend", id),
            Self::Correct(step) => at("correct", step),
            Self::Note(step) => at("note", &or_run(step)),
            Self::Pause => Some("pause".into()),
            Self::Resume => Some("resume".into()),
            Self::Abort => Some("abort".into()),
            Self::StopWork => Some("stop".into()),
            Self::SafeState => Some("safe state".into()),
            Self::Instrument => Some("instrument".into()),
            Self::Plain(plain) => {
                let fixed: Vec<&str> = plain.fixed.iter().map(|(_, value)| value.as_str()).collect();
                Some(format!("{} {}", plain.word, fixed.join(" ")))
            }
            Self::Call(step) => at("call", step),
            Self::Verify(step, person) => Some(format!("{GUEST}verify {step} {person}")),
            Self::Release(step, person) => Some(format!("{GUEST}release {step} {person}")),
            Self::Review(person) => Some(format!("{GUEST}review {person}")),
            Self::Unlock(..)
            | Self::Sign(..)
            | Self::Decide(_)
            | Self::Which(_)
            | Self::BindCrew
            | Self::Perform(_)
            | Self::Person(..)
            | Self::AnyPerson
            | Self::Ask
            | Self::TakeIn
            | Self::Reattach
            | Self::Seal(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::widgets::form::Field;

    fn note(text: &str) -> Dialog {
        let fields = vec![Field::text("text", "Remark", true).with(text), Field::secret("Passphrase").with("secret")];
        Dialog::new("Note", Vec::new(), fields, Purpose::Note(None))
    }

    #[test]
    fn what_was_typed_comes_back_and_a_passphrase_never_does() {
        let mut drafts = Drafts::default();
        drafts.keep(&note("seen from the gallery"));
        let read = Drafts::parse(&drafts.bytes());
        assert_eq!(read, drafts);
        assert!(!String::from_utf8(drafts.bytes()).unwrap().contains("secret"));
        let mut again = note("");
        again.form.fields[1].set("");
        assert!(read.fill(&mut again));
        assert_eq!(again.form.value("text"), Some("seen from the gallery"));
        assert_eq!(again.form.value("passphrase"), None);
    }

    #[test]
    fn what_a_guest_typed_is_kept_in_memory_alone() {
        let mut drafts = Drafts::default();
        let purpose = Purpose::Release("3".parse().unwrap(), "m.berg".parse().unwrap());
        drafts.keep(&Dialog::new("", Vec::new(), vec![Field::text("comment", "", false).with("seen")], purpose));
        assert!(!drafts.is_empty() && drafts.durable().is_empty());
    }

    #[test]
    fn damaged_or_swollen_drafts_are_no_drafts() {
        for bytes in [&b"{"[..], b"[1]", b"{\"a\":1}", &vec![b' '; Drafts::MOST_BYTES + 1]] {
            assert!(Drafts::parse(bytes).is_empty());
        }
    }

    #[test]
    fn an_empty_form_leaves_no_draft() {
        let mut drafts = Drafts::default();
        drafts.keep(&note("x"));
        drafts.keep(&note(" "));
        assert!(drafts.is_empty());
    }
}
