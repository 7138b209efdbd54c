//! Every signature act: who, when, what it means; in the journal, and on the sealed bundle.

use super::super::block::Block;
use super::AsRun;
use super::teller::{Chapter, Said, Teller, and};
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::model::subject::SubjectKind;
use crate::kernel::records::event::{Event, SignatureGiven};
use crate::kernel::records::record::{Record, SignedRecord};

impl Teller<'_> {
    pub(super) fn signed(&self, d: &SignatureGiven) -> (Chapter, Said) {
        // An id that is none of its kind can only stand in a record of a bundle that fails.
        let place = match d.subject.kind {
            SubjectKind::Run => Chapter::Course,
            SubjectKind::Step => d.subject.id.parse().map_or(Chapter::Course, Chapter::Step),
            SubjectKind::Deviation => d.subject.id.parse().map_or(Chapter::Course, Chapter::Deviation),
        };
        let (comment, seen) = (and("", d.comment.as_ref()), self.judged(&d.judges));
        (place, Said::new("Signed", format!("{} on {}{comment}{seen}", d.meaning.word(), d.subject.id)))
    }
}

/// Who signed: the actor of the record, or whoever answered from another machine.
fn signers(record: &Record) -> Vec<(&PersonId, &Role, Meaning)> {
    let own = record.event.meaning().map(|meaning| (&record.actor, &record.role, meaning));
    let other = match &record.event {
        Event::AnswerImported(d) => d.event.meaning().map(|meaning| (&d.person, &d.as_role, meaning)),
        _ => None,
    };
    own.into_iter().chain(other).collect()
}

pub(super) fn in_the_journal(page: &mut Vec<Block>, record: &AsRun) {
    page.push(Block::Heading("Signatures".into()));
    for signed in record.records.iter().map(SignedRecord::record) {
        let about = signed.event.step().map_or(String::new(), |step| format!(", step {step}"));
        for (person, role, meaning) in signers(signed) {
            let who = who(record, person, role);
            let line = format!("{who}, {}: {}{about}; record {}", signed.time, meaning.word(), signed.seq);
            page.push(Block::Item(line));
        }
    }
}

/// As the teller says it; where no run is to be had, by the ids alone.
fn who(record: &AsRun, person: &PersonId, role: &Role) -> String {
    let teller = record.run.map(|run| Teller::new(run, &[]));
    teller.map_or_else(|| format!("{person} as {role}"), |teller| teller.person_as(person, role))
}

pub(super) fn signoffs(page: &mut Vec<Block>, record: &AsRun) {
    if !record.signoffs.is_empty() {
        page.push(Block::Heading("Signed off later".into()));
    }
    for (s, counted) in &record.signoffs {
        let counted = if *counted { "" } else { " [does not count: see the verdict]" };
        let comment = s.comment.as_deref().unwrap_or("no comment");
        let (decision, meaning, subject) = (s.decision.word(), s.meaning.word(), &s.subject.id);
        let role = record.run.map_or_else(|| s.role.to_string(), |run| run.plan().pack.role(&s.role).within());
        let line = format!(
            "{} ({}) as {role}, {}: {decision}, {meaning} on {subject}: {comment}{counted}",
            s.name, s.person, s.time
        );
        page.push(Block::Item(line));
    }
}
