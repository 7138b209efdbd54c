//! The record as a document: header, steps, deviations, signatures, verdict.

use super::page::{Block, Shown};
use crate::kernel::model::deviation::{Deviation, ReviewDecision};
use crate::kernel::model::event::{CheckResult, Match, Mode};
use crate::kernel::model::input::Input;
use crate::kernel::model::record::SignedRecord;
use crate::kernel::model::step::Step;
use crate::kernel::model::term::Noun;
use crate::kernel::run::{Attempt, Entry, Run, observations};
use crate::verify::{Report, Shelved};

/// Writes the document.
#[must_use]
pub(super) fn document(shown: &Shown) -> Vec<Block> {
    let mut page = Vec::new();
    if let Some(run) = &shown.run {
        header(&mut page, run);
    }
    verdict(&mut page, shown.report.as_ref());
    if let Some(run) = &shown.run {
        steps(&mut page, run);
        deviations(&mut page, run);
        observed(&mut page, run, &shown.records);
        remarks(&mut page, run);
    }
    signatures(&mut page, shown);
    signoffs(&mut page, &shown.signoffs);
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

fn field(page: &mut Vec<Block>, name: &str, value: impl ToString) {
    page.push(Block::Field(name.to_owned(), value.to_string()));
}

fn header(page: &mut Vec<Block>, run: &Run) {
    let (plan, manifest) = (run.plan(), &run.plan().manifest);
    page.push(Block::Title(manifest.title.clone()));
    page.extend(plan.banner().map(|banner| Block::Banner(banner.to_owned())));
    if run.mode() == Some(Mode::Training) {
        page.push(Block::Banner("TRAINING".into()));
    }
    field(page, "Procedure", format!("{}, revision {}", manifest.id, manifest.revision));
    field(page, "Run", run.id());
    field(page, "Package", plan.digest);
    field(page, "Pack and profile", format!("{}-{}, {}", plan.pack.id, plan.pack.version, plan.profile()));
    if let Some((opened, at)) = run.opened() {
        field(page, "Opened", format!("{at} (UTC; station at {})", opened.offset));
        field(page, "Program", format!("asrun {}, clock {}", opened.program.version, "self-stated"));
        opened.fields.iter().for_each(|(name, value)| field(page, name.as_str(), value));
    }
    manifest.parameters.iter().for_each(|(name, value)| field(page, &format!("Parameter {name}"), value));
    match run.closed() {
        Some(closed) => field(page, "Closed", format!("{} by {}", closed.at, closed.by)),
        None => field(page, "Stands at", run.phase().word()),
    }
    let name = |person| run.roster().person(person).map_or("", |p| p.name.as_str());
    let crew = run.crew().iter().map(|b| format!("{} ({}) as {}", name(&b.person), b.person, b.role));
    field(page, "Crew", crew.collect::<Vec<_>>().join("; "));
}

fn verdict(page: &mut Vec<Block>, report: Option<&Report>) {
    page.push(Block::Heading("Verdict".into()));
    let Some(report) = report else {
        page.push(Block::Item("not sealed: there is no verdict".into()));
        return;
    };
    page.push(Block::Item(format!("{} (no trust anchor given; `asrun verify --trust` names one)", report.verdict)));
    for finding in &report.findings {
        page.push(Block::Item(format!(
            "{}: {} ({} {})",
            finding.code, finding.message, finding.subject, finding.place
        )));
    }
}

fn steps(page: &mut Vec<Block>, run: &Run) {
    for section in &run.plan().procedure.sections {
        page.push(Block::Heading(format!("{} {}", section.id, section.title)));
        for step in &section.steps {
            one_step(page, run, step);
        }
    }
}

fn one_step(page: &mut Vec<Block>, run: &Run, step: &Step) {
    let Some(known) = run.step(&step.id) else { return };
    page.push(Block::Step(format!("{}  {}  [{}]", step.id, step.title, known.state.word())));
    page.push(Block::Item(run.plan().text(&step.instruction)));
    page.extend(known.because.iter().map(|because| Block::Item(format!("because {because}"))));
    for (number, attempt) in (1u32..).zip(&known.attempts) {
        if known.attempts.len() > 1 {
            page.push(Block::Item(format!("Attempt {number}, pass {}", attempt.pass)));
        }
        one_attempt(page, run, step, attempt);
    }
    for item in run.evidence().iter().filter(|item| item.step == step.id) {
        let redacted = item.redacted.as_ref().map_or(String::new(), |why| format!("; REDACTED: {why}"));
        let (file, record) = (&item.file, item.record);
        let line = format!("{}, {} bytes, {}, record {record}{redacted}", file.name, file.size, file.blake3);
        field(page, "Evidence", line);
    }
}

fn one_attempt(page: &mut Vec<Block>, run: &Run, step: &Step, attempt: &Attempt) {
    entries(page, run, step, &attempt.entries);
    let matched = |result: &Match| if *result == Match::Match { "matches" } else { "DOES NOT MATCH" };
    if let Some(result) = &attempt.component {
        field(page, "Component", matched(result));
    }
    if let Some(result) = attempt.check {
        field(page, "Check", if result == CheckResult::Pass { "pass" } else { "FAIL" });
    }
    if let Some(option) = &attempt.decision {
        field(page, "Decision", option);
    }
    if let Some(performed) = &attempt.performed {
        field(page, "Performed", format!("{} by {}", performed.at, performed.by));
    }
    if let Some(verified) = &attempt.verified {
        field(page, "Verified", format!("by {}: {}", verified.by, matched(&verified.result)));
    }
}

/// Values in their order; a corrected one shows what it was, struck out, and what it is now.
fn entries(page: &mut Vec<Block>, run: &Run, step: &Step, entries: &[Entry]) {
    for (index, entry) in entries.iter().enumerate() {
        let same =
            |other: &&Entry| (&other.input, &other.row, &other.column) == (&entry.input, &entry.row, &entry.column);
        let shown = value(run, step, entry);
        match entries[index + 1..].iter().find(same).filter(|_| entry.superseded) {
            Some(next) => page.push(Block::Was(shown, value(run, step, next))),
            None => page.push(Block::Item(shown)),
        }
    }
}

fn value(run: &Run, step: &Step, entry: &Entry) -> String {
    let input = step.input(&entry.input);
    let label = input.map_or(entry.input.as_str(), Input::label);
    let cell = entry.row.iter().map(ToString::to_string).chain(entry.column.iter().map(ToString::to_string));
    let cell = cell.map(|part| format!(" {part}")).collect::<String>();
    let column = entry.column.as_ref().and_then(|column| input.and_then(|input| input.column(column)));
    let judged = column.or(input);
    let unit = judged
        .and_then(|input| input.unit.as_ref())
        .map_or(String::new(), |unit| format!(" {}", run.plan().pack.symbol(unit)));
    let limits = judged.and_then(|input| input.limits.as_ref()).and_then(|limits| limits.accept.as_ref());
    let limits =
        limits.map_or(String::new(), |band| format!("; limit {}", band.range(&run.plan().manifest.parameters)));
    let instrument = entry.instrument.as_ref().map_or(String::new(), |tag| format!("; with {tag}"));
    let keyed = if entry.raw == entry.value { String::new() } else { format!("; keyed {}", entry.raw) };
    let (value, word, by, time) = (&entry.value, entry.verdict.word(), &entry.by, entry.time);
    format!("{label}{cell}: {value}{unit}, {word}{limits}{keyed}{instrument}; {by}, {time}")
}

fn deviations(page: &mut Vec<Block>, run: &Run) {
    if !run.deviations().is_empty() {
        page.push(Block::Heading(run.plan().pack.noun(Noun::Deviation).to_string()));
    }
    for deviation in run.deviations() {
        one_deviation(page, deviation);
    }
}

fn one_deviation(page: &mut Vec<Block>, deviation: &Deviation) {
    let (facts, statement, ruling) = (&deviation.facts, &deviation.statement, &deviation.ruling);
    let step = facts.step.as_ref().map_or("the run".to_owned(), |step| format!("step {step}"));
    let head = format!("{}  {} at {step}, {}", deviation.id, facts.trigger.word(), deviation.class().word());
    page.push(Block::Step(head));
    field(page, "Asked for", &facts.requirement);
    field(page, "As found", &facts.as_found);
    field(page, "Code", &statement.code);
    field(page, "Description", &statement.description);
    field(page, "Disposition", statement.process.word());
    page.extend(statement.justification.iter().map(|why| Block::Field("Justification".into(), why.clone())));
    field(page, "Rule", format!("{} of {}", ruling.rule, ruling.profile));
    field(page, "Raised by", &deviation.raised_by);
    for review in &deviation.reviews {
        let comment = review.comment.as_deref().unwrap_or("no comment");
        let decision = match review.decision {
            ReviewDecision::Accept => "accepted",
            ReviewDecision::Reject => "REJECTED",
            ReviewDecision::Return => "returned",
        };
        field(page, "Review", format!("{decision} by {} as {}: {comment}", review.person, review.role));
    }
}

fn remarks(page: &mut Vec<Block>, run: &Run) {
    if !run.instruments().is_empty() {
        page.push(Block::Heading("Instruments".into()));
    }
    for (tag, instrument) in run.instruments() {
        page.push(Block::Item(format!("{tag}: {}, calibration due {}", instrument.name, instrument.cal_due)));
    }
    if !run.notes().is_empty() {
        page.push(Block::Heading("Remarks".into()));
    }
    for note in run.notes() {
        page.push(Block::Item(format!("{} {}: {}", note.time, note.person, note.text)));
    }
}

/// Every signature act: who, when, what it means.
fn signatures(page: &mut Vec<Block>, shown: &Shown) {
    page.push(Block::Heading("Signatures".into()));
    let name = |signed: &SignedRecord| {
        let person = shown.run.as_ref().and_then(|run| run.roster().person(&signed.record().actor));
        person.map_or(String::new(), |person| person.name.clone())
    };
    for signed in &shown.records {
        let record = signed.record();
        if let Some(meaning) = record.event.meaning() {
            let about = record.event.step().map_or(String::new(), |step| format!(", step {step}"));
            let (seq, time, actor, role) = (record.seq, record.time, &record.actor, &record.role);
            let line = format!("{} ({actor}) as {role}, {time}: {}{about}; record {seq}", name(signed), meaning.word());
            page.push(Block::Item(line));
        }
    }
}

fn signoffs(page: &mut Vec<Block>, signoffs: &[Shelved]) {
    if !signoffs.is_empty() {
        page.push(Block::Heading("Signed off later".into()));
    }
    for shelved in signoffs {
        let s = &shelved.statement;
        let counted = if shelved.counted { "" } else { " [does not count: see the verdict]" };
        let comment = s.comment.as_deref().unwrap_or("no comment");
        let (decision, meaning, subject) = (s.decision.word(), s.meaning.word(), &s.subject.id);
        let line = format!(
            "{} ({}) as {}, {}: {decision}, {meaning} on {subject}: {comment}{counted}",
            s.name, s.person, s.role, s.time
        );
        page.push(Block::Item(line));
    }
}
