//! The course of the run: who came and went, where it stood still and why, what was refused, how it ended.

use super::super::block::Block;
use super::teller::{Said, Teller, and, length, plain};
use crate::kernel::canon::digest::EvidenceDigest;
use crate::kernel::documents::term::Noun;
use crate::kernel::model::fault::{IntegrityKind, Stretch};
use crate::kernel::model::name::StepId;
use crate::kernel::model::opening::{ClockTrust, Program, StationRoster};
use crate::kernel::model::previous_run::PreviousRun;
use crate::kernel::records::event::{
    ChangeAcknowledged, CrewBound, GateDenied, IntegrityEvent, RunAborting, RunClosed, RunInterrupted, RunMended,
    RunOpened, RunPaused, RunRecovered, RunResumed, SafeStateConfirmed, SessionClosed, SessionOpened, TurnoverAccepted,
    TurnoverGiven,
};
use crate::kernel::records::intent::Intent;
use crate::kernel::records::turnover::TurnoverSheet;
use crate::kernel::text::counted;

fn field(name: &str, value: impl ToString) -> Block {
    Block::Field(format!("- {name}"), value.to_string())
}

impl Teller<'_> {
    pub(super) fn opened(&self, d: &RunOpened) -> Said {
        let crew = d.crew.iter().map(|b| self.person_as(&b.person, &b.role)).collect::<Vec<_>>().join("; ");
        let program = and("its digest ", d.program.digest);
        let mut under = vec![
            field("package", d.package),
            field("pack", d.pack),
            field("profile", d.policy),
            field("roster", format!("serial {}, {}", d.roster_serial, d.roster)),
            field("program", format!("asrun {} by its own account{program}", d.program.version)),
            field("clock", format!("{}, {} to UTC", clock(d.clock), d.offset)),
            field("crew", crew),
        ];
        under.extend(d.fields.iter().map(|(name, value)| field(name.as_str(), value)));
        under.extend(d.parameters.iter().map(|(name, value)| field(name.as_str(), value)));
        let archived =
            |p: &PreviousRun| p.archived.map(|digest| format!(", archived under {digest}")).unwrap_or_default();
        let previous = d.previous_run.as_ref().map(|p| format!("{}, last line {}{}", p.run, p.head, archived(p)));
        under.extend(previous.map(|previous| field("previous run", previous)));
        Said::new("Opened", format!("a {} run", plain(d.mode))).under(under)
    }

    pub(super) fn unlocked(&self, d: &SessionOpened) -> Said {
        let resumed = if d.resumed { "; the run is taken up again" } else { "" };
        let here = station(Some(&d.program), d.roster.as_ref());
        Said::new("Session opened", format!("key {}{resumed}", d.key)).under(here)
    }

    pub(super) fn changed(&self, d: &ChangeAcknowledged) -> Said {
        let text = format!("seen since the run was last worked on{}", and("", d.comment.as_ref()));
        Said::new("Change acknowledged", text).under(station(d.program.as_ref(), d.roster.as_ref()))
    }

    pub(super) fn locked(&self, d: &SessionClosed) -> Said {
        Said::new("Session locked", plain(d.reason))
    }

    pub(super) fn bound(&self, d: &CrewBound) -> Said {
        Said::new("Crew", self.person_as(&d.person, &d.role))
    }

    pub(super) fn refused(&self, d: &GateDenied) -> Said {
        let codes = d.codes.iter().map(|code| format!("{code}, {}", code.message())).collect::<Vec<_>>().join("; ");
        Said::new("REFUSED", format!("{}: {codes}", wanted(&d.intent)))
    }

    pub(super) fn paused(&self, d: &RunPaused) -> Said {
        let code = d.code.as_ref().map(|code| self.code(code));
        Said::new("Paused", format!("{}{}", d.reason, and("", code)))
    }

    pub(super) fn resumed(&self, d: &RunResumed) -> Said {
        Said::new("Resumed", format!("stood still for {}{}", length(d.paused_ms), and("", d.comment.as_ref())))
    }

    pub(super) fn handed_over(&self, d: &TurnoverGiven) -> Said {
        let text = format!("given to {}{}", self.person_as(&d.to, &d.handed), and("", d.remarks.as_ref()));
        Said::new(self.noun(Noun::Turnover), text).under(self.sheet(&d.sheet))
    }

    pub(super) fn taken_over(&self, d: &TurnoverAccepted) -> Said {
        let (from, stood) = (self.person(&d.from), length(d.paused_ms));
        let text = format!("accepted from {from}; work stood still for {stood}{}", self.judged(&d.judges));
        Said::new(self.noun(Noun::Turnover), text)
    }

    /// The sheet as it was handed over, without what was empty.
    fn sheet(&self, sheet: &TurnoverSheet) -> Vec<Block> {
        let steps = |steps: &[StepId]| steps.iter().map(|step| self.step(step)).collect::<Vec<_>>().join("; ");
        let word = |noun| self.noun(noun).within();
        let timers = sheet.timers.iter().map(|(step, at)| format!("{} until {at}", self.step(step)));
        let watches = sheet.watches.iter().map(|(watch, at)| format!("{watch} before {at}"));
        let deviations = sheet.deviations.iter().map(ToString::to_string);
        let at = |step: &Option<StepId>| step.as_ref().map_or_else(|| "the run".to_owned(), |step| self.step(step));
        let unwritten = sheet.unwritten.iter().map(|u| format!("{} at {}", u.trigger.word(), at(&u.step)));
        let instruments = sheet.instruments.iter().map(ToString::to_string);
        let parts = [
            ("begun".to_owned(), steps(&sheet.active)),
            ("postponed".to_owned(), steps(&sheet.deferred)),
            (format!("open {}", word(Noun::Deviation)), deviations.collect::<Vec<_>>().join(", ")),
            (format!("{} not recorded yet", word(Noun::Deviation)), unwritten.collect::<Vec<_>>().join("; ")),
            (word(Noun::Hold), steps(&sheet.holds)),
            (word(Noun::Instrument), instruments.collect::<Vec<_>>().join(", ")),
            ("next".to_owned(), sheet.next.iter().map(|step| self.step(step)).collect()),
            ("limits of time".to_owned(), timers.collect::<Vec<_>>().join("; ")),
            (word(Noun::Watch), watches.collect::<Vec<_>>().join("; ")),
        ];
        parts.into_iter().filter(|(_, text)| !text.is_empty()).map(|(name, text)| field(&name, text)).collect()
    }

    pub(super) fn interrupted(&self, d: &RunInterrupted) -> Said {
        let text = format!("the program ended in the middle; {} since the record of {}", length(d.gap_ms), d.since);
        Said::new("INTERRUPTED", text)
    }

    pub(super) fn recovered(&self, d: &RunRecovered) -> Said {
        let text = format!(
            "a torn last line of {} at {} was set aside, {}",
            counted(d.length, "byte", "bytes"),
            d.offset,
            d.sha256
        );
        Said::new("RECOVERED", text)
    }

    pub(super) fn mended(&self, d: &RunMended) -> Said {
        let head = d.head.map(|fault| format!("the head file {fault}; the journal up to here is taken for whole"));
        let range = |range: Stretch| format!("records {} to {} were rescued and put back", range.first, range.last);
        let found: Vec<String> = head.into_iter().chain(d.rescued.map(range)).collect();
        Said::new("MENDED", format!("{}: {}", found.join("; "), d.reason))
    }

    pub(super) fn aborting(&self, d: &RunAborting) -> Said {
        let emergency = if d.emergency { "EMERGENCY: the place was left; " } else { "" };
        Said::new("ABORT", format!("{emergency}{}", d.reason))
    }

    pub(super) fn safe(&self, d: &SafeStateConfirmed) -> Said {
        let undone = d.undone.iter().map(|step| self.step(step)).collect::<Vec<_>>().join("; ");
        let undone = and("left undone: ", Some(undone).filter(|undone| !undone.is_empty()));
        let text = format!("{}{undone}{}", self.plan().procedure.safe_state, and("", d.comment.as_ref()));
        Said::new("Safe state", text)
    }

    pub(super) fn noticed(&self, d: &IntegrityEvent) -> Said {
        match d.event {
            IntegrityKind::ClockStep => {
                Said::new("CLOCK", format!("the wall clock moved by {} ({} ms)", length(d.millis), d.millis))
            }
        }
    }

    pub(super) fn closed(&self, d: &RunClosed) -> Said {
        let orphans = d.orphans.iter().map(EvidenceDigest::to_string).collect::<Vec<_>>().join(", ");
        let orphans = and("stored files that no record names: ", Some(orphans).filter(|orphans| !orphans.is_empty()));
        Said::new("Closed", format!("the record is closed{orphans}"))
    }
}

fn clock(trust: ClockTrust) -> &'static str {
    match trust {
        ClockTrust::Own => "trusted by the station's own word",
    }
}

/// What was wanted, with everything that was said with it.
fn wanted(intent: &Intent) -> String {
    let said = serde_json::to_value(intent).unwrap_or_default();
    let members = said.as_object().into_iter().flatten().filter(|(name, value)| *name != "intent" && !value.is_null());
    let members = members.map(|(name, value)| match value.as_str() {
        Some(text) => format!(", {name} {text}"),
        None => format!(", {name} {value}"),
    });
    format!("{}{}", intent.word(), members.collect::<String>())
}

/// The program that writes and the roster in force at its station, by the program's own account.
fn station(program: Option<&Program>, roster: Option<&StationRoster>) -> Vec<Block> {
    let program = program.map(|program| {
        let digest = and("its digest ", program.digest);
        field("program", format!("asrun {} by its own account{digest}", program.version))
    });
    let roster = roster.map(|roster| field("roster installed", format!("serial {}, {}", roster.serial, roster.digest)));
    program.into_iter().chain(roster).collect()
}
