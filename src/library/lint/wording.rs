//! Titles and instructions: short enough for a screen, one action each.

use super::{Code, Linter};

/// The most words of a title.
const MOST_WORDS: usize = 7;

/// Verbs that are acts when they stand in capitals where a clause begins.
const ACTS: &[&str] = &[
    "ADD",
    "ADJUST",
    "APPLY",
    "ATTACH",
    "BACK",
    "BARRICADE",
    "BLEED",
    "BLOCK",
    "CALL",
    "CHANGE",
    "CHARGE",
    "CHECK",
    "CLEAN",
    "CLEAR",
    "CLOSE",
    "COMPARE",
    "CONFIRM",
    "CONNECT",
    "COOL",
    "COPY",
    "CUT",
    "DECIDE",
    "DELETE",
    "DESTROY",
    "DISABLE",
    "DISCHARGE",
    "DISCONNECT",
    "DO",
    "DRAIN",
    "ENABLE",
    "ENERGISE",
    "ENERGIZE",
    "ENSURE",
    "ENTER",
    "ERASE",
    "EXPORT",
    "FILL",
    "FIT",
    "FLUSH",
    "GROUND",
    "HANG",
    "HEAT",
    "HOLD",
    "IMPORT",
    "INFORM",
    "INJECT",
    "INSERT",
    "INSPECT",
    "INSTALL",
    "ISOLATE",
    "LIFT",
    "LOCK",
    "LOOSEN",
    "LOWER",
    "MAKE",
    "MARK",
    "MEASURE",
    "MOVE",
    "NOTIFY",
    "OPEN",
    "OPERATE",
    "PLACE",
    "PLUG",
    "POUR",
    "PRESS",
    "PULL",
    "PUMP",
    "PURGE",
    "PUSH",
    "PUT",
    "RAISE",
    "READ",
    "REBOOT",
    "RECORD",
    "RELEASE",
    "RELOAD",
    "REMOVE",
    "REPEAT",
    "REPLACE",
    "RESET",
    "RESTART",
    "RESTORE",
    "RETURN",
    "ROTATE",
    "RUN",
    "SCAN",
    "SEAL",
    "SELECT",
    "SEND",
    "SET",
    "SHUT",
    "SIGN",
    "START",
    "STOP",
    "STORE",
    "SWITCH",
    "TAG",
    "TAKE",
    "TELL",
    "TEST",
    "THROTTLE",
    "TIGHTEN",
    "TORQUE",
    "TRANSFER",
    "TRIP",
    "TURN",
    "TYPE",
    "UNLOCK",
    "UNPLUG",
    "VENT",
    "VERIFY",
    "WAIT",
    "WEIGH",
    "WIPE",
    "WRITE",
];

/// Words after which a new clause begins.
const JOINTS: &[&str] = &["and", "then", "or", "but"];

pub(super) fn check(linter: &mut Linter) {
    title(linter, "title", &linter.procedure.title.clone());
    for (s, section) in linter.procedure.sections.iter().enumerate() {
        title(linter, &format!("sections[{s}].title"), &section.title);
    }
    for (_, path, step) in linter.steps() {
        title(linter, &format!("{path}.title"), &step.title);
        let long = step.instruction.len() > 4000;
        if long || step.instruction.trim().is_empty() {
            linter.say(Code::TextLength, format!("{path}.instruction"), "an instruction has 1 to 4000 bytes");
        }
        let acts = capitals(&step.instruction);
        if acts.len() > 1 {
            let message = format!("step {} says {}", step.id, acts.join(" and "));
            linter.say(Code::SeveralActions, format!("{path}.instruction"), message);
        }
    }
}

fn title(linter: &mut Linter, path: &str, text: &str) {
    let length = text.chars().count();
    let words = text.split_whitespace().count();
    if length > 80 || text.trim().is_empty() {
        linter.say(Code::TextLength, path, format!("{length} characters; a title has 1 to 80"));
    } else if words > MOST_WORDS {
        linter.say(Code::TitleWords, path, format!("{words} words; a title has at most {MOST_WORDS}"));
    }
}

/// Tells whether a word is a verb that people act on.
pub(super) fn is_act(word: &str) -> bool {
    ACTS.contains(&word.to_uppercase().as_str())
}

/// Verbs in capitals where a clause begins: `OPEN V-1 and CLOSE V-2`, but not `CHECK that V-1 is OPEN`.
fn capitals(text: &str) -> Vec<String> {
    let mut acts = Vec::new();
    let mut begins = true;
    for word in text.split_whitespace() {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        if begins && bare.len() > 1 && bare.chars().all(|c| c.is_ascii_uppercase()) && is_act(bare) {
            acts.push(bare.to_owned());
        }
        begins = word.ends_with(['.', ',', ';', ':', '!']) || JOINTS.contains(&word);
    }
    acts
}

#[cfg(test)]
mod tests {
    use super::capitals;

    #[test]
    fn an_act_is_a_verb_in_capitals_where_a_clause_begins() {
        assert_eq!(capitals("OPEN V-1, then CLOSE V-2."), ["OPEN", "CLOSE"]);
        assert_eq!(capitals("CHECK that V-1 is OPEN and LOCKED, and that RUN is lit."), ["CHECK"]);
        assert_eq!(capitals("STOP. The supervisor walks the locks down."), ["STOP"]);
    }
}
