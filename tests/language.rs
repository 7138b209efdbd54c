//! Every member that an author can write is read by something that works with it.

use std::collections::BTreeSet;
use std::path::Path;

/// Members that are read where documents are judged, or at their door, and nowhere else: what they do instead.
const JUDGED_ALONE: &[(&str, &str)] = &[
    ("format", "the door takes no other document"),
    ("criticality", "the linter holds the profile against it; the record prints it"),
    ("use_level", "the linter holds the steps against it; the record prints it"),
    ("of", "the linter derives what a calculation comes out in"),
];

/// Members whose field has another name.
const RENAMED: &[(&str, &str)] = &[("type", "kind"), ("loop", "repeat")];

/// Names of members below a part of a schema.
fn members(schema: &serde_json::Value, found: &mut BTreeSet<String>) {
    match schema {
        serde_json::Value::Object(parts) => {
            if let Some(serde_json::Value::Object(named)) = parts.get("properties") {
                found.extend(named.keys().cloned());
            }
            parts.values().for_each(|part| members(part, found));
        }
        serde_json::Value::Array(parts) => parts.iter().for_each(|part| members(part, found)),
        _ => {}
    }
}

fn sources(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "lint" && name != "tests" {
            sources(&path, text);
        } else if name.ends_with(".rs") && !name.ends_with("tests.rs") {
            let whole = std::fs::read_to_string(&path).unwrap();
            let product = whole.split("\n#[cfg(test)]").next().unwrap_or_default();
            let lines = product.lines().filter(|line| !line.trim_start().starts_with("//"));
            text.extend(lines.flat_map(|line| [line, "\n"]));
        }
    }
}

/// Tells whether a field is read: `.name`, and no call of that name.
fn is_read(code: &str, name: &str) -> bool {
    let wanted = format!(".{name}");
    code.match_indices(&wanted).any(|(at, _)| {
        let behind = code[at + wanted.len()..].chars().next().unwrap_or(' ');
        !behind.is_alphanumeric() && behind != '_' && behind != '('
    })
}

/// What a member does under another member's name cannot be told apart here: names are compared, not types.
#[test]
fn every_member_of_an_authored_document_is_read_outside_the_linter() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut named = BTreeSet::new();
    for document in ["procedure", "pack", "policy", "roster", "package"] {
        let text = std::fs::read_to_string(root.join(format!("packs/schema/{document}.json"))).unwrap();
        members(&serde_json::from_str(&text).unwrap(), &mut named);
    }
    let mut code = String::new();
    sources(&root.join("src"), &mut code);
    let field =
        |member: &str| RENAMED.iter().find(|(m, _)| *m == member).map_or(member.to_owned(), |(_, f)| (*f).into());
    let judged = |member: &str| JUDGED_ALONE.iter().any(|(m, _)| *m == member);
    let unread: Vec<_> = named.iter().filter(|m| !judged(m) && !is_read(&code, &field(m))).collect();
    assert!(unread.is_empty(), "nothing reads {unread:?}");
    let gone: Vec<_> = JUDGED_ALONE.iter().map(|(m, _)| *m).filter(|m| !named.contains(*m)).collect();
    assert!(gone.is_empty(), "no document has {gone:?}");
}

#[test]
fn a_member_that_only_a_comment_or_a_call_names_is_not_read() {
    assert!(!is_read("x.nothing(1) ; y.nothingness", "nothing"));
    assert!(is_read("let a = x.nothing;", "nothing"));
}
