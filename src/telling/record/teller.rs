//! The teller: what one record says, in the words of the plan, and where in the document it stands.

use super::super::block::Block;
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::documents::package::Plan;
use crate::kernel::documents::step::Step;
use crate::kernel::documents::term::{Noun, Word};
use crate::kernel::model::entry::NoteKind;
use crate::kernel::model::name::{DeviationId, PersonId, Role, StepId};
use crate::kernel::model::opening::Binding;
use crate::kernel::model::outcome::Match;
use crate::kernel::model::time::Span;
use crate::kernel::records::event::{
    ClockRecord, DeviationRecord, Event, EvidenceRecord, Family, JournalRecord, RegisterRecord, RemarkRecord,
    RunRecord, SessionRecord, StepRecord,
};
use crate::kernel::records::record::SignedRecord;
use crate::kernel::run::Run;
use crate::telling::work;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Where a record is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Chapter {
    /// At its step.
    Step(StepId),
    /// At its deviation.
    Deviation(DeviationId),
    /// Among the observations of watches.
    Watch,
    /// Among instruments, material, permits.
    Register,
    /// Among what somebody made of it.
    Interpretation,
    /// In the course of the run.
    Course,
}

/// What a record says: a line, and what belongs under it.
#[derive(Clone, Debug, Default)]
pub(in crate::telling) struct Said {
    /// What kind of thing, in a word or two.
    pub(super) label: String,
    /// The line, without who, when and number.
    pub(super) text: String,
    /// What stands above the line.
    pub(super) before: Vec<Block>,
    /// What stands under it.
    pub(super) under: Vec<Block>,
}

impl Said {
    pub(in crate::telling) fn new(label: impl ToString, text: impl ToString) -> Self {
        Self { label: label.to_string(), text: text.to_string(), ..Self::default() }
    }

    pub(super) fn under(mut self, blocks: impl IntoIterator<Item = Block>) -> Self {
        self.under.extend(blocks);
        self
    }
}

/// A record, told.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) chapter: Chapter,
    pub(super) blocks: Vec<Block>,
}

/// Knows the plan's words and every record's number.
pub(in crate::telling) struct Teller<'a> {
    run: &'a Run,
    records: &'a [SignedRecord],
    numbers: BTreeMap<LineDigest, usize>,
    /// Entries in whose place later ones stand.
    struck: BTreeSet<LineDigest>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(run: &'a Run, records: &'a [SignedRecord]) -> Self {
        let numbers = records.iter().enumerate().map(|(index, signed)| (signed.digest(), index)).collect();
        let steps = run.plan().procedure.steps().filter_map(|step| run.step(&step.id));
        let entries = steps.flat_map(|step| &step.attempts).flat_map(|attempt| &attempt.entries);
        let (struck, stand): (Vec<_>, Vec<_>) = entries.partition(|entry| entry.superseded);
        let mut struck: BTreeSet<_> = struck.iter().map(|entry| entry.record).collect();
        // A row that was taken whole stands as long as one value of it does.
        for entry in stand {
            struck.remove(&entry.record);
        }
        Self { run, records, numbers, struck }
    }

    /// Tells a record.
    pub(super) fn tell(&self, signed: &SignedRecord) -> Told {
        let record = signed.record();
        let (place, said) = self.say(signed, &record.event);
        let by = match record.event.is_of_the_system() {
            true => "automatic".to_owned(),
            false => self.person_as(&record.actor, &record.role),
        };
        let line = format!("{}; {by}, {}; record {}", said.text, record.time, record.seq);
        let line = match self.struck.contains(&signed.digest()) {
            true => Block::Struck(said.label, line),
            false => Block::Field(said.label, line),
        };
        Told { chapter: place, blocks: [said.before, vec![line], said.under].concat() }
    }

    /// Every kind of record has its words: a new kind is asked for them here.
    pub(super) fn say(&self, signed: &SignedRecord, event: &Event) -> (Chapter, Said) {
        let at = |step: &StepId| Chapter::Step(step.clone());
        let of = |deviation: &DeviationId| Chapter::Deviation(deviation.clone());
        match event.family() {
            Family::Step(StepRecord::StepStarted(d)) => (at(&d.step), self.started(d)),
            Family::Step(StepRecord::BriefAcknowledged(d)) => (at(&d.step), self.briefed()),
            Family::Step(StepRecord::AdvisoryAcknowledged(d)) => (at(&d.step), self.advised(d)),
            Family::Step(StepRecord::ComponentConfirmed(d)) => (at(&d.step), self.identified(d)),
            Family::Step(StepRecord::ValueEntered(d)) => (at(&d.step), self.entered(d)),
            Family::Step(StepRecord::ValueCorrected(d)) => (at(&d.step), self.corrected(d)),
            Family::Step(StepRecord::CheckRecorded(d)) => (at(&d.step), self.checked(d)),
            Family::Step(StepRecord::DecisionTaken(d)) => (at(&d.step), self.decided(d)),
            Family::Evidence(EvidenceRecord::EvidenceCaptured(d)) => (at(&d.step), self.captured(d)),
            Family::Evidence(EvidenceRecord::EvidenceRedacted(d)) => self.redacted(d),
            Family::Step(StepRecord::StepPerformed(d)) => (at(&d.step), self.performed(d)),
            Family::Step(StepRecord::StepCompleted(d)) => (at(&d.step), self.completed(d)),
            Family::Step(StepRecord::StepFailed(d)) => (at(&d.step), self.failed(d)),
            Family::Step(StepRecord::StepNotApplicable(d)) => (at(&d.step), self.not_applicable(d)),
            Family::Step(StepRecord::StepSkipped(d)) => (at(&d.step), self.skipped(d)),
            Family::Step(StepRecord::StepDeferred(d)) => (at(&d.step), self.deferred(d)),
            Family::Step(StepRecord::StepReconfirmed(d)) => (at(&d.step), self.reconfirmed(d)),
            Family::Step(StepRecord::AttemptStarted(d)) => (at(&d.step), self.again(d)),
            Family::Step(StepRecord::VerificationRecorded(d)) => (at(&d.step), self.verified(d)),
            Family::Step(StepRecord::HoldReached(d)) => (at(&d.step), self.held()),
            Family::Step(StepRecord::HoldReleased(d)) => (at(&d.step), self.released(d)),
            Family::Deviation(DeviationRecord::DeviationRaised(d)) => (of(&d.deviation), self.raised(d)),
            Family::Deviation(DeviationRecord::DeviationAmended(d)) => (of(&d.deviation), self.amended(signed, d)),
            Family::Deviation(DeviationRecord::DeviationReviewed(d)) => (of(&d.deviation), self.reviewed(d)),
            Family::Register(RegisterRecord::InstrumentRegistered(d)) => (Chapter::Register, self.instrument(d)),
            Family::Register(RegisterRecord::MaterialRegistered(d)) => (Chapter::Register, self.material(d)),
            Family::Register(RegisterRecord::PermitRegistered(d)) => (Chapter::Register, self.permit(d)),
            Family::Clock(ClockRecord::WatchObserved(d)) => (Chapter::Watch, self.watched(d)),
            Family::Clock(ClockRecord::TimerExpired(d)) => self.expired(d),
            Family::Run(RunRecord::RunOpened(d)) => (Chapter::Course, self.opened(d)),
            Family::Session(SessionRecord::SessionOpened(d)) => (Chapter::Course, self.unlocked(d)),
            Family::Session(SessionRecord::ChangeAcknowledged(d)) => (Chapter::Course, self.changed(d)),
            Family::Session(SessionRecord::SessionClosed(d)) => (Chapter::Course, self.locked(d)),
            Family::Session(SessionRecord::CrewBound(d)) => (Chapter::Course, self.bound(d)),
            Family::Remark(RemarkRecord::GateDenied(d)) => (Chapter::Course, self.refused(d)),
            Family::Remark(RemarkRecord::SignatureGiven(d)) => self.signed(d),
            Family::Remark(RemarkRecord::RequestSent(d)) => (Chapter::Course, self.asked(d)),
            Family::Remark(RemarkRecord::AnswerImported(d)) => self.answered(signed, d),
            Family::Remark(RemarkRecord::NoteAdded(d)) if d.kind == NoteKind::Interpretation => {
                let step = and("step ", d.step.as_ref());
                (Chapter::Interpretation, Said::new("Interpretation", format!("{}{step}", d.text)))
            }
            Family::Remark(RemarkRecord::NoteAdded(d)) => {
                (d.step.as_ref().map_or(Chapter::Course, at), Said::new("Observation", &d.text))
            }
            Family::Run(RunRecord::RunPaused(d)) => (Chapter::Course, self.paused(d)),
            Family::Run(RunRecord::RunResumed(d)) => (Chapter::Course, self.resumed(d)),
            Family::Run(RunRecord::TurnoverGiven(d)) => (Chapter::Course, self.handed_over(d)),
            Family::Run(RunRecord::TurnoverAccepted(d)) => (Chapter::Course, self.taken_over(d)),
            Family::Run(RunRecord::RunInterrupted(d)) => (Chapter::Course, self.interrupted(d)),
            Family::Journal(JournalRecord::RunRecovered(d)) => (Chapter::Course, self.recovered(d)),
            Family::Journal(JournalRecord::RunMended(d)) => (Chapter::Course, self.mended(d)),
            Family::Run(RunRecord::StopCalled(d)) => {
                (Chapter::Course, Said::new("STOP", format!("work is stopped: {}", d.reason)))
            }
            Family::Run(RunRecord::RunAborting(d)) => (Chapter::Course, self.aborting(d)),
            Family::Run(RunRecord::SafeStateConfirmed(d)) => (Chapter::Course, self.safe(d)),
            Family::Run(RunRecord::RunAborted(_)) => {
                (Chapter::Course, Said::new("Aborted", "the run is aborted and made safe"))
            }
            Family::Journal(JournalRecord::IntegrityEvent(d)) => (Chapter::Course, self.noticed(d)),
            Family::Run(RunRecord::RunClosed(d)) => (Chapter::Course, self.closed(d)),
            Family::Work(record) => (event.step().map_or(Chapter::Course, at), work::recorded(self, record)),
        }
    }

    pub(super) fn run(&self) -> &'a Run {
        self.run
    }

    pub(in crate::telling) fn plan(&self) -> &'a Plan {
        self.run.plan()
    }

    pub(in crate::telling) fn noun(&self, noun: Noun) -> Word {
        self.plan().pack.noun(noun)
    }

    /// The field's word for a role, as it stands in a sentence.
    pub(in crate::telling) fn role(&self, role: &Role) -> String {
        self.plan().pack.role(role).within()
    }

    /// Name and id, such as `Ana Ortiz (a.ortiz)`.
    pub(super) fn person(&self, person: &PersonId) -> String {
        let name = self.run.roster().person(person).map(|p| p.name.as_str());
        name.map_or_else(|| person.to_string(), |name| format!("{name} ({person})"))
    }

    pub(super) fn person_as(&self, person: &PersonId, role: &Role) -> String {
        format!("{} as {}", self.person(person), self.role(role))
    }

    /// Persons who had a role in this run and handed it over.
    pub(super) fn gone(&self) -> Vec<Binding> {
        let mut gone: Vec<Binding> = Vec::new();
        for record in self.records.iter().map(SignedRecord::record) {
            let bound = match &record.event {
                Event::RunOpened(d) => d.crew.clone(),
                Event::CrewBound(d) => vec![Binding { person: d.person.clone(), role: d.role.clone() }],
                Event::TurnoverAccepted(_) => {
                    vec![Binding { person: record.actor.clone(), role: record.role.clone() }]
                }
                _ => Vec::new(),
            };
            let new = bound.into_iter().filter(|b| !self.run.crew().contains(b) && !gone.contains(b));
            gone.extend(new.collect::<Vec<_>>());
        }
        gone
    }

    pub(super) fn authored(&self, step: &StepId) -> Option<&'a Step> {
        self.plan().procedure.step(step)
    }

    /// Id and title of a step, such as `4.3 Close the valve`.
    pub(super) fn step(&self, step: &StepId) -> String {
        self.authored(step).map_or_else(|| step.to_string(), |authored| format!("{step} {}", authored.title))
    }

    /// The record with this digest.
    pub(super) fn record(&self, digest: &LineDigest) -> Option<&'a SignedRecord> {
        self.numbers.get(digest).and_then(|index| self.records.get(*index))
    }

    /// The records before this one.
    pub(super) fn before(&self, signed: &SignedRecord) -> &'a [SignedRecord] {
        let index = self.numbers.get(&signed.digest()).copied().unwrap_or_default();
        self.records.get(..index).unwrap_or_default()
    }

    /// Which records somebody judged, in words.
    pub(in crate::telling) fn judged(&self, digests: &[LineDigest]) -> String {
        let numbers = digests.iter().map(|digest| match self.record(digest) {
            Some(signed) => signed.record().seq.to_string(),
            None => digest.to_string(),
        });
        let numbers = numbers.collect::<Vec<_>>();
        if numbers.is_empty() { String::new() } else { format!("; on record {}", numbers.join(", ")) }
    }
}

/// A word of a closed list as people read it: `not_attended` is "not attended".
pub(super) fn plain(word: impl Serialize) -> String {
    let value = serde_json::to_value(word).unwrap_or_default();
    value.as_str().unwrap_or_default().replace('_', " ")
}

/// What follows a text where something more is known of it.
pub(in crate::telling) fn and(words: &str, more: Option<impl ToString>) -> String {
    more.map_or_else(String::new, |more| format!("; {words}{}", more.to_string()))
}

/// A length of time, in words.
pub(super) fn length(millis: i64) -> String {
    let sign = if millis < 0 { "-" } else { "" };
    format!("{sign}{}", Span::from_millis(millis.unsigned_abs()))
}

pub(super) fn matched(result: Match) -> &'static str {
    match result {
        Match::Match => "matches",
        Match::Mismatch => "DOES NOT MATCH",
    }
}
