//! Runs of one station one after the other: each names the one that was opened before it (FORMAT.md §9). Given several
//! bundles, what is missing between them is named. Who wrote such a link is not asked: it changes no grade.

use super::flow::Judged;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::{Finding, Severity, Stage};
use crate::kernel::model::previous_run::PreviousRun;
use std::path::Path;

/// Follows the links between judged bundles and notes what they tell.
pub fn follow(judged: &mut [(&Path, Judged)]) {
    if judged.len() < 2 {
        return;
    }
    let notes: Vec<Vec<Finding>> = (0..judged.len()).map(|index| notes(judged, index)).collect();
    for ((_, judged), notes) in judged.iter_mut().zip(notes) {
        notes.into_iter().for_each(|note| judged.report.add(note));
    }
}

fn notes(judged: &[(&Path, Judged)], index: usize) -> Vec<Finding> {
    let Some(previous) = &judged[index].1.previous else { return Vec::new() };
    let of_it = |(_, other): &&(&Path, Judged)| other.report.run.as_ref() == Some(&previous.run);
    let mut notes: Vec<Finding> =
        judged.iter().filter(of_it).map(|(path, other)| link(previous, path, other)).collect();
    if notes.is_empty() {
        notes.push(gap(previous));
    }
    notes
}

/// What the link says of a bundle that was given.
fn link(previous: &PreviousRun, path: &Path, other: &Judged) -> Finding {
    let place = path.display();
    let known = other.lines.iter().position(|digest| *digest == previous.head);
    let (code, message) = match known {
        Some(at) => {
            let behind = other.lines.len() - at - 1;
            (
                FindingCode::RunsFollows,
                format!("it was opened after record {} of {}, {behind} more followed", at + 1, previous.run),
            )
        }
        None => (
            FindingCode::RunsOtherHead,
            format!("{} was known with a last record {} that its bundle does not hold", previous.run, previous.head),
        ),
    };
    note(code, previous, place, message)
}

/// What the link says of a run whose bundle was not given.
fn gap(previous: &PreviousRun) -> Finding {
    let (run, head) = (&previous.run, previous.head);
    match previous.archived {
        Some(manifest) => {
            let message = format!("{run} came before it and was archived, last record {head}, manifest {manifest}");
            note(FindingCode::RunsArchived, previous, "", message)
        }
        None => note(
            FindingCode::RunsGap,
            previous,
            "",
            format!("{run} came before it, last record {head}; it is not here"),
        ),
    }
}

fn note(code: FindingCode, previous: &PreviousRun, place: impl std::fmt::Display, message: String) -> Finding {
    Finding::new(Stage::Layers, Severity::Note, code, &previous.run, place, message).of_record(1)
}
