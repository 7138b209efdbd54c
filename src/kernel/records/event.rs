//! Events: everything that can happen in a run (FORMAT.md §4, kinds; a closed list).
//!
//! The name of a variant on disk is its `kind`, its fields are `data`.

use crate::kernel::canon::digest::{EvidenceDigest, FileDigest, LineDigest, PackageDigest};
use crate::kernel::documents::step::VerificationMode;
use crate::kernel::model::advisory::AdvisoryLevel;
use crate::kernel::model::deviation::{Class, Facts, ReviewDecision, Ruling, Statement};
use crate::kernel::model::entry::{BySystem, EntrySource, NoteKind};
use crate::kernel::model::evidence::{Captured, Sensitivity};
use crate::kernel::model::fault::{HeadFault, IntegrityKind, Stretch};
use crate::kernel::model::gate::{Gate, GateCode};
use crate::kernel::model::input::EntryVerdict;
use crate::kernel::model::instrument::InstrumentRange;
use crate::kernel::model::late::Late;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{
    DeviationId, Identifier, OptionId, PersonId, ReasonCode, RequestId, RequirementId, Role, StepId, Tag, UnitId,
    Variable,
};
use crate::kernel::model::opening::{Binding, ClockTrust, LockReason, Mode, Program, StationRoster};
use crate::kernel::model::outcome::{
    AttemptReason, CheckResult, Match, NotApplicableReason, Recalculated, StepOutcome,
};
use crate::kernel::model::previous_run::PreviousRun;
use crate::kernel::model::subject::Subject;
use crate::kernel::model::time::Timestamp;
use crate::kernel::model::timing::TimeLimit;
use crate::kernel::records::intent::Intent;
use crate::kernel::records::request::Asked;
use crate::kernel::records::table::{Says, column, define, member, records, with_work};
use crate::kernel::records::turnover::TurnoverSheet;
use crate::kernel::signature::KeyId;
use crate::kernel::work::works;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

type Gates = Vec<Gate>;

impl Says<StepId> for Box<Event> {
    fn says(&self) -> Option<&StepId> {
        self.step()
    }
}

impl Says<StepId> for Facts {
    fn says(&self) -> Option<&StepId> {
        self.step.as_ref()
    }
}

/// What happened to the clock of the machine happened at no step.
impl Says<StepId> for IntegrityKind {
    fn says(&self) -> Option<&StepId> {
        None
    }
}

/// What an event holds beside its kind: the member `data` of a record.
pub(super) struct Data<'a>(pub(super) &'a Event);

works! { with_work!
    /// How a run goes: begun, stood, handed over, ended.
    Run(RunRecord) {
        /// The run began.
        RunOpened = "run.opened"
            [hands: no, substantive: yes, system: no, exception: never]
        {
            /// How far the clock is trusted.
            clock: ClockTrust,
            /// Persons and roles.
            crew: Vec<Binding>,
            /// The run header.
            fields: BTreeMap<Variable, String>,
            /// Gates.
            gates: Gates,
            /// Live or training.
            mode: Mode,
            /// UTC offset of the station, such as `+01:00`.
            offset: String,
            /// The package.
            package: PackageDigest,
            /// The domain pack.
            pack: FileDigest,
            /// Site values.
            parameters: BTreeMap<Variable, String>,
            /// The policy profile.
            policy: FileDigest,
            /// The last run opened on this station.
            previous_run: Option<PreviousRun>,
            /// The program.
            program: Program,
            /// The roster.
            roster: FileDigest,
            /// The roster's serial.
            roster_serial: u32,
            /// A package that supersedes this one, where the profile let it be opened all the same.
            superseded_by: Option<PackageDigest>,
        }
        /// Work pauses.
        RunPaused = "run.paused"
            [hands: no, substantive: no, system: no, exception: never]
        {
            /// The pack's code, where one is given.
            code: Option<ReasonCode>,
            /// Gates.
            gates: Gates,
            /// Why.
            reason: String,
        }
        /// Work goes on.
        RunResumed = "run.resumed"
            [hands: no, substantive: no, system: no, exception: never]
        {
            /// A remark.
            comment: Option<String>,
            /// Gates.
            gates: Gates,
            /// How long it stood still, in milliseconds of the wall clock.
            paused_ms: i64,
        }
        /// The off-going person hands over; the run stands until the on-coming one accepts.
        TurnoverGiven = "turnover.given"
            [hands: no, substantive: no, system: no, exception: never]
        {
            /// Gates.
            gates: Gates,
            /// Always `turnover_given`.
            meaning: Meaning,
            /// What the on-coming person must know.
            remarks: Option<String>,
            /// Which role is handed over.
            handed: Role,
            /// Where the work stands.
            sheet: TurnoverSheet,
            /// To whom.
            to: PersonId,
        }
        /// The on-coming person takes over; work goes on.
        TurnoverAccepted = "turnover.accepted"
            [hands: no, substantive: no, system: no, exception: never]
        {
            /// From whom.
            from: PersonId,
            /// Gates.
            gates: Gates,
            /// The record of the handing over.
            judges: Vec<LineDigest>,
            /// Always `turnover_accepted`.
            meaning: Meaning,
            /// How long it stood still, in milliseconds of the wall clock.
            paused_ms: i64,
        }
        /// The program ended without locking the sessions.
        RunInterrupted = "run.interrupted"
            [hands: no, substantive: no, system: yes, exception: always]
        {
            /// Nobody pressed a key.
            by: BySystem,
            /// How long, in milliseconds of the wall clock.
            gap_ms: i64,
            /// The last record before.
            since: Timestamp,
        }
        /// Somebody stopped work.
        StopCalled = "stop.called"
            [hands: no, substantive: yes, system: no, exception: always]
        {
            /// Gates.
            gates: Gates,
            /// Why.
            reason: String,
        }
        /// The run is aborted; the way to the safe state begins.
        RunAborting = "run.aborting"
            [hands: no, substantive: yes, system: no, exception: always]
        {
            /// Whether the place was left in an emergency.
            emergency: bool,
            /// Gates.
            gates: Gates,
            /// Why.
            reason: String,
        }
        /// The safe state is confirmed.
        SafeStateConfirmed = "safe_state.confirmed"
            [hands: no, substantive: yes, system: no, exception: never]
        {
            /// What was seen.
            comment: Option<String>,
            /// Gates.
            gates: Gates,
            /// Always `safe_state_confirmed`.
            meaning: Meaning,
            /// Steps of the back-out that were left undone.
            undone: Vec<StepId>,
        }
        /// The run is aborted and made safe.
        RunAborted = "run.aborted"
            [hands: no, substantive: yes, system: yes, exception: never]
        {
            /// Nobody pressed a key.
            by: BySystem,
        }
        /// The run is over; always the last record.
        RunClosed = "run.closed"
            [hands: no, substantive: no, system: no, exception: never]
        {
            /// Gates.
            gates: Gates,
            /// Always `sealed`.
            meaning: Meaning,
            /// Stored files that no record names; set aside.
            orphans: Vec<EvidenceDigest>,
        }
    }
    /// Who is at work, on which station.
    Session(SessionRecord) {
        /// A person unlocked a session.
        SessionOpened = "session.opened"
            [hands: no, substantive: no, system: no, exception: never]
        {
            /// Gates.
            gates: Gates,
            /// The key.
            key: KeyId,
            /// The program that writes from here on.
            program: Program,
            /// Whether this is the first act of a program that took up the run again.
            resumed: bool,
            /// The roster in force at the station; none where none is installed.
            roster: Option<StationRoster>,
        }
        /// A person's session was locked.
        SessionClosed = "session.closed"
            [hands: no, substantive: no, system: no, exception: never]
        {
            /// Why.
            reason: LockReason,
        }
        /// A person saw that program or roster changed since the run was last worked on.
        ChangeAcknowledged = "change.acknowledged"
            [hands: no, substantive: no, system: no, exception: always]
        {
            /// A remark.
            comment: Option<String>,
            /// Gates.
            gates: Gates,
            /// The program that writes now, where it is another one.
            program: Option<Program>,
            /// The roster in force at the station, where it is a newer one.
            roster: Option<StationRoster>,
        }
        /// A person was bound to a role.
        CrewBound = "crew.bound"
            [hands: no, substantive: yes, system: no, exception: never]
        {
            /// Gates.
            gates: Gates,
            /// Who.
            person: PersonId,
            /// As what.
            role: Role,
        }
    }
    /// What is at hand: instruments, materials, permits.
    Register(RegisterRecord) {
        /// An instrument was registered.
        InstrumentRegistered = "instrument.registered"
            [hands: no, substantive: yes, system: no, exception: never]
        {
            /// Calibration is due at this moment.
            cal_due: Timestamp,
            /// Gates.
            gates: Gates,
            /// Its label.
            instrument: Tag,
            /// What it is.
            name: String,
            /// What it measures, in the pack's quantities.
            quantities: BTreeSet<Identifier>,
            /// Its range.
            range: Option<InstrumentRange>,
        }
        /// A lot of material was registered.
        MaterialRegistered = "material.registered"
            [hands: no, substantive: yes, system: no, exception: never]
        {
            /// It may be used until this moment.
            expires: Option<Timestamp>,
            /// Gates.
            gates: Gates,
            /// The label of the lot.
            material: Tag,
            /// What it is.
            name: String,
            /// How much.
            quantity: Option<String>,
        }
        /// A permit was registered.
        PermitRegistered = "permit.registered"
            [hands: no, substantive: yes, system: no, exception: never]
        {
            /// Gates.
            gates: Gates,
            /// Its number.
            number: String,
            /// Its name in the procedure.
            permit: Identifier,
            /// From when it holds.
            valid_from: Timestamp,
            /// Until when it holds.
            valid_until: Timestamp,
        }
    }
    /// Work on a step.
    Step(StepRecord) {
        /// A brief was read and acknowledged.
        BriefAcknowledged = "brief.acknowledged"
            [hands: no, substantive: yes, system: no, exception: never]
        {
            /// Attempt.
            attempt: u32,
            /// Gates.
            gates: Gates,
            /// Step.
            step: StepId,
        }
        /// A step was begun.
        StepStarted = "step.started"
            [hands: yes, substantive: yes, system: no, exception: never]
        {
            /// Attempt.
            attempt: u32,
            /// Gates.
            gates: Gates,
            /// Step.
            step: StepId,
        }
        /// An advisory was acknowledged.
        AdvisoryAcknowledged = "advisory.acknowledged"
            [hands: no, substantive: yes, system: no, exception: never]
        {
            /// Which one, counted from 0.
            advisory: u32,
            /// Attempt.
            attempt: u32,
            /// Gates.
            gates: Gates,
            /// How grave.
            level: AdvisoryLevel,
            /// Step.
            step: StepId,
        }
        /// A component was identified, or taken for another.
        ComponentConfirmed = "component.confirmed"
            [hands: yes, substantive: yes, system: no, exception: when(|d| d.result == Match::Mismatch)]
        {
            /// Attempt.
            attempt: u32,
            /// The tag that the package names.
            expected: Tag,
            /// Gates.
            gates: Gates,
            /// The tag that was typed or scanned.
            given: Tag,
            /// Whether they are the same.
            result: Match,
            /// Step.
            step: StepId,
        }
        /// A value was entered.
        ValueEntered = "value.entered"
            [hands: yes, substantive: yes, system: no, exception: when(|d| d.verdict != EntryVerdict::Pass)]
        {
            /// Attempt.
            attempt: u32,
            /// Column of a table.
            column: Option<Variable>,
            /// Gates.
            gates: Gates,
            /// Input.
            input: Variable,
            /// Instrument.
            instrument: Option<Tag>,
            /// When it happened, where it is entered later.
            late: Option<Late>,
            /// As keyed.
            raw: String,
            /// Row of a table.
            row: Option<OptionId>,
            /// Whether it was keyed or scanned.
            source: EntrySource,
            /// Step.
            step: StepId,
            /// Unit.
            unit: Option<UnitId>,
            /// As read.
            value: String,
            /// What the limits say.
            verdict: EntryVerdict,
        }
        /// A value was corrected; the old one stays.
        ValueCorrected = "value.corrected"
            [hands: yes, substantive: yes, system: no, exception: always]
        {
            /// Attempt.
            attempt: u32,
            /// Column of a table.
            column: Option<Variable>,
            /// Gates.
            gates: Gates,
            /// Input.
            input: Variable,
            /// Always `entry_corrected`.
            meaning: Meaning,
            /// As keyed.
            raw: String,
            /// Why.
            reason: String,
            /// Row of a table.
            row: Option<OptionId>,
            /// Step.
            step: StepId,
            /// As read.
            value: String,
            /// What the limits say.
            verdict: EntryVerdict,
            /// The record of the old value.
            was: LineDigest,
        }
        /// A check's result was recorded.
        CheckRecorded = "check.recorded"
            [hands: yes, substantive: yes, system: no, exception: never]
        {
            /// As it was found, where that differs from how it was left.
            as_found: Option<String>,
            /// Attempt.
            attempt: u32,
            /// Gates.
            gates: Gates,
            /// When it happened, where it is entered later.
            late: Option<Late>,
            /// Pass or fail.
            result: CheckResult,
            /// Step.
            step: StepId,
        }
        /// A branch was chosen.
        DecisionTaken = "decision.taken"
            [hands: yes, substantive: yes, system: no, exception: never]
        {
            /// Attempt.
            attempt: u32,
            /// Gates.
            gates: Gates,
            /// The option.
            option: OptionId,
            /// Step.
            step: StepId,
        }
        /// A step was performed.
        StepPerformed = "step.performed"
            [hands: yes, substantive: yes, system: no, exception: never]
        {
            /// Attempt.
            attempt: u32,
            /// Gates.
            gates: Gates,
            /// When it happened, where it is entered later.
            late: Option<Late>,
            /// `performed` where the step asks for a signature.
            meaning: Option<Meaning>,
            /// How it ended.
            outcome: StepOutcome,
            /// Step.
            step: StepId,
        }
        /// A step was verified.
        VerificationRecorded = "verification.recorded"
            [hands: no, substantive: yes, system: no, exception: when(|d| d.result == Match::Mismatch)]
        {
            /// Attempt.
            attempt: u32,
            /// Whether the performer's observations were hidden.
            blind: bool,
            /// Gates.
            gates: Gates,
            /// The records that were judged.
            judges: Vec<LineDigest>,
            /// What the signature means.
            meaning: Meaning,
            /// Which grade.
            mode: VerificationMode,
            /// What the verifier read.
            observed: BTreeMap<Variable, String>,
            /// Whether both saw the same.
            result: Match,
            /// Step.
            step: StepId,
        }
        /// Work stops at a hold.
        HoldReached = "hold.reached"
            [hands: no, substantive: yes, system: yes, exception: never]
        {
            /// Attempt.
            attempt: u32,
            /// Nobody pressed a key.
            by: BySystem,
            /// Step.
            step: StepId,
        }
        /// A hold was released.
        HoldReleased = "hold.released"
            [hands: no, substantive: yes, system: no, exception: never]
        {
            /// Attempt.
            attempt: u32,
            /// Why.
            comment: Option<String>,
            /// Gates.
            gates: Gates,
            /// The records that were judged.
            judges: Vec<LineDigest>,
            /// Always `hold_released`.
            meaning: Meaning,
            /// Step.
            step: StepId,
        }
        /// A step is complete.
        StepCompleted = "step.completed"
            [hands: no, substantive: yes, system: yes, exception: never]
        {
            /// Attempt.
            attempt: u32,
            /// Nobody pressed a key.
            by: BySystem,
            /// The deviation through whose alternative it is complete.
            deviation: Option<DeviationId>,
            /// Step.
            step: StepId,
        }
        /// A step has failed and the work goes on without it, through a deviation.
        StepFailed = "step.failed"
            [hands: no, substantive: yes, system: yes, exception: always]
        {
            /// Attempt.
            attempt: u32,
            /// Nobody pressed a key.
            by: BySystem,
            /// The deviation.
            deviation: DeviationId,
            /// Step.
            step: StepId,
        }
        /// A step is not applicable.
        StepNotApplicable = "step.not_applicable"
            [hands: no, substantive: yes, system: no, exception: always]
        {
            /// The deviation, when a person marked it.
            deviation: Option<DeviationId>,
            /// How the condition came out, when a branch excludes it.
            evaluation: Option<String>,
            /// Gates.
            gates: Gates,
            /// Branch or person.
            reason: NotApplicableReason,
            /// Step.
            step: StepId,
        }
        /// A step is left out.
        StepSkipped = "step.skipped"
            [hands: no, substantive: yes, system: no, exception: always]
        {
            /// The deviation.
            deviation: DeviationId,
            /// Gates.
            gates: Gates,
            /// Step.
            step: StepId,
        }
        /// A step is postponed.
        StepDeferred = "step.deferred"
            [hands: no, substantive: yes, system: no, exception: never]
        {
            /// The deviation.
            deviation: DeviationId,
            /// Gates.
            gates: Gates,
            /// The step before which it must be returned to.
            return_before: StepId,
            /// Step.
            step: StepId,
        }
        /// A closed step still holds although something that it rests on changed.
        StepReconfirmed = "step.reconfirmed"
            [hands: no, substantive: yes, system: no, exception: never]
        {
            /// Attempt.
            attempt: u32,
            /// What changed.
            because: String,
            /// A remark.
            comment: Option<String>,
            /// Gates.
            gates: Gates,
            /// The new result of its calculation.
            recalculated: Option<Recalculated>,
            /// Step.
            step: StepId,
        }
        /// A step is opened again.
        AttemptStarted = "attempt.started"
            [hands: no, substantive: yes, system: no, exception: never]
        {
            /// The new attempt.
            attempt: u32,
            /// The deviation, when it is done again.
            deviation: Option<DeviationId>,
            /// How the loop's condition came out.
            evaluation: Option<String>,
            /// Gates.
            gates: Gates,
            /// Loop or redo.
            reason: AttemptReason,
            /// Step.
            step: StepId,
        }
    }
    /// What is looked at again and again, and what ran out.
    Clock(ClockRecord) {
        /// A watched condition was looked at.
        WatchObserved = "watch.observed"
            [hands: no, substantive: yes, system: no, exception: never]
        {
            /// Gates.
            gates: Gates,
            /// As keyed.
            raw: String,
            /// Unit.
            unit: Option<UnitId>,
            /// As read.
            value: String,
            /// What the limits say.
            verdict: EntryVerdict,
            /// Which watch.
            watch: Variable,
        }
        /// A limit of time ran out.
        TimerExpired = "timer.expired"
            [hands: no, substantive: yes, system: yes, exception: never]
        {
            /// Nobody pressed a key.
            by: BySystem,
            /// When it ran out.
            due: Timestamp,
            /// Which limit.
            limit: TimeLimit,
            /// At which step.
            step: Option<StepId>,
            /// Which watch.
            watch: Option<Variable>,
        }
    }
    /// Files.
    Evidence(EvidenceRecord) {
        /// A file was attached.
        EvidenceCaptured = "evidence.captured"
            [hands: yes, substantive: yes, system: no, exception: never]
        {
            /// Attempt.
            attempt: u32,
            /// What it shows.
            caption: Option<String>,
            /// The sequence number of the record that captured the same bytes first.
            duplicate_of: Option<u64>,
            /// The file.
            file: Captured,
            /// Gates.
            gates: Gates,
            /// For which requirement.
            requirement: Option<RequirementId>,
            /// Who should see it.
            sensitivity: Sensitivity,
            /// Step.
            step: StepId,
        }
        /// The bytes of a file were dropped; its digests stay.
        EvidenceRedacted = "evidence.redacted"
            [hands: no, substantive: yes, system: no, exception: always]
        {
            /// Which file.
            blake3: EvidenceDigest,
            /// Gates.
            gates: Gates,
            /// Why.
            reason: String,
        }
    }
    /// Departures from the plan.
    Deviation(DeviationRecord) {
        /// A deviation was written down.
        DeviationRaised = "deviation.raised"
            [hands: no, substantive: yes, system: no, exception: always]
        {
            /// Its number.
            deviation: DeviationId,
            /// What the system filled in.
            facts: Facts,
            /// Gates.
            gates: Gates,
            /// Always `deviation_raised`.
            meaning: Meaning,
            /// What the policy says.
            ruling: Ruling,
            /// What the operator filled in.
            statement: Statement,
        }
        /// A deviation was changed; reviews start again.
        DeviationAmended = "deviation.amended"
            [hands: no, substantive: yes, system: no, exception: always]
        {
            /// Which one.
            deviation: DeviationId,
            /// Gates.
            gates: Gates,
            /// Always `deviation_raised`.
            meaning: Meaning,
            /// Why it is changed.
            reason: String,
            /// What the policy says now.
            ruling: Ruling,
            /// The whole statement as it stands now.
            statement: Statement,
        }
        /// A deviation was reviewed.
        DeviationReviewed = "deviation.reviewed"
            [hands: no, substantive: no, system: no, exception: never]
        {
            /// Why.
            comment: Option<String>,
            /// What was decided.
            decision: ReviewDecision,
            /// Which one.
            deviation: DeviationId,
            /// The class from now on, when it is changed.
            final_class: Option<Class>,
            /// Gates.
            gates: Gates,
            /// The records that were judged.
            judges: Vec<LineDigest>,
            /// `disposition_approved`, `rejected` or `reviewed`.
            meaning: Meaning,
        }
    }
    /// What is said of the run, asked of others, or refused.
    Remark(RemarkRecord) {
        /// A person signed a step or the run.
        SignatureGiven = "signature.given"
            [hands: no, substantive: no, system: no, exception: never]
        {
            /// Why.
            comment: Option<String>,
            /// Gates.
            gates: Gates,
            /// The last record before it.
            judges: Vec<LineDigest>,
            /// What the signature means.
            meaning: Meaning,
            /// What is signed.
            subject: Subject,
        }
        /// A remark.
        NoteAdded = "note.added"
            [hands: no, substantive: no, system: no, exception: never]
        {
            /// Gates.
            gates: Gates,
            /// Whether it was seen or is concluded.
            kind: NoteKind,
            /// On which step; none for the run.
            step: Option<StepId>,
            /// The remark.
            text: String,
        }
        /// Somebody at another machine is asked for an answer.
        RequestSent = "request.sent"
            [hands: no, substantive: no, system: no, exception: never]
        {
            /// For what.
            asked: Asked,
            /// Gates.
            gates: Gates,
            /// The records that the answer judges.
            judges: Vec<LineDigest>,
            /// Its number.
            request: RequestId,
            /// Which role is asked.
            to: Role,
        }
        /// The signed answer from another machine; what it decides happens with this record.
        AnswerImported = "answer.imported"
            [hands: no, substantive: yes, system: no, exception: never]
        {
            /// The answer, byte for byte as it was signed.
            answer: String,
            /// In which role the answering person acts.
            as_role: Role,
            /// What the answer decides, as that person's act.
            event: Box<Event>,
            /// Gates.
            gates: Gates,
            /// Who answered.
            person: PersonId,
            /// Which request.
            request: RequestId,
            /// The armored SSH signature over the answer.
            signature: String,
        }
        /// An act was refused.
        GateDenied = "gate.denied"
            [hands: no, substantive: no, system: no, exception: always]
        {
            /// Which gates were closed.
            codes: Vec<GateCode>,
            /// Every gate that was evaluated.
            gates: Gates,
            /// The act that was refused.
            intent: Box<Intent>,
        }
    }
    /// What happened to the record itself.
    Journal(JournalRecord) {
        /// A torn last line was set aside.
        RunRecovered = "run.recovered"
            [hands: no, substantive: no, system: yes, exception: always]
        {
            /// Nobody pressed a key.
            by: BySystem,
            /// How many bytes.
            length: u64,
            /// Where in the journal they began.
            offset: u64,
            /// Their digest; the bytes lie under `data/recovered/`.
            sha256: FileDigest,
        }
        /// A person answers for a journal whose head was lost, or puts back what was rescued.
        RunMended = "run.mended"
            [hands: no, substantive: no, system: no, exception: always]
        {
            /// What was wrong with the head, where it was lost.
            head: Option<HeadFault>,
            /// Why the journal may be relied on, in the person's words.
            reason: String,
            /// The acknowledged records that were rescued when the journal was taken away, and were put back.
            rescued: Option<Stretch>,
        }
        /// The machine noticed something about the record itself.
        IntegrityEvent = "integrity.event"
            [hands: no, substantive: no, system: yes, exception: always]
        {
            /// Nobody pressed a key.
            by: BySystem,
            /// What.
            event: IntegrityKind,
            /// By how much, in milliseconds; negative when back.
            millis: i64,
        }
    }
}
