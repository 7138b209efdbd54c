//! The small language of `mutate`: one step a string, words apart by a space.
//!
//! `flip FILE AT` · `cut FILE BYTES` · `append FILE TEXT` · `fill FILE BYTES` (blanks at its end) · `swap FILE OLD NEW` · `write FILE TEXT` · `remove FILE` ·
//! `move FILE TO` · `copy FILE TO` · `line drop|double|swap N` · `edit N POINTER JSON` (a line of the journal; 0 is
//! the last) · `claim FIELD JSON` (the receipt, signed again by its closer) · `reseal` (tag files and receipt anew) · `retag`
//! (the tag manifest and the receipt's seal anew) · `seal-only` (the receipt's seal anew) · `drop-signoffs`
//! · `link FILE` · `fifo FILE` · `folder FILE`. `{evidence}` and `{signoff}` stand for the paths of these.

use super::approve;
use super::build::{Kind, Special};
use super::forge::{Files, Forge, PHOTO, evidence_path, seal, seal_of, sign_receipt};
use super::made::Made as _;
use crate::bundle::bag::tagmanifest_sha256;
use crate::bundle::{TAG_FILES, TAG_MANIFEST};
use crate::kernel::canon::{self, base64};
use serde_json::Value;

/// Applies the steps to the files and returns those that need a disk.
pub(super) fn apply(steps: &[String], files: &mut Files, forge: &Forge) -> Vec<Special> {
    let signoff = files.keys().find(|name| name.starts_with("signoffs/")).made().clone();
    let mut later = Vec::new();
    for step in steps {
        let step = step.replace("{evidence}", &evidence_path(PHOTO)).replace("{signoff}", &signoff);
        if !one(&step, files, forge) {
            later.push(special(&step));
        }
    }
    // What stands there now is no file.
    files.retain(|name, _| !later.iter().any(|special| &special.path == name));
    later
}

fn one(step: &str, files: &mut Files, forge: &Forge) -> bool {
    let words: Vec<&str> = step.splitn(4, ' ').collect();
    match words.as_slice() {
        ["flip", file, at] => {
            let bytes = file_of(files, file);
            let at = at.parse().unwrap_or(bytes.len() / 2);
            bytes[at] ^= 1;
        }
        ["cut", file, count] => {
            let bytes = file_of(files, file);
            bytes.truncate(bytes.len() - count.parse::<usize>().made());
        }
        ["append", file, text] => file_of(files, file).extend(text.as_bytes()),
        ["fill", file, count] => file_of(files, file).extend(vec![b' '; count.parse().made()]),
        ["swap", file, old, new] => {
            let bytes = file_of(files, file);
            let text = String::from_utf8(bytes.clone()).made();
            *bytes = text.replacen(old, new, 1).into_bytes();
            assert_ne!(*bytes, text.into_bytes(), "{step}: nothing swapped");
        }
        ["write", file, rest @ ..] => drop(files.insert((*file).to_owned(), rest.join(" ").into_bytes())),
        ["remove", file] => drop(files.remove(*file).made()),
        ["move", file, to] => {
            let bytes = files.remove(*file).made();
            files.insert((*to).to_owned(), bytes);
        }
        ["copy", file, to] => drop(files.insert((*to).to_owned(), files[*file].clone())),
        ["line", how, number] => line(file_of(files, "data/journal.jsonl"), how, number.parse().made()),
        ["edit", number, pointer, value] => {
            edit(file_of(files, "data/journal.jsonl"), number.parse().made(), pointer, value);
        }
        ["claim", field, ..] => claim(files, field, step.splitn(3, ' ').nth(2).made()),
        ["drop-signoffs"] => files.retain(|name, _| !name.starts_with("signoffs/")),
        ["retag"] => retag(files, forge, true),
        ["seal-only"] => retag(files, forge, false),
        ["reseal"] => seal(files, &forge.run, "ada"),
        ["link" | "fifo" | "folder", _] => return false,
        _ => unreachable!("no such step: {step}"),
    }
    true
}

fn file_of<'a>(files: &'a mut Files, name: &str) -> &'a mut Vec<u8> {
    files.get_mut(name).unwrap_or_else(|| unreachable!("no file {name}"))
}

fn line(journal: &mut Vec<u8>, how: &str, number: usize) {
    let mut lines: Vec<Vec<u8>> = journal.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    match how {
        "drop" => drop(lines.remove(number - 1)),
        "double" => lines.insert(number, lines[number - 1].clone()),
        "swap" => lines.swap(number - 1, number),
        _ => unreachable!("no such step: line {how}"),
    }
    *journal = lines.concat();
}

/// Changes a member of a line; the signature stays as it was.
fn edit(journal: &mut Vec<u8>, number: usize, pointer: &str, value: &str) {
    let mut lines: Vec<Vec<u8>> = journal.split(|b| *b == b'\n').map(<[u8]>::to_vec).collect();
    lines.pop();
    let index = if number == 0 { lines.len() - 1 } else { number - 1 };
    let mut line: Value = serde_json::from_slice(&lines[index]).made();
    let new: Value = serde_json::from_str(value).made();
    let member = line.pointer_mut(pointer).unwrap_or_else(|| unreachable!("no member {pointer}"));
    assert_ne!(*member, new, "nothing edited");
    *member = new;
    lines[index] = canon::encode(&line).made();
    *journal = lines.into_iter().flat_map(|line| line.into_iter().chain([b'\n'])).collect();
}

/// Lets the receipt claim something else, signed again by the person who closed the run.
fn claim(files: &mut Files, field: &str, value: &str) {
    let mut statement = statement_of(files);
    let new = serde_json::from_str(value).made();
    assert_ne!(statement["predicate"][field], new, "nothing claimed");
    statement["predicate"][field] = new;
    sign_receipt(files, &canon::encode(&statement).made(), "ada");
}

/// Lists the tag files as they are and seals that; what the receipt claims of the data stays as it was.
fn retag(files: &mut Files, forge: &Forge, list: bool) {
    if list {
        let tags = TAG_FILES.map(|name| (name, files[name].clone()));
        let text = tagmanifest_sha256(tags.iter().map(|(name, bytes)| (*name, bytes.as_slice())));
        files.insert(TAG_MANIFEST.into(), text.into_bytes());
    }
    let mut statement = statement_of(files);
    statement["subject"][0]["digest"]["sha256"] = seal_of(files).hex().into();
    sign_receipt(files, &canon::encode(&statement).made(), "ada");
    files.retain(|name, _| !name.starts_with("signoffs/"));
    approve(files, forge);
}

fn statement_of(files: &Files) -> Value {
    let receipt: Value = serde_json::from_slice(&files["receipt.json"]).made();
    let payload = base64::decode(receipt["payload"].as_str().made()).made();
    serde_json::from_slice(&payload).made()
}

/// What stands at a name in place of a file, and needs a file system to stand there.
fn special(step: &str) -> Special {
    let (how, name) = step.split_once(' ').made();
    let kind = match how {
        "link" => Kind::Link,
        "fifo" => Kind::Fifo,
        "folder" => Kind::Folder,
        _ => unreachable!("no such step: {step}"),
    };
    Special { kind, path: name.to_owned() }
}
