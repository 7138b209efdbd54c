//! Intents: what a person or a program wants to do. Facts of the outside world (file digests,
//! the roster's digest) are already in them, so the same intent can be decided again anywhere.

use crate::kernel::canon::digest::{EvidenceDigest, FileDigest, PackageDigest};
use crate::kernel::model::deviation::{Class, ReviewDecision, Statement};
use crate::kernel::model::entry::{EntrySource, NoteKind};
use crate::kernel::model::evidence::{Captured, Sensitivity};
use crate::kernel::model::instrument::InstrumentRange;
use crate::kernel::model::late::Late;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{
    DeviationId, Identifier, OptionId, PersonId, ReasonCode, RequirementId, Role, StepId, Tag, Variable,
};
use crate::kernel::model::opening::{Binding, ClockTrust, LockReason, Mode, Program, StationRoster};
use crate::kernel::model::outcome::{CheckResult, StepOutcome};
use crate::kernel::model::previous_run::PreviousRun;
use crate::kernel::model::subject::Subject;
use crate::kernel::model::time::Timestamp;
use crate::kernel::records::request::Asked;
use crate::kernel::signature::KeyId;
use crate::kernel::work::works;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Adds the acts of the kinds of work to the acts that every run knows.
macro_rules! with_acts {
    ([$(#[$about:meta])* pub enum $name:ident { $($own:tt)* }] $(
        $(#[$doc:meta])* $kind:ident = $word:literal [$($columns:tt)*]
        $(=> $module:ident: $owned:ty {
            $(#[$mdoc:meta])* member $member:ident: $type:ty;
            acts { $($(#[$adoc:meta])* $act:ident,)* }
            records { $($(#[$rdoc:meta])* $record:ident = $rkind:literal [$($trust:tt)*] ($($has:ident)*);)* }
        })?
    )*) => {
        $(#[$about])*
        pub enum $name {
            $($own)*
            $($($($(#[$adoc])* $act(crate::kernel::work::$module::$act),)*)?)*
        }

        /// An act that only one kind of work knows.
        #[derive(Clone, Copy, Debug)]
        pub enum WorkAct<'a> {
            $($($($(#[$adoc])* $act(&'a crate::kernel::work::$module::$act),)*)?)*
        }

        impl $name {
            /// Returns the act of a kind of work; none where every run knows the act.
            #[must_use]
            pub fn of_work(&self) -> Option<WorkAct<'_>> {
                match self {
                    $($($(Self::$act(act) => Some(WorkAct::$act(act)),)*)?)*
                    _ => None,
                }
            }
        }

        /// Matches every act that only one kind of work knows.
        macro_rules! work_act {
            () => { $($($(| $crate::kernel::records::intent::$name::$act(_))*)?)* };
        }

        pub(crate) use work_act;

        $($($(impl From<crate::kernel::work::$module::$act> for $name {
            fn from(act: crate::kernel::work::$module::$act) -> Self {
                Self::$act(act)
            }
        })*)?)*
    };
}

works! { with_acts!
/// Something that a person with an open session wants to do (FORMAT.md §10).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "intent", rename_all = "snake_case", deny_unknown_fields)]
pub enum Intent {
    /// Open the run.
    Open {
        /// How far the clock is trusted.
        clock: ClockTrust,
        /// Persons and roles beside the opener, who is the performer.
        crew: Vec<Binding>,
        /// The run header.
        fields: BTreeMap<Variable, String>,
        /// Live or training.
        mode: Mode,
        /// UTC offset of the station.
        offset: String,
        /// The last run opened on this station.
        previous_run: Option<PreviousRun>,
        /// The program.
        program: Program,
        /// Digest of the roster.
        roster: FileDigest,
        /// A package on this station that supersedes the one that is opened.
        superseded_by: Option<PackageDigest>,
    },
    /// Unlock a session.
    Unlock {
        /// With which key.
        key: KeyId,
        /// The program that writes from here on.
        program: Program,
        /// Whether this is the first act of a program that takes up the run again.
        resumed: bool,
        /// The roster in force at the station; none where none is installed.
        #[serde(default)]
        roster: Option<StationRoster>,
    },
    /// Say that one has seen what changed between two starts: program or roster.
    AcknowledgeChange {
        /// A remark.
        #[serde(default)]
        comment: Option<String>,
    },
    /// Lock the session.
    LockSession {
        /// Why.
        #[serde(default)]
        reason: LockReason,
    },
    /// Bind a person to a role.
    BindCrew {
        /// Who.
        person: PersonId,
        /// As what.
        role: Role,
    },
    /// Register an instrument.
    RegisterInstrument {
        /// Calibration is due at this moment.
        cal_due: Timestamp,
        /// Its label.
        instrument: Tag,
        /// What it is.
        name: String,
        /// What it measures, in the pack's quantities; that of its range is among them without a word.
        #[serde(default)]
        quantities: BTreeSet<Identifier>,
        /// Its range.
        #[serde(default)]
        range: Option<InstrumentRange>,
    },
    /// Register a lot of material.
    RegisterMaterial {
        /// It may be used until this moment.
        #[serde(default)]
        expires: Option<Timestamp>,
        /// The label of the lot.
        material: Tag,
        /// What it is.
        name: String,
        /// How much.
        #[serde(default)]
        quantity: Option<String>,
    },
    /// Register a permit.
    RegisterPermit {
        /// Its number.
        number: String,
        /// Its name in the procedure.
        permit: Identifier,
        /// From when it holds.
        valid_from: Timestamp,
        /// Until when it holds.
        valid_until: Timestamp,
    },
    /// Begin a step.
    Begin {
        /// Which.
        step: StepId,
    },
    /// Acknowledge an advisory, or the brief of an acknowledge step.
    Acknowledge {
        /// Which advisory, counted from 0; none for the brief itself.
        #[serde(default)]
        advisory: Option<u32>,
        /// At which step.
        step: StepId,
    },
    /// Identify the component.
    ConfirmComponent {
        /// At which step.
        step: StepId,
        /// The tag as typed or scanned.
        tag: Tag,
    },
    /// Enter one value.
    Enter {
        /// Column of a table.
        #[serde(default)]
        column: Option<Variable>,
        /// Which input.
        input: Variable,
        /// With which instrument.
        #[serde(default)]
        instrument: Option<Tag>,
        /// When it happened, where it is entered later.
        #[serde(default)]
        late: Option<Late>,
        /// As keyed.
        raw: String,
        /// Row of a table.
        #[serde(default)]
        row: Option<OptionId>,
        /// Whether it was keyed or scanned; keyed when absent.
        #[serde(default)]
        source: EntrySource,
        /// At which step.
        step: StepId,
    },
    /// Correct a value; the old one stays.
    Correct {
        /// Column of a table.
        #[serde(default)]
        column: Option<Variable>,
        /// Which input.
        input: Variable,
        /// As keyed.
        raw: String,
        /// Why.
        reason: String,
        /// Row of a table.
        #[serde(default)]
        row: Option<OptionId>,
        /// At which step.
        step: StepId,
    },
    /// Record the result of a check.
    Check {
        /// As it was found, where that differs from how it was left.
        #[serde(default)]
        as_found: Option<String>,
        /// When it happened, where it is entered later.
        #[serde(default)]
        late: Option<Late>,
        /// Pass or fail.
        result: CheckResult,
        /// At which step.
        step: StepId,
    },
    /// Choose a branch.
    Decide {
        /// The option.
        option: OptionId,
        /// At which step.
        step: StepId,
    },
    /// Look at a watched condition.
    Observe {
        /// Whether it is so, where nothing is read.
        #[serde(default)]
        ok: Option<bool>,
        /// As keyed.
        #[serde(default)]
        raw: Option<String>,
        /// Which watch.
        watch: Variable,
    },
    /// Attach a file that is already in the store.
    Attach {
        /// What it shows.
        #[serde(default)]
        caption: Option<String>,
        /// The file.
        file: Captured,
        /// For which requirement.
        #[serde(default)]
        requirement: Option<RequirementId>,
        /// Who should see it.
        #[serde(default)]
        sensitivity: Sensitivity,
        /// At which step.
        step: StepId,
    },
    /// Drop the bytes of a file; its digests stay.
    Redact {
        /// Which file.
        blake3: EvidenceDigest,
        /// Why.
        reason: String,
    },
    /// Perform a step.
    Perform {
        /// When it happened, where it is entered later.
        #[serde(default)]
        late: Option<Late>,
        /// How it ended.
        #[serde(default)]
        outcome: StepOutcome,
        /// Which.
        step: StepId,
    },
    /// Verify a step.
    Verify {
        /// What the verifier says, where nothing is compared.
        #[serde(default)]
        agree: Option<bool>,
        /// Which.
        step: StepId,
        /// What the verifier read.
        #[serde(default)]
        values: BTreeMap<Variable, String>,
    },
    /// Release a hold.
    ReleaseHold {
        /// Why.
        #[serde(default)]
        comment: Option<String>,
        /// Which.
        step: StepId,
    },
    /// Do a step again, as its deviation says.
    Redo {
        /// Which.
        step: StepId,
    },
    /// Mark a step not applicable, as its deviation says.
    NotApplicable {
        /// Which.
        step: StepId,
    },
    /// Leave a step out, as its deviation says.
    Skip {
        /// Which.
        step: StepId,
    },
    /// Postpone a step, as its deviation says.
    Defer {
        /// Which.
        step: StepId,
    },
    /// Confirm that a closed step still holds.
    Reconfirm {
        /// A remark.
        #[serde(default)]
        comment: Option<String>,
        /// Which.
        step: StepId,
    },
    /// Write a deviation down.
    Deviate {
        /// What it is about, where nothing is due: an evidence requirement or `verifier`.
        #[serde(default)]
        about: Option<String>,
        /// The form.
        statement: Statement,
        /// At which step; none for the run.
        #[serde(default)]
        step: Option<StepId>,
    },
    /// Change a deviation.
    AmendDeviation {
        /// Which.
        deviation: DeviationId,
        /// Why.
        reason: String,
        /// The whole form as it stands now.
        statement: Statement,
    },
    /// Review a deviation.
    ReviewDeviation {
        /// Why.
        #[serde(default)]
        comment: Option<String>,
        /// What is decided.
        decision: ReviewDecision,
        /// Which.
        deviation: DeviationId,
        /// The class from now on.
        #[serde(default)]
        final_class: Option<Class>,
    },
    /// Sign a step or the run.
    Sign {
        /// Why.
        #[serde(default)]
        comment: Option<String>,
        /// What the signature means.
        meaning: Meaning,
        /// What is signed.
        subject: Subject,
    },
    /// Ask somebody at another machine.
    Request {
        /// For what.
        asked: Asked,
        /// Which role is asked.
        to: Role,
    },
    /// Take in a signed answer from another machine.
    ImportAnswer {
        /// The answer, byte for byte.
        answer: String,
        /// The armored SSH signature over it.
        signature: String,
    },
    /// Leave a remark.
    Note {
        /// Whether it was seen or is concluded; seen when absent.
        #[serde(default)]
        kind: NoteKind,
        /// On which step; none for the run.
        #[serde(default)]
        step: Option<StepId>,
        /// The remark.
        text: String,
    },
    /// Pause.
    Pause {
        /// The pack's code.
        #[serde(default)]
        code: Option<ReasonCode>,
        /// Why.
        reason: String,
    },
    /// Go on, after a pause, a stop or an interruption.
    Resume {
        /// A remark.
        #[serde(default)]
        comment: Option<String>,
    },
    /// Hand over to another person.
    Turnover {
        /// What that person must know.
        #[serde(default)]
        remarks: Option<String>,
        /// Which role is handed over.
        role: Role,
        /// To whom.
        to: PersonId,
    },
    /// Take over.
    AcceptTurnover {},
    /// Stop work.
    StopWork {
        /// Why.
        reason: String,
    },
    /// Abort; never refused by a form.
    Abort {
        /// Whether the place is left in an emergency.
        #[serde(default)]
        emergency: bool,
        /// Why.
        reason: String,
    },
    /// Confirm the safe state.
    ConfirmSafeState {
        /// What is seen.
        #[serde(default)]
        comment: Option<String>,
    },
    /// Close the record.
    Close {
        /// Stored files that no record names.
        #[serde(default)]
        orphans: Vec<EvidenceDigest>,
    },
}
}

impl Intent {
    /// Returns the word of the language.
    #[must_use]
    pub fn word(&self) -> String {
        match serde_json::to_value(self) {
            Ok(value) => value["intent"].as_str().unwrap_or_default().to_owned(),
            Err(_) => String::new(),
        }
    }
}
