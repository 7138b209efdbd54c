//! How a value reads: yes and no in words, and "in limits" only where there are limits.

use crate::kernel::model::input::{EntryVerdict, Input, InputType};
use std::borrow::Cow;

/// Returns a recorded value as people say it.
#[must_use]
pub fn plain<'a>(input: Option<&Input>, value: &'a str) -> Cow<'a, str> {
    match (input.map(|input| input.kind), value) {
        (Some(InputType::Bool), "true") => "yes".into(),
        (Some(InputType::Bool), "false") => "no".into(),
        _ => value.into(),
    }
}

/// Returns what the limits say of a value; where nothing was asked of it, that it is recorded.
#[must_use]
pub fn verdict(input: Option<&Input>, verdict: EntryVerdict) -> &'static str {
    match (verdict, input) {
        (EntryVerdict::Pass, Some(input)) if input.limits.is_none() => match asks_for_one(input) {
            true => "as required",
            false => "recorded",
        },
        (EntryVerdict::Pass, None) => "recorded",
        (verdict, _) => verdict.word(),
    }
}

fn asks_for_one(input: &Input) -> bool {
    input.expect.is_some() || input.equals.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_has_limits_is_in_limits() {
        let told = |members: serde_json::Value| {
            let input: Input = serde_json::from_value(members).unwrap();
            verdict(Some(&input), EntryVerdict::Pass)
        };
        let limits = json!({"accept": {"min": "1", "max": "2"}});
        assert_eq!(told(json!({"id": "a", "type": "number", "unit": "bar", "limits": limits})), "in limits");
        assert_eq!(told(json!({"id": "a", "type": "text"})), "recorded");
        assert_eq!(told(json!({"id": "a", "type": "bool", "expect": true})), "as required");
        assert_eq!(verdict(None, EntryVerdict::Out), "OUT OF LIMITS");
    }

    #[test]
    fn a_question_is_answered_with_yes_or_no() {
        let input: Input = serde_json::from_value(json!({"id": "a", "type": "bool"})).unwrap();
        assert_eq!([plain(Some(&input), "true"), plain(Some(&input), "false")], ["yes", "no"]);
        assert_eq!(plain(None, "true"), "true");
    }
}
