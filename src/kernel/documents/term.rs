//! The words of ours that a field of work replaces by its own (FORMAT.md §2, `terms`).
//!
//! Only words change, never a rule: a departure named "Irregularity" is judged as any deviation.

use crate::kernel::documents::pack::Pack;
use crate::kernel::model::name::Role;
use std::fmt;

/// A thing of ours that a field may name in its own way. Roles are named in the same list, by their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noun {
    /// The talk of the whole crew before work begins.
    Brief,
    /// A labelled thing of the plant.
    Component,
    /// A departure from plan.
    Deviation,
    /// A file that shows what was done.
    Evidence,
    /// A point that only a named role releases.
    Hold,
    /// What readings are taken with.
    Instrument,
    /// A part or substance with a lot.
    Material,
    /// A leave to work, registered with its number.
    Permit,
    /// A signature that looks at something done by others.
    Review,
    /// A change of shift.
    Turnover,
    /// A condition observed while work goes on.
    Watch,
    /// A person who was told and may look on.
    Witness,
}

impl Noun {
    /// Every noun, in the order of its key.
    pub const ALL: [Self; 12] = [
        Self::Brief,
        Self::Component,
        Self::Deviation,
        Self::Evidence,
        Self::Hold,
        Self::Instrument,
        Self::Material,
        Self::Permit,
        Self::Review,
        Self::Turnover,
        Self::Watch,
        Self::Witness,
    ];

    /// Returns the key in `terms`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Brief => "brief",
            Self::Component => "component",
            Self::Deviation => "deviation",
            Self::Evidence => "evidence",
            Self::Hold => "hold",
            Self::Instrument => "instrument",
            Self::Material => "material",
            Self::Permit => "permit",
            Self::Review => "review",
            Self::Turnover => "turnover",
            Self::Watch => "watch",
            Self::Witness => "witness",
        }
    }
}

/// A word as the field says it. Printed plainly it begins a line; [`Word::within`] stands inside a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word(String);

impl Word {
    /// Returns the word as it stands inside a sentence: "departure", but "MOP lead".
    #[must_use]
    pub fn within(&self) -> String {
        let mut letters = self.0.chars();
        match (letters.next(), letters.clone().next()) {
            (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
            _ => self.0.clone(),
        }
    }

    /// Returns the word in capitals, for a banner.
    #[must_use]
    pub fn capitals(&self) -> String {
        self.0.to_uppercase()
    }

    /// Ours, where the field has no word: an id of two letters is an abbreviation, others begin with a capital.
    fn ours(key: &str) -> Self {
        if key.len() < 3 {
            return Self(key.to_uppercase());
        }
        let spaced = match key {
            "performer" => "operator".to_owned(),
            "turnover" => "shift handover".to_owned(),
            other => other.replace(['_', '-'], " "),
        };
        let mut letters = spaced.chars();
        Self(letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect())
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl Pack {
    /// Returns the field's word for a thing of ours.
    #[must_use]
    pub fn noun(&self, noun: Noun) -> Word {
        self.word(noun.key())
    }

    /// Returns the field's word for a role.
    #[must_use]
    pub fn role(&self, role: &Role) -> Word {
        self.word(role.as_str())
    }

    fn word(&self, key: &str) -> Word {
        let theirs = self.terms.iter().find(|(ours, _)| ours.as_str() == key);
        theirs.map_or_else(|| Word::ours(key), |(_, word)| Word(word.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(terms: &str) -> Pack {
        let text = format!(r#"{{"format":"asrun.pack.v1","id":"p","version":"1","terms":{terms},"reason_codes":[]}}"#);
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_field_renames_things_and_roles_and_the_rest_keeps_our_words() {
        let pack = pack(r#"{"deviation":"Departure","performer":"MOP lead"}"#);
        assert_eq!(pack.noun(Noun::Deviation).to_string(), "Departure");
        assert_eq!(pack.noun(Noun::Deviation).within(), "departure");
        assert_eq!(pack.noun(Noun::Deviation).capitals(), "DEPARTURE");
        assert_eq!(pack.role(&"performer".parse().unwrap()).within(), "MOP lead");
        assert_eq!(pack.noun(Noun::Hold).to_string(), "Hold");
        assert_eq!(pack.noun(Noun::Turnover).to_string(), "Shift handover");
        assert_eq!(self::pack("{}").role(&"performer".parse().unwrap()).within(), "operator");
        assert_eq!(pack.role(&"qa".parse().unwrap()).within(), "QA");
        assert_eq!(pack.role(&"area_supervisor".parse().unwrap()).to_string(), "Area supervisor");
    }
}
