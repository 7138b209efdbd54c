//! Sorting what a container holds: sealed, appended, ignored; and what is wrong with it.

use super::names::{self, NameSet};
use super::source::Member;
use super::{MAX_APPENDED, MAX_SEALED, RECEIPT, is_appended, is_sealed};
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::{Finding, Severity, Stage};
use std::fmt;

/// Collects members and findings. Names come in the order of the container.
#[derive(Debug, Default)]
pub(super) struct Shelf<P> {
    pub(super) sealed: Vec<(Member, P)>,
    pub(super) appended: Vec<(Member, P)>,
    pub(super) findings: Vec<Finding>,
    names: NameSet,
    others: usize,
}

impl<P> Shelf<P> {
    pub(super) fn new() -> Self {
        let (sealed, appended, findings) = (Vec::new(), Vec::new(), Vec::new());
        Self { sealed, appended, findings, names: NameSet::default(), others: 0 }
    }

    pub(super) fn find(&mut self, severity: Severity, code: FindingCode, place: &str, message: impl fmt::Display) {
        self.findings.push(Finding::new(Stage::Container, severity, code, "", place, message));
    }

    /// How much an offence at this name weighs: only the sealed part can fail.
    pub(super) fn weight(name: &str) -> Severity {
        if name == "data" || is_sealed(name) { Severity::Fail } else { Severity::Note }
    }

    /// Says whether a file of this very name was taken before.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.has(name)
    }

    /// Something that is no regular file stands at this name.
    pub(super) fn not_regular(&mut self, name: &str) {
        if is_sealed(name) || name == "data" || self.counts(name) {
            self.find(Self::weight(name), FindingCode::ContainerRegular, name, "not a regular file; it was not opened");
        }
    }

    /// Takes a regular file, or notes why not.
    pub(super) fn take(&mut self, name: &str, size: u64, place: P) {
        if !is_sealed(name) && !self.counts(name) {
            return;
        }
        if let Err(fault) = names::check(name) {
            let message = format!("the name has {fault}; it was not opened");
            return self.find(Self::weight(name), FindingCode::ContainerName, name, message);
        }
        if let Some(earlier) = self.names.insert(name).map(str::to_owned) {
            return self.clash(name, &earlier);
        }
        let member = Member { name: name.to_owned(), size };
        match name {
            _ if is_sealed(name) && self.sealed.len() == MAX_SEALED => {
                self.find(Severity::Fail, FindingCode::ContainerMembers, name, "more sealed files than allowed");
            }
            _ if is_sealed(name) => self.sealed.push((member, place)),
            _ if is_appended(name) => self.appended.push((member, place)),
            _ => self.unknown(name),
        }
    }

    fn clash(&mut self, name: &str, earlier: &str) {
        let (code, message) = match name == earlier {
            true => (FindingCode::ContainerDuplicate, "a second member of this name".to_owned()),
            false => (FindingCode::ContainerCase, format!("differs from {earlier} in case alone")),
        };
        self.find(Self::weight(name), code, name, message);
    }

    /// A file or folder that the format does not name.
    pub(super) fn unknown(&mut self, name: &str) {
        let foreign = name == "fetch.txt" || name.starts_with("manifest-") || name.starts_with("tagmanifest-");
        let (code, message) = match foreign {
            true => (FindingCode::ContainerForeign, "other tools may take it for part of the bag; ignored"),
            false => (FindingCode::ContainerUnknown, "not named by the format; ignored"),
        };
        self.find(Severity::Note, code, name, message);
    }

    /// Counts what is not sealed; says so once when there is too much of it.
    pub(super) fn counts(&mut self, name: &str) -> bool {
        self.others += 1;
        if self.others == MAX_APPENDED + 1 {
            let message = format!("more than {MAX_APPENDED} files beside the sealed ones; the rest is ignored");
            self.find(Severity::Note, FindingCode::ContainerFiles, name, message);
        }
        self.others <= MAX_APPENDED
    }

    /// Puts all members in order: sealed bytewise, the receipt last of them, then the appended ones.
    pub(super) fn sorted(mut self) -> (Vec<(Member, P)>, Vec<Finding>) {
        self.sealed.sort_by(|a, b| (a.0.name == RECEIPT, &a.0.name).cmp(&(b.0.name == RECEIPT, &b.0.name)));
        self.appended.sort_by(|a, b| a.0.name.cmp(&b.0.name));
        self.sealed.append(&mut self.appended);
        (self.sealed, self.findings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_sealed_files_than_allowed_are_left_out_with_one_finding_each() {
        let mut shelf = Shelf::new();
        (0..MAX_SEALED + 2).for_each(|number| shelf.take(&format!("data/{number}"), 0, ()));
        let (members, findings) = shelf.sorted();
        let found: Vec<_> = findings.iter().map(|finding| (finding.severity, finding.code)).collect();
        assert_eq!(found, [(Severity::Fail, FindingCode::ContainerMembers); 2]);
        assert_eq!(members.len(), MAX_SEALED);
    }
}
