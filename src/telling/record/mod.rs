//! The record as a document: header, verdict, steps, deviations, watches, registers, the course of the run,
//! signatures.
//!
//! Written from the records, not from the folded run: each record has one line of its own in it, with who, when
//! and its number, so that nothing that was recorded is left out. The plan lends the words: titles, labels, rows,
//! and what the field calls our things. Not printed are gates that let an act pass, digests that only
//! join records, and signatures as bytes; all of these are in the journal.

mod course;
mod deviation;
mod head;
mod others;
mod register;
mod signature;
mod step;
pub(in crate::telling) mod teller;
#[cfg(test)]
mod tests;
mod value;

use super::block::Block;
use crate::kernel::documents::approval::Approver;
use crate::kernel::documents::step::Step;
use crate::kernel::documents::term::Noun;
use crate::kernel::records::record::SignedRecord;
use crate::kernel::records::sign_off::SignOff;
use crate::kernel::run::{Run, observations};
use teller::{Chapter, Teller, Told};

/// What the document is written of.
#[derive(Debug)]
pub struct AsRun<'a> {
    /// The run; none where a sealed run's records contradict each other.
    pub run: Option<&'a Run>,
    /// Its records.
    pub records: &'a [SignedRecord],
    /// Who approved the package.
    pub approvers: &'a [Approver],
    /// How it is graded, told by whoever asked the verifier.
    pub verdict: Vec<Block>,
    /// Sign-offs in the order of their times, and whether each counts.
    pub signoffs: Vec<(&'a SignOff, bool)>,
}

/// Writes the document.
#[must_use]
pub fn document(record: &AsRun) -> Vec<Block> {
    let mut page = Vec::new();
    match record.run {
        Some(run) => {
            let teller = Teller::new(run, record.records);
            let told: Vec<Told> = record.records.iter().map(|signed| teller.tell(signed)).collect();
            head::header(&mut page, &teller, record.approvers);
            page.extend(record.verdict.clone());
            steps(&mut page, &teller, &told);
            deviations(&mut page, &teller, &told);
            let nouns = [Noun::Instrument, Noun::Material, Noun::Permit].map(|noun| teller.noun(noun).to_string());
            part(&mut page, &teller.noun(Noun::Watch).to_string(), &told, |chapter| matches!(chapter, Chapter::Watch));
            part(&mut page, &nouns.join(", "), &told, |chapter| matches!(chapter, Chapter::Register));
            let concluded = "Interpretations (concluded, apart from what was seen)";
            part(&mut page, concluded, &told, |chapter| matches!(chapter, Chapter::Interpretation));
            part(&mut page, "Course of the run", &told, |chapter| matches!(chapter, Chapter::Course));
            observed(&mut page, run, record.records);
        }
        None => {
            page.extend(record.verdict.clone());
            contradicting(&mut page, record.records);
        }
    }
    signature::in_the_journal(&mut page, record);
    signature::signoffs(&mut page, record);
    page
}

/// What is worth a look though nothing forbids it.
fn observed(page: &mut Vec<Block>, run: &Run, records: &[SignedRecord]) {
    let seen = observations(run.plan(), records);
    if seen.is_empty() {
        return;
    }
    page.push(Block::Heading("Observations (nothing is blocked by them)".into()));
    page.extend(seen.into_iter().map(|o| Block::Item(format!("record {}: {}", o.record, o.text))));
}

/// Records that contradict each other make no run; they are listed, and what they claim is not retold.
fn contradicting(page: &mut Vec<Block>, records: &[SignedRecord]) {
    page.push(Block::Heading("Records (they contradict each other and make no run)".into()));
    for record in records.iter().map(SignedRecord::record) {
        let (seq, kind, time, actor, role) =
            (record.seq, record.event.kind(), record.time, &record.actor, &record.role);
        page.push(Block::Item(format!("record {seq}: {kind}; {actor} as {role}, {time}")));
    }
}

/// A heading and what was told there; nothing where nothing was.
fn part(page: &mut Vec<Block>, heading: &str, told: &[Told], here: impl Fn(&Chapter) -> bool) {
    let mut told = told.iter().filter(|told| here(&told.chapter)).peekable();
    if told.peek().is_some() {
        page.push(Block::Heading(heading.to_owned()));
    }
    page.extend(told.flat_map(|told| told.blocks.clone()));
}

fn steps(page: &mut Vec<Block>, teller: &Teller, told: &[Told]) {
    for section in &teller.plan().procedure.sections {
        page.push(Block::Heading(format!("{} {}", section.id, section.title)));
        for step in &section.steps {
            one_step(page, teller, step, told);
        }
    }
}

fn one_step(page: &mut Vec<Block>, teller: &Teller, step: &Step, told: &[Told]) {
    let Some(known) = teller.run().step(&step.id) else { return };
    page.push(Block::Step(format!("{}  {}  [{}]", step.id, step.title, known.state.word())));
    page.push(Block::Item(teller.plan().text(&step.instruction)));
    page.extend(step.references.iter().map(|reference| Block::Field("Sheet".into(), reference.words())));
    page.extend(known.because.iter().map(|because| Block::Item(format!("because {because}"))));
    let here = told.iter().filter(|told| matches!(&told.chapter, Chapter::Step(id) if *id == step.id));
    page.extend(here.flat_map(|told| told.blocks.clone()));
    for deviation in teller.run().deviations().iter().filter(|d| d.facts.step.as_ref() == Some(&step.id)) {
        let text = format!("{}, {}; see below", deviation.id, deviation.facts.trigger.word());
        page.push(Block::Field(teller.noun(Noun::Deviation).to_string(), text));
    }
}

fn deviations(page: &mut Vec<Block>, teller: &Teller, told: &[Told]) {
    if !teller.run().deviations().is_empty() {
        page.push(Block::Heading(teller.noun(Noun::Deviation).to_string()));
    }
    for deviation in teller.run().deviations() {
        page.push(Block::Step(teller.deviation_head(deviation)));
        let here = told.iter().filter(|told| matches!(&told.chapter, Chapter::Deviation(id) if *id == deviation.id));
        page.extend(here.flat_map(|told| told.blocks.clone()));
    }
}
