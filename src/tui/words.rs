//! Data in words: what a record or an act holds, one line for each leaf that says something.

use serde_json::Value;

/// Adds the lines of a member.
pub(super) fn spread(name: &str, value: &Value, lines: &mut Vec<String>) {
    let shown = name.replace('_', " ");
    match value {
        Value::Null => {}
        Value::Object(members) => {
            members.iter().for_each(|(inner, v)| spread(&format!("{name} {inner}"), v, lines));
        }
        Value::Array(items) => {
            items.iter().for_each(|item| spread(name, item, lines));
        }
        Value::String(text) if text.is_empty() => {}
        Value::String(text) => lines.push(format!("{shown}: {text}")),
        other => lines.push(format!("{shown}: {other}")),
    }
}
