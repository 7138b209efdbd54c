//! Replay: every stored record must be just what the kernel would have recorded there.

use super::{Intent, Phase, Run, Who};
use crate::kernel::model::fault::Stretch;
use crate::kernel::model::name::{PersonId, Role};
use crate::kernel::model::outcome::{AttemptReason, NotApplicableReason};
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::event::{Event, RunMended};
use crate::kernel::records::record::{Record, SignedRecord};
use crate::kernel::work::kind::Recorded as _;
use crate::kernel::work::works;

/// Finds the act of a record by what it is; what only one kind of work knows, that kind names.
macro_rules! acted {
    ([$event:expr; $($own:tt)*] $(
        $(#[$doc:meta])* $kind:ident = $word:literal [$($columns:tt)*]
        $(=> $module:ident: $owned:ty {
            $(#[$mdoc:meta])* member $member:ident: $type:ty;
            acts { $($acts:tt)* }
            records { $($(#[$rdoc:meta])* $record:ident = $rkind:literal [$($trust:tt)*] ($($has:ident)*);)* }
        })?
    )*) => {
        match $event {
            $($own)*
            $($($(Event::$record(data) => data.act().into(),)*)?)*
        }
    };
}

/// Why a record contradicts the run before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    /// Another record was due there.
    #[error("`{due}` was due before `{found}`")]
    NotDue {
        /// What was due.
        due: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// The record claims to follow by itself, but nothing was due.
    #[error("`{0}` follows from nothing that is recorded")]
    Groundless(&'static str),
    /// The act would have been refused.
    #[error("`{kind}` would have been refused: {reason}")]
    Refused {
        /// What stands there.
        kind: &'static str,
        /// The gates that were closed.
        reason: String,
    },
    /// The act would have been recorded otherwise.
    #[error("`{0}` would have been recorded otherwise")]
    Otherwise(&'static str),
    /// The clocks of the record cannot have followed those of the one before it.
    #[error("{0}")]
    Clocks(ClockFault),
    /// The torn tail did not begin where the lines before it end.
    #[error("the torn tail begins at byte {offset}, the lines before it end at byte {end}")]
    Offset {
        /// Where the record says that it began.
        offset: u64,
        /// Where the lines before it end.
        end: u64,
    },
    /// The actor could not sign a record of the system.
    #[error("{person} had no open session as {role}")]
    Actor {
        /// Who.
        person: PersonId,
        /// As what.
        role: Role,
    },
}

/// What the clocks of two records in a row cannot say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClockFault {
    /// A monotonic clock only goes forward.
    #[error("the monotonic clock sank by {0} ms inside one start of the machine")]
    MonotonicSank(i64),
    /// Nobody starts the machine again while a program goes on.
    #[error("the start of the machine changed where no program took the run up again")]
    BootChanged,
    /// A start of the machine that is over does not come back.
    #[error("an earlier start of the machine came back")]
    BootReturned,
}

impl Run {
    /// Decides a stored record again with the same inputs and compares.
    ///
    /// # Errors
    /// When the kernel would have recorded something else, or nothing.
    pub fn admits(&self, signed: &SignedRecord) -> Result<(), Contradiction> {
        let record = signed.record();
        let found = record.event.kind();
        self.follows_in_time(record).map_err(Contradiction::Clocks)?;
        if let Event::RunRecovered(data) = &record.event
            && data.offset != self.length
        {
            return Err(Contradiction::Offset { offset: data.offset, end: self.length });
        }
        let who = Who { person: record.actor.clone(), key: *signed.key() };
        // Who locks or unlocks does so before what is due: while everything is locked nobody can sign for the system.
        let first = matches!(
            record.event,
            Event::SessionOpened(_) | Event::SessionClosed(_) | Event::RunRecovered(_) | Event::RunMended(_)
        );
        if let (Some(due), false) = (self.due(&record.now()), first) {
            if due != record.event {
                return Err(Contradiction::NotDue { due: due.kind(), found });
            }
            return self.may_sign_for_system(&who, &record.role, record.time, true);
        }
        let Some(intent) = self.intent_of(&record.event) else {
            return match record.event {
                Event::RunRecovered(_) => self.may_sign_for_system(&who, &record.role, record.time, false),
                Event::RunMended(ref data) if !self.may_be_mended(data) => Err(Contradiction::Groundless(found)),
                Event::RunMended(_) => self.may_sign_for_system(&who, &record.role, record.time, false),
                _ => Err(Contradiction::Groundless(found)),
            };
        };
        let denied = matches!(record.event, Event::GateDenied(_));
        let (decided, refused) = match self.decide(&intent, &who, &record.now()) {
            Ok(decided) => (Some(decided), None),
            Err(refusal) => (refusal.denial.clone(), Some(refusal)),
        };
        if let (Some(refusal), false) = (&refused, denied) {
            let codes = refusal.codes().iter().map(|c| c.code()).collect::<Vec<_>>().join(", ");
            return Err(Contradiction::Refused { kind: found, reason: codes });
        }
        let same = decided.is_some_and(|d| d.event == record.event && d.role == record.role);
        match same && denied == refused.is_some() {
            true => Ok(()),
            false => Err(Contradiction::Otherwise(found)),
        }
    }

    /// The monotonic clock does not sink, and the machine is started again only where a program takes the run up again.
    fn follows_in_time(&self, record: &Record) -> Result<(), ClockFault> {
        let Some(last) = &self.last else { return Ok(()) };
        if last.boot == record.boot {
            let sank = last.mono_ms - record.mono_ms;
            return if sank > 0 { Err(ClockFault::MonotonicSank(sank)) } else { Ok(()) };
        }
        let taken_up = match &record.event {
            Event::SessionOpened(data) => data.resumed,
            event => matches!(event, Event::RunRecovered(_) | Event::RunMended(_)),
        };
        match (taken_up, self.knows_boot(&record.boot)) {
            (false, _) => Err(ClockFault::BootChanged),
            (true, true) => Err(ClockFault::BootReturned),
            (true, false) => Ok(()),
        }
    }

    /// Tells whether there is something to answer for, with a reason, in a run that is not over.
    fn may_be_mended(&self, data: &RunMended) -> bool {
        let before = |range: Stretch| 0 < range.first && range.first <= range.last && range.last <= self.seq;
        let something = data.head.is_some() || data.rescued.is_some();
        let open = !matches!(self.phase, Phase::Draft | Phase::Closed);
        open && something && data.rescued.is_none_or(before) && !data.reason.trim().is_empty()
    }

    /// Records of the system are signed by a person of the crew whose session is open.
    fn may_sign_for_system(&self, who: &Who, role: &Role, at: Timestamp, session: bool) -> Result<(), Contradiction> {
        let known = self.roster.standing(&who.person, &who.key, at).is_valid();
        let open = !session || self.sessions.contains(&who.person);
        match known && open && self.system_role(&who.person).as_ref() == Some(role) {
            true => Ok(()),
            false => Err(Contradiction::Actor { person: who.person.clone(), role: role.clone() }),
        }
    }

    /// Returns the role in which a person signs records of the system.
    #[must_use]
    pub fn system_role(&self, person: &PersonId) -> Option<Role> {
        self.roles_of(person).next().cloned()
    }

    /// Returns the act that an event came from; none for records of the system.
    fn intent_of(&self, event: &Event) -> Option<Intent> {
        Some(works! { acted! event.clone();
            Event::RunOpened(d) => Intent::Open {
                clock: d.clock,
                crew: d.crew,
                fields: d.fields,
                mode: d.mode,
                offset: d.offset,
                previous_run: d.previous_run,
                program: d.program,
                roster: d.roster,
                superseded_by: d.superseded_by,
            },
            Event::SessionOpened(d) => {
                Intent::Unlock { key: d.key, program: d.program, resumed: d.resumed, roster: d.roster }
            }
            Event::ChangeAcknowledged(d) => Intent::AcknowledgeChange { comment: d.comment },
            Event::SessionClosed(d) => Intent::LockSession { reason: d.reason },
            Event::CrewBound(d) => Intent::BindCrew { person: d.person, role: d.role },
            Event::InstrumentRegistered(d) => Intent::RegisterInstrument {
                cal_due: d.cal_due,
                instrument: d.instrument,
                name: d.name,
                quantities: d.quantities,
                range: d.range,
            },
            Event::MaterialRegistered(d) => Intent::RegisterMaterial {
                expires: d.expires,
                material: d.material,
                name: d.name,
                quantity: d.quantity,
            },
            Event::PermitRegistered(d) => Intent::RegisterPermit {
                number: d.number,
                permit: d.permit,
                valid_from: d.valid_from,
                valid_until: d.valid_until,
            },
            Event::WatchObserved(d) => {
                let reads = self.plan.procedure.watch(&d.watch).is_some_and(|w| w.input.is_some());
                Intent::Observe { ok: (!reads).then_some(d.raw == "true"), raw: reads.then_some(d.raw), watch: d.watch }
            }
            Event::StepDeferred(d) => Intent::Defer { step: d.step },
            Event::StepReconfirmed(d) => Intent::Reconfirm { comment: d.comment, step: d.step },
            Event::TurnoverGiven(d) => Intent::Turnover { remarks: d.remarks, role: d.handed, to: d.to },
            Event::TurnoverAccepted(_) => Intent::AcceptTurnover {},
            Event::StepStarted(d) => Intent::Begin { step: d.step },
            Event::AdvisoryAcknowledged(d) => Intent::Acknowledge { advisory: Some(d.advisory), step: d.step },
            Event::BriefAcknowledged(d) => Intent::Acknowledge { advisory: None, step: d.step },
            Event::ComponentConfirmed(d) => Intent::ConfirmComponent { step: d.step, tag: d.given },
            Event::ValueEntered(d) => Intent::Enter {
                column: d.column,
                input: d.input,
                instrument: d.instrument,
                late: d.late,
                raw: d.raw,
                row: d.row,
                source: d.source,
                step: d.step,
            },
            Event::ValueCorrected(d) => Intent::Correct {
                column: d.column,
                input: d.input,
                raw: d.raw,
                reason: d.reason,
                row: d.row,
                step: d.step,
            },
            Event::CheckRecorded(d) => {
                Intent::Check { as_found: d.as_found, late: d.late, result: d.result, step: d.step }
            }
            Event::DecisionTaken(d) => Intent::Decide { option: d.option, step: d.step },
            Event::EvidenceCaptured(d) => Intent::Attach {
                caption: d.caption,
                file: d.file,
                requirement: d.requirement,
                sensitivity: d.sensitivity,
                step: d.step,
            },
            Event::EvidenceRedacted(d) => Intent::Redact { blake3: d.blake3, reason: d.reason },
            Event::StepPerformed(d) => Intent::Perform { late: d.late, outcome: d.outcome, step: d.step },
            // Where something was observed, the result follows from it; otherwise it is the verifier's word.
            Event::VerificationRecorded(d) => {
                let disagreed = d.observed.is_empty() && d.result == crate::kernel::model::outcome::Match::Mismatch;
                Intent::Verify { agree: disagreed.then_some(false), step: d.step, values: d.observed }
            }
            Event::HoldReleased(d) => Intent::ReleaseHold { comment: d.comment, step: d.step },
            Event::StepNotApplicable(d) if d.reason == NotApplicableReason::Authorised => {
                Intent::NotApplicable { step: d.step }
            }
            Event::StepSkipped(d) => Intent::Skip { step: d.step },
            Event::AttemptStarted(d) if d.reason == AttemptReason::Redo => Intent::Redo { step: d.step },
            Event::GateDenied(d) => *d.intent,
            Event::DeviationRaised(d) => {
                Intent::Deviate { about: d.facts.about, statement: d.statement, step: d.facts.step }
            }
            Event::DeviationAmended(d) => {
                Intent::AmendDeviation { deviation: d.deviation, reason: d.reason, statement: d.statement }
            }
            Event::DeviationReviewed(d) => Intent::ReviewDeviation {
                comment: d.comment,
                decision: d.decision,
                deviation: d.deviation,
                final_class: d.final_class,
            },
            Event::SignatureGiven(d) => Intent::Sign { comment: d.comment, meaning: d.meaning, subject: d.subject },
            Event::RequestSent(d) => Intent::Request { asked: d.asked, to: d.to },
            Event::AnswerImported(d) => Intent::ImportAnswer { answer: d.answer, signature: d.signature },
            Event::NoteAdded(d) => Intent::Note { kind: d.kind, step: d.step, text: d.text },
            Event::RunPaused(d) => Intent::Pause { code: d.code, reason: d.reason },
            Event::RunResumed(d) => Intent::Resume { comment: d.comment },
            Event::StopCalled(d) => Intent::StopWork { reason: d.reason },
            Event::RunAborting(d) => Intent::Abort { emergency: d.emergency, reason: d.reason },
            Event::SafeStateConfirmed(d) => Intent::ConfirmSafeState { comment: d.comment },
            Event::RunClosed(d) => Intent::Close { orphans: d.orphans },
            Event::HoldReached(_)
            | Event::StepCompleted(_)
            | Event::StepFailed(_)
            | Event::StepNotApplicable(_)
            | Event::AttemptStarted(_)
            | Event::RunInterrupted(_)
            | Event::RunRecovered(_)
            | Event::RunMended(_)
            | Event::RunAborted(_)
            | Event::TimerExpired(_)
            | Event::IntegrityEvent(_) => return None,
        })
    }
}
