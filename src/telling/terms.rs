//! The field's own words on screen: its nouns and roles in sentences of ours. No screen names a thing by itself.
//!
//! Nothing is put in the plural or behind "a": that cannot be done to a word that is not known.

use crate::kernel::documents::pack::Pack;
use crate::kernel::documents::term::Noun;
use crate::kernel::model::deviation::{Outcome, Trigger};
use crate::kernel::model::name::Role;
use crate::kernel::model::opening::Binding;
use crate::kernel::run::Run;

/// Returns the field's word for a thing, as it stands inside a sentence.
pub fn noun(run: &Run, noun: Noun) -> String {
    run.plan().pack.noun(noun).within()
}

/// Returns the field's word for a role, as it stands inside a sentence.
pub fn role(run: &Run, role: &Role) -> String {
    run.plan().pack.role(role).within()
}

/// Returns who holds which role: "m.berg as shift lead".
pub fn held(run: &Run, bound: &Binding) -> String {
    format!("{} as {}", bound.person, role(run, &bound.role))
}

/// Says how many different persons are waited for, where it is not one.
pub(super) fn persons(left: u32) -> String {
    if left > 1 { format!(" ({left} different persons)") } else { String::new() }
}

/// Returns the persons of the crew who hold a role, as options of a field.
pub fn holders(run: &Run, role: &Role) -> Vec<(String, String)> {
    let bound = run.crew().iter().filter(|b| b.role == *role);
    bound.map(|b| (b.person.to_string(), held(run, b))).collect()
}

/// Returns what the policy says of a deviation.
pub fn outcome(run: &Run, outcome: Outcome) -> String {
    match outcome {
        Outcome::Review => noun(run, Noun::Review),
        other => other.word().to_owned(),
    }
}

/// Returns what a deviation was triggered by: "out of limit".
pub fn trigger(run: &Run, trigger: Trigger) -> String {
    localized(&run.plan().pack, &trigger.word())
}

/// Says a sentence of ours, or a word of the format such as `hold_released`, with the field's nouns in it.
///
/// "Review" and "watch" stay, since our sentences have them as verbs; where they are nouns, screens name them by themselves.
#[must_use]
pub fn localized(pack: &Pack, text: &str) -> String {
    let text = text.replace('_', " ");
    let parts = text.split_inclusive(|c: char| !c.is_alphabetic());
    parts
        .map(|part| {
            let word = part.trim_end_matches(|c: char| !c.is_alphabetic());
            theirs(pack, word).map_or_else(|| part.to_owned(), |said| said + &part[word.len()..])
        })
        .collect()
}

fn theirs(pack: &Pack, word: &str) -> Option<String> {
    let nouns = Noun::ALL.into_iter().filter(|n| !matches!(n, Noun::Review | Noun::Watch));
    let said = pack.noun(nouns.into_iter().find(|n| n.key().eq_ignore_ascii_case(word))?);
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    Some(match capitals {
        0 => said.within(),
        1 => said.to_string(),
        _ => said.capitals(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_sentences_take_the_words_of_the_field_and_verbs_stay() {
        let text = r#"{"format":"asrun.pack.v1","id":"p","version":"1","reason_codes":[],
            "terms":{"hold":"Gate","deviation":"Departure","review":"Inspection"}}"#;
        let pack: Pack = serde_json::from_str(text).unwrap();
        assert_eq!(localized(&pack, "hold_released"), "gate released");
        assert_eq!(localized(&pack, "review_deviation"), "review departure");
        assert_eq!(localized(&pack, "redo this step (deviation first)"), "redo this step (departure first)");
        assert_eq!(
            localized(&pack, "Hold. HOLD POINT 3: it holds, the holder"),
            "Gate. GATE POINT 3: it holds, the holder"
        );
    }
}
