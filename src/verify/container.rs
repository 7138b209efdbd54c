//! Stage 1: the container and its names. The bundle reader saw them; here they become doubt about bytes.

use crate::bundle::{Source, is_appended};
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::{Finding, Severity, Stage};
use std::collections::BTreeSet;

/// Files whose bytes nothing may be derived from any more: a fault of them is reported already.
#[derive(Clone, Debug, Default)]
pub(super) struct Doubt {
    files: BTreeSet<String>,
    everything: bool,
}

impl Doubt {
    pub(super) fn about(&self, name: &str) -> bool {
        self.everything || self.files.contains(name)
    }

    /// Tells whether anything under `data/` is in doubt, so that nothing follows from all of it together.
    pub(super) fn about_data(&self) -> bool {
        self.everything || self.files.iter().any(|name| name.starts_with("data/"))
    }

    pub(super) fn add(&mut self, name: &str) {
        self.files.insert(name.to_owned());
    }
}

/// Returns what is wrong with the container, and which bytes are in doubt for it.
pub(super) fn look(source: &Source) -> (Vec<Finding>, Doubt) {
    let mut findings = source.faults().to_vec();
    let mut doubt = Doubt::default();
    for fault in findings.iter().filter(|fault| fault.severity == Severity::Fail) {
        // A fault without a place is one of the archive as a whole: what else would be missing, is its doing.
        match fault.place.as_str() {
            "" | "data" => doubt.everything = true,
            place => doubt.add(place),
        }
        // Of two names that a file system may take for one, nobody can tell which is meant.
        let twins = source.members().iter().filter(|member| member.name.eq_ignore_ascii_case(&fault.place));
        twins.for_each(|member| doubt.add(&member.name));
        // What lies behind something that is no folder is missing for that reason.
        let behind = format!("{}/", fault.place);
        doubt.everything |= matches!(behind.as_str(), "data/rosters/" | "data/evidence/" | "data/recovered/");
    }
    let read_later = |name: &str| name.starts_with("signoffs/") || super::forks::is_ours(name);
    for member in source.members().iter().filter(|m| is_appended(&m.name) && !read_later(&m.name)) {
        let message = "an external layer; this version does not check it";
        findings.push(Finding::new(
            Stage::Layers,
            Severity::Note,
            FindingCode::LayerNotChecked,
            "",
            &member.name,
            message,
        ));
    }
    (findings, doubt)
}
