//! Simulating a procedure: every branch, and every departure one at a time, walked through the real kernel.
//!
//! Pure: no files, no clock, no private key. Records carry an empty signature, which the kernel never looks at; the
//! persons are those of a roster, else made up for each role. Deliberately absent: two departures in one walk, departures inside a way
//! round or the back-out, and what people type in words.

mod branches;
mod calculations;
mod departures;
mod ground;
mod paper;
mod steps;
mod values;
mod walker;

use crate::kernel::documents::pack::Pack;
use crate::kernel::documents::policy::Policy;
use crate::kernel::documents::procedure::Procedure;
use crate::kernel::documents::roster::Roster;
use crate::kernel::judgement::closure::assess;
use crate::kernel::judgement::findings::FindingCode;
use crate::kernel::judgement::verdict::{Severity, Verdict};
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{Role, StepId};
use crate::kernel::model::subject::{Subject, SubjectKind};
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::receipt::Requirement;
use crate::kernel::run::{Approval, Run, who_could};
use crate::kernel::text::counted;
use std::collections::BTreeSet;
use walker::{Ended, Walker};

/// The most walks that are made.
pub const MOST_WALKS: usize = 500;

/// The most acts of all walks together: watches make long waits expensive.
pub const MOST_ACTS: usize = 60_000;

/// A way to a verdict.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Way {
    /// The verdict, under an anchor and with every sign-off that is asked for.
    pub verdict: Verdict,
    /// The way in words.
    pub words: String,
    /// How many departures it has.
    pub departures: usize,
    /// How many records it takes.
    pub records: u64,
}

/// What the walks showed.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Simulation {
    /// How many walks were made.
    pub walks: usize,
    /// How many combinations of branches were walked as written.
    pub branches: usize,
    /// Where the bound cut, in words.
    pub cut: Option<String>,
    /// Steps that no walk began.
    pub unreached: Vec<StepId>,
    /// Steps of the ordinary work that are begun after a departure alone.
    pub departing: Vec<StepId>,
    /// Places at which a walk could not go on.
    pub stuck: BTreeSet<String>,
    /// What the profile refuses, with the rule.
    pub blocked: BTreeSet<String>,
    /// The shortest way to each verdict that was reached, the best verdict first.
    pub ways: Vec<Way>,
}

/// Walks a checked procedure, with the persons of a roster where one is given: what they cannot sign is not promised.
///
/// # Errors
/// In words, why no run of it can be opened at all.
pub fn simulate(
    procedure: &Procedure,
    pack: &Pack,
    policy: &Policy,
    roster: Option<&Roster>,
) -> Result<Simulation, String> {
    let start = Walker::open(procedure, pack, policy, roster)?;
    let by_site = roster.is_some();
    let (begun, as_written) = (BTreeSet::new(), BTreeSet::new());
    let mut tally = Tally { result: Simulation::default(), begun, as_written, acts: 0, by_site };
    let (all, cut) = branches::combinations(&start.run);
    tally.result.branches = all.len();
    tally.result.cut = cut;
    let mut explored = BTreeSet::new();
    let mut open = Vec::new();
    for choices in all {
        let mut walker = start.clone();
        walker.choices = choices;
        let ended = walker.go(&mut |at: &Walker, step: &StepId| {
            if explored.insert(step.clone()) {
                open.push((at.clone(), step.clone()));
            }
        });
        tally.count(&walker, ended);
    }
    'all: for (at, step) in open {
        for departure in departures::at(&at.run, &step) {
            if tally.result.walks >= MOST_WALKS || tally.acts >= MOST_ACTS {
                let rest = format!(
                    "after {}, before {} at step {step}",
                    counted(tally.result.walks, "walk", "walks"),
                    departure.words()
                );
                tally.result.cut = tally.result.cut.or(Some(rest));
                break 'all;
            }
            let mut walker = at.clone();
            walker.departure = Some(departure);
            walker.acts = 0;
            let ended = walker.go(&mut |_, _| {});
            tally.count(&walker, ended);
        }
    }
    let unreached = procedure.steps().map(|s| &s.id).filter(|id| !tally.begun.contains(*id)).cloned();
    tally.result.unreached = unreached.collect();
    let ordinary = procedure.sections.iter().filter(|s| !procedure.is_dormant(&s.id)).flat_map(|s| &s.steps);
    let late = ordinary.map(|s| &s.id).filter(|id| tally.begun.contains(*id) && !tally.as_written.contains(*id));
    tally.result.departing = late.cloned().collect();
    tally.result.ways.sort_by_key(|way| std::cmp::Reverse(way.verdict));
    Ok(tally.result)
}

struct Tally {
    result: Simulation,
    begun: BTreeSet<StepId>,
    as_written: BTreeSet<StepId>,
    acts: usize,
    /// Whether the persons are those of a site, who may not suffice.
    by_site: bool,
}

impl Tally {
    fn count(&mut self, walker: &Walker, ended: Ended) {
        self.result.walks += 1;
        self.acts += walker.acts;
        let began = |id: &&StepId| walker.run.step(id).is_some_and(|s| s.attempts.iter().any(|a| a.started.is_some()));
        let begun: Vec<StepId> = walker.run.plan().procedure.steps().map(|s| &s.id).filter(began).cloned().collect();
        if walker.departure.is_none() {
            self.as_written.extend(begun.iter().cloned());
        }
        self.begun.extend(begun);
        self.result.blocked.extend(walker.blocked.iter().cloned());
        match ended {
            Ended::Closed => self.weigh(walker),
            Ended::Impossible => {}
            Ended::Stuck(words) => {
                self.result.stuck.insert(words);
            }
        }
    }

    /// Keeps a walk when it is the shortest to its verdict.
    fn weigh(&mut self, walker: &Walker) {
        let (verdict, then) = verdict(&walker.run, self.by_site.then_some(walker.now.time));
        let words = [walker.words(), then].concat();
        let (departures, records) = (walker.run.deviations().len(), walker.run.seq());
        let way = Way { verdict, words, departures, records };
        match self.result.ways.iter_mut().find(|w| w.verdict == verdict) {
            Some(known) if (known.departures, known.records) <= (departures, records) => {}
            Some(known) => *known = way,
            None => self.result.ways.push(way),
        }
    }
}

/// The verdict of a closed run under an anchor, once the closing signatures are given, and what it still asks for;
/// with the persons of a site as of a moment, whom the kernel asks whether their signatures would count.
fn verdict(run: &Run, site: Option<Timestamp>) -> (Verdict, String) {
    let assessment = assess(run, &[]);
    if let Some(fails) = assessment.findings.iter().find(|f| f.severity == Severity::Fail) {
        return (Verdict::Fail, format!(" -> {}", fails.message));
    }
    let pending = assessment.findings.iter().filter(|f| f.severity == Severity::Pending);
    let open = pending.filter(|f| f.code != FindingCode::PolicySignoffMissing).count();
    let asked: Vec<String> = assessment.requires.iter().filter_map(asked).collect();
    let lacks: Vec<String> =
        site.into_iter().flat_map(|at| assessment.requires.iter().filter_map(move |r| lacking(run, r, at))).collect();
    let then = if asked.is_empty() { String::new() } else { format!(" -> {}", asked.join(", ")) };
    let short = if lacks.is_empty() { String::new() } else { format!("; but {}", lacks.join(", ")) };
    (if open == 0 && lacks.is_empty() { Verdict::Final } else { Verdict::Provisional }, then + &short)
}

/// Says when the roster has too few persons whose approval would count.
fn lacking(run: &Run, requirement: &Requirement, at: Timestamp) -> Option<String> {
    let of = |kind, id: &str| Subject { id: id.to_owned(), kind };
    let (subject, meaning, roles, count) = match requirement {
        Requirement::Signoff { count, meaning, role, .. } => {
            (of(SubjectKind::Run, run.id().as_str()), *meaning, vec![role], *count)
        }
        Requirement::Review { by, count, id } => {
            (of(SubjectKind::Deviation, id), Meaning::DispositionApproved, by.iter().collect(), *count)
        }
        Requirement::Evidence { by, id } => (of(SubjectKind::Step, id), Meaning::Approved, by.iter().collect(), 1),
        Requirement::Anchor { .. } => return None,
    };
    let id = match requirement {
        Requirement::Signoff { id, .. } => id.clone(),
        Requirement::Review { .. } | Requirement::Evidence { .. } | Requirement::Anchor { .. } => subject.id.clone(),
    };
    let person = &run.roster().persons.first()?.id;
    let could: BTreeSet<_> = roles
        .into_iter()
        .flat_map(|role| {
            who_could(run, &Approval { person, role, meaning, subject: &subject, appended: Some(&[]) }, at)
        })
        .collect();
    (could.len() < count as usize).then(|| format!("{id}: the roster leaves {} of {count}", could.len()))
}

fn asked(requirement: &Requirement) -> Option<String> {
    let names = |by: &[Role]| by.iter().map(Role::as_str).collect::<Vec<_>>().join(" or ");
    match requirement {
        Requirement::Review { by, count, id } => Some(format!("{id}: {count} to review it as {}", names(by))),
        Requirement::Signoff { count, id, meaning, role, .. } => {
            Some(format!("{id}: {} by {count} as {role}", meaning.word()))
        }
        Requirement::Evidence { by, id } => Some(format!("evidence of step {id} accepted as {}", names(by))),
        Requirement::Anchor { .. } => None,
    }
}

#[cfg(test)]
mod tests;
