//! Sheets: what a step refers to is there, and what is there is referred to.

use super::{Code, Document, Remark};
use crate::kernel::documents::procedure::Procedure;
use std::collections::BTreeSet;

/// Holds the attachments that steps name against the files under `attachments/`.
#[must_use]
pub fn lint_references(procedure: &Procedure, files: &BTreeSet<String>) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut say = |code, path: String, message| {
        remarks.push(Remark { code, document: Document::Procedure, path, message });
    };
    let mut named = BTreeSet::new();
    for (s, section) in procedure.sections.iter().enumerate() {
        for (i, step) in section.steps.iter().enumerate() {
            for (n, reference) in step.references.iter().enumerate() {
                let Some(file) = &reference.attachment else { continue };
                named.insert(file);
                if !files.contains(file) {
                    let path = format!("sections[{s}].steps[{i}].references[{n}].attachment");
                    say(Code::UnknownAttachment, path, format!("there is no file `{file}` under attachments/"));
                }
            }
        }
    }
    for file in files.iter().filter(|file| !named.contains(file)) {
        say(Code::UnusedAttachment, String::new(), format!("no step refers to attachments/{file}"));
    }
    remarks
}
