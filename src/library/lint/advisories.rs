//! Warnings, cautions and notes: scarce, and without actions.

use super::wording::is_act;
use super::{Code, Linter};
use crate::kernel::model::advisory::AdvisoryLevel;
use crate::kernel::text::counted;

/// From how many warnings and cautions on a section is looked at.
const FEW: usize = 3;

/// Words that an object begins with; they tell `Close the valve` from `Close quarters are hot`.
const OBJECTS: &[&str] =
    &["the", "a", "an", "all", "both", "every", "each", "any", "it", "them", "this", "these", "up"];

pub(super) fn check(linter: &mut Linter) {
    for (_, path, step) in linter.steps() {
        for (n, advisory) in step.advisories.iter().enumerate() {
            if let Some(verb) = action(&advisory.text) {
                let message = format!("`{verb}` is an action");
                linter.say(Code::AdvisoryAction, format!("{path}.advisories[{n}].text"), message);
            }
        }
    }
    for (s, section) in linter.procedure.sections.iter().enumerate() {
        let grave = section.steps.iter().flat_map(|x| &x.advisories).filter(|a| a.level != AdvisoryLevel::Note).count();
        if grave >= FEW && grave > section.steps.len() {
            let message = format!(
                "{} on {}",
                counted(grave, "warning or caution", "warnings and cautions"),
                counted(section.steps.len(), "step", "steps")
            );
            linter.say(Code::AdvisoryDensity, format!("sections[{s}].title"), message);
        }
    }
}

/// Returns the verb of a sentence that tells somebody to do something.
fn action(text: &str) -> Option<&str> {
    text.split(['.', '!', ';', ':']).find_map(|sentence| {
        let mut words = sentence.split_whitespace();
        let (verb, object) = (words.next()?, words.next().unwrap_or_default());
        let capitals = verb.len() > 1 && verb.chars().all(|c| c.is_ascii_uppercase());
        let tag = object.chars().any(|c| c.is_ascii_digit()) && object.chars().any(|c| c.is_ascii_uppercase());
        (is_act(verb) && (capitals || tag || OBJECTS.contains(&object))).then_some(verb)
    })
}

#[cfg(test)]
mod tests {
    use super::action;

    #[test]
    fn an_order_is_told_from_a_description() {
        assert_eq!(action("Hot fluid. CLOSE V-1 before."), Some("CLOSE"));
        assert_eq!(action("Open the drain slowly"), Some("Open"));
        assert_eq!(action("Vent 101A-V-04 first"), Some("Vent"));
        assert_eq!(action("Open sessions are dropped once for each node."), None);
        assert_eq!(action("The casing may release liquid"), None);
    }
}
