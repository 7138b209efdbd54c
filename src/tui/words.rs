//! Data in words: what a record or an act holds, one line for each leaf that says something.

pub(super) use crate::kernel::text::chain;
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

/// Names the files that were not attached, in the order they were to be.
pub(super) fn not_attached(files: &[std::path::PathBuf]) -> String {
    let name = |path: &std::path::PathBuf| path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let names: Vec<String> = files.iter().map(name).collect();
    format!("not attached: {}; choose again", names.join(", "))
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_file_that_was_not_attached_is_named() {
        let files = ["/x/a.jpg", "/x/b.jpg", "/y/c.jpg"].map(std::path::PathBuf::from);
        assert_eq!(super::not_attached(&files), "not attached: a.jpg, b.jpg, c.jpg; choose again");
    }
}
