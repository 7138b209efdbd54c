//! Gates: what was asked before an act was allowed, and what was found (FORMAT.md §4).

use super::name::RuleId;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

macro_rules! gates {
    ($(#[doc = $question:literal] $variant:ident = $code:literal, $message:literal, $hint:literal;)*) => {
        /// The closed list of gates; each is also the code of its denial.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
        pub enum GateCode {
            $(#[doc = $question] #[serde(rename = $code)] $variant,)*
        }

        impl GateCode {
            /// Every gate.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Returns the stable code.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Returns what the gate asks.
            #[must_use]
            pub fn question(self) -> &'static str {
                match self { $(Self::$variant => $question.trim_ascii(),)* }
            }

            /// Returns what a denial says.
            #[must_use]
            pub fn message(self) -> &'static str {
                match self { $(Self::$variant => $message,)* }
            }

            /// Returns what a person can do about it.
            #[must_use]
            pub fn hint(self) -> &'static str {
                match self { $(Self::$variant => $hint,)* }
            }
        }
    };
}

gates! {
    /// Is there a run, and not yet one when it is opened?
    RunOpen = "gate.run_open", "the run is not in a state for this act", "open the run first; a run is opened once";
    /// Does the run go on, neither paused nor stopped nor ended?
    RunRunning = "gate.run_running", "the run is not running", "resume it first; after an abort only the back-out goes on";
    /// Is the run paused, stopped or interrupted?
    RunPaused = "gate.run_paused", "the run is not paused", "it goes on already";
    /// Was the run aborted?
    RunAborting = "gate.run_aborting", "the run is not being aborted", "abort it first";
    /// Is the run not yet aborted or closed?
    RunAbortable = "gate.run_abortable", "the run cannot be aborted any more", "it is aborted or closed already";
    /// Is the work finished: every step closed, or the run made safe after an abort?
    RunFinished = "gate.run_finished", "the work is not finished", "close every step, or abort and make safe; the open steps are listed";
    /// Is the package neither expired nor revoked?
    PackageValid = "gate.package_valid", "the package may not be run", "ask for the revision in force";
    /// Is the roster in force?
    RosterInForce = "gate.roster_in_force", "the roster is not in force", "install the site's current roster";
    /// Does the clock say a time at which this roster and package were there?
    Clock = "gate.clock", "the clock of this station is plainly wrong", "set the clock of this machine, then do it again; roster and package are not the cause";
    /// Did program and roster stay the same since the run was last worked on, or was the change acknowledged?
    Unchanged = "gate.changed", "program or roster changed since the run was last worked on", "look at what changed and acknowledge it: `acknowledge_change`";
    /// Are all required run fields given, and none unknown?
    RunFields = "gate.run_fields", "the run header is not complete", "fill in the required fields";
    /// Does the person stand in the roster with this key?
    KnownPerson = "gate.known_person", "the person is not in the roster with this key", "ask the site authority for an entry";
    /// Is the person's session unlocked?
    SessionOpen = "gate.session_open", "the person has no open session", "unlock with the passphrase";
    /// Is the session not open yet?
    SessionClosed = "gate.session_closed", "the session is open already", "go on";
    /// Does the person hold the role, bound in this run?
    RoleBound = "gate.role_bound", "the person is not bound to the role in this run", "bind the crew first, or let another person act";
    /// Does the person hold the role in the roster now?
    RoleHeld = "gate.role_held", "the person does not hold the role in the roster", "ask the site authority";
    /// Is this person someone else than those who did the work?
    OtherPerson = "gate.other_person", "the same person may not do both", "let another person do it";
    /// Does the person give this for the first time, where different persons are counted?
    FirstTime = "gate.first_time", "this person gave it already, and different persons are counted", "let another person do it";
    /// Does the approval count under the profile?
    Counts = "gate.counts", "this approval would not count", "let one of the persons sign who are named";
    /// Does the step exist?
    KnownStep = "gate.known_step", "there is no such step", "look at the list of steps";
    /// Is it the step's turn?
    StepReady = "gate.not_ready", "it is not this step's turn", "take the steps in order";
    /// Is the step being worked on?
    StepActive = "gate.not_active", "the step is not active", "begin it first";
    /// Are the steps closed that this one requires?
    Required = "gate.requires", "a step that this one requires is still open", "close it first";
    /// Is the step of the right type?
    StepType = "gate.step_type", "this act does not go with the type of step", "look at what the step asks for";
    /// Is every trigger covered by a deviation?
    DeviationFiled = "gate.deviation_required", "a deviation from plan is not recorded", "fill in the deviation form, or correct a typing error";
    /// Does the disposition in force allow this way on?
    WayOut = "gate.way_out", "the deviation says to go another way", "follow its process disposition, or amend it";
    /// Are all warnings acknowledged?
    Acknowledged = "gate.acknowledge", "a warning is not acknowledged", "read and acknowledge it";
    /// Is there such an advisory to acknowledge?
    Advisory = "gate.advisory", "there is nothing to acknowledge there", "look at the advisories of the step";
    /// Is the component identified?
    ComponentConfirmed = "gate.component", "the component is not identified", "type or scan the tag on the component";
    /// Is there such an input?
    KnownInput = "gate.known_input", "there is no such input", "look at the inputs of the step";
    /// Is what was typed a value of the right type?
    EntryForm = "gate.entry_form", "this is no value for the input", "look at type, unit and options";
    /// Has the input no value yet?
    EntryFree = "gate.entry_taken", "the input has a value already", "correct it with a reason";
    /// Is there a value to correct?
    EntryPresent = "gate.entry_present", "there is no value to correct", "enter one";
    /// Are all required inputs entered?
    InputsEntered = "gate.inputs", "a required input is missing", "enter it";
    /// Is a result recorded for a check?
    ResultRecorded = "gate.result", "no result is recorded", "record pass or fail";
    /// Is the result still open?
    ResultFree = "gate.result_taken", "a result is recorded already", "redo the step through a deviation";
    /// Is the instrument registered?
    InstrumentKnown = "gate.instrument", "the reading names no registered instrument", "register the instrument first";
    /// Does the instrument measure what the reading is of?
    InstrumentQuantity = "gate.instrument_quantity", "the instrument does not measure that, or nobody said what it measures", "take one that does; an instrument is registered with the quantities that it measures";
    /// Does the reading lie in the instrument's range?
    InstrumentRange = "gate.instrument_range", "the reading lies outside the instrument's range", "take an instrument with the right range";
    /// Is the evidence attached?
    EvidenceAttached = "gate.evidence", "required evidence is missing", "attach it, or open a deviation";
    /// Is there such a requirement?
    KnownRequirement = "gate.known_requirement", "there is no such evidence requirement", "look at what the step asks for";
    /// Is the file of the kind that the requirement asks for?
    EvidenceKind = "gate.evidence_kind", "the file is not of the kind that is asked for", "attach one that is; if there is none, attach this one to the step alone and write a deviation for the requirement that names it";
    /// Is the file whole?
    EvidenceWhole = "gate.evidence_whole", "the file is damaged or cut off", "copy it again from where it comes from; if that is all there is, attach it to the step alone and write a deviation for the requirement that names it";
    /// Is the file as new as the run?
    EvidenceOlderThanRun = "gate.evidence_older_than_run", "the file is older than the run", "make it anew; if that cannot be done, attach it to the step alone and write a deviation for the requirement that names it";
    /// Was the file made after the step was begun?
    EvidenceBeforeStep = "gate.evidence_before_step", "the file is older than the step", "make it anew; if that cannot be done, attach it to the step alone and write a deviation for the requirement that names it";
    /// May one file serve two requirements?
    EvidenceReuse = "gate.evidence_reuse", "the same file serves another requirement already", "attach another file";
    /// Is the file there to be redacted?
    EvidencePresent = "gate.evidence_present", "there is no such file to redact", "look at the evidence of the run";
    /// Is the step verified as it must be before the act?
    Verified = "gate.verified", "the step is not verified", "let the verifier act first";
    /// Is there something for the verifier to do now?
    Verifiable = "gate.verifiable", "there is nothing to verify now", "a concurrent check comes before the act, the others after";
    /// Did the verifier read everything himself?
    Observed = "gate.observed", "an own observation is missing", "read and enter it yourself";
    /// Has the least time passed between performing and verifying?
    Separation = "gate.separation", "too little time has passed since the step was performed", "wait until the moment that is named; what no clock proves is waited again, or written down about `min_separation`";
    /// Is the hold reached and not released?
    HoldReached = "gate.hold", "the hold is not waiting for a release", "begin the step first";
    /// Is there such an option?
    KnownOption = "gate.option", "there is no such option", "look at the options of the decision";
    /// Does the pack know the reason code, and allow it here?
    ReasonCode = "gate.reason_code", "the reason code does not go with this deviation", "choose one that the pack lists for the trigger";
    /// Does the form hold what code and policy demand?
    Form = "gate.form", "the deviation form is not complete", "fill in what is named";
    /// Does the code allow this disposition?
    Disposition = "gate.disposition", "the disposition is not possible here", "choose one that code, step and package allow";
    /// Does the policy let the departure be accepted?
    PolicyAccepts = "gate.policy_blocks", "the policy blocks accepting this deviation", "do it again, take the alternative, or back out";
    /// Is there such a deviation?
    KnownDeviation = "gate.deviation", "there is no such deviation in the right state", "look at the deviations of the run";
    /// May this role review?
    ReviewRole = "gate.review_role", "this role may not review deviations", "ask one of the roles that the policy names";
    /// Is a comment given where one is demanded?
    Comment = "gate.comment", "a comment is demanded", "say why";
    /// May the step be done again?
    RedoAllowed = "gate.redo", "the step may not be done again", "choose another disposition";
    /// Is this signature asked for?
    SignatureWanted = "gate.signature", "this signature is not asked for now", "look at what is missing";
    /// Has the least time passed?
    Waited = "gate.wait", "the minimum wait is not over", "wait until the moment that is named; what no clock proves is waited again, or recorded as a deviation about `min_wait`";
    /// Is the calculation made?
    Calculated = "gate.calculated", "the calculation is not made", "let it be calculated first";
    /// Is there a notice to give, or was one given?
    WitnessNotified = "gate.witness", "the witness was not given notice, or was already", "give notice once, before recording who came";
    /// Does this role still have to answer?
    PollOpen = "gate.poll", "this role is not asked now", "look at which roles have not answered";
    /// Is what was said repeated back and confirmed?
    Understood = "gate.understood", "a three-way message needs its repetition", "let the other side repeat it back";
    /// Is the bundle one of the called package?
    CalledPackage = "gate.call", "the bundle is not one of the called package", "execute the package that the step names";
    /// Is there such a watch, and does it run?
    KnownWatch = "gate.known_watch", "there is no such watch running", "look at the watches of the procedure";
    /// Was the watch observed before the step that ends it, or before the end of the run?
    Watched = "gate.watch", "a watch that ends here was never observed or is overdue", "observe it first";
    /// Is the permit registered?
    PermitRegistered = "gate.permit", "a permit is not registered", "register its number and validity";
    /// Is there such a permit in the procedure?
    KnownPermit = "gate.known_permit", "the procedure names no such permit, or its dates are wrong", "look at the permits of the procedure";
    /// Is the lot registered?
    MaterialKnown = "gate.material", "the entry names no registered material", "register the lot first";
    /// Is the lot not registered yet?
    MaterialFree = "gate.material_taken", "the material is registered already", "use it";
    /// May work pause at the active step?
    PauseAllowed = "gate.no_pause", "the active step allows no pause", "finish it, or stop work";
    /// Is a turnover to be given or accepted by this person?
    Turnover = "gate.turnover", "there is no turnover for this person to give or to accept", "hand over to another person who holds the role";
    /// Are all steps confirmed that rest on something that changed?
    Reconfirmed = "gate.reconfirm", "a step rests on something that changed", "look at it again and confirm it";
    /// Does a late entry name a moment in the past of this run?
    LateTime = "gate.late_time", "a late entry names a moment between the opening of the run and now", "give the time at which it happened, and why it is late";
    /// Is there something to ask for?
    RequestOpen = "gate.request", "there is nothing to ask for there now", "ask for what a step or deviation waits for";
    /// Does the answer go with an open request, and does its signature hold?
    AnswerHolds = "gate.answer", "the answer is invalid", "let it be made again from the request of this run";
    /// Is the instrument not registered yet?
    InstrumentFree = "gate.instrument_taken", "the instrument is registered already", "use it";
}

impl fmt::Display for GateCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// What a gate found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GateOutcome {
    /// Open.
    Pass,
    /// Closed.
    Deny,
}

/// One gate that was evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// Which one.
    pub gate: GateCode,
    /// What it looked at.
    pub inputs: BTreeMap<String, String>,
    /// What it found.
    pub outcome: GateOutcome,
    /// The policy rule that decided, where one did.
    pub rule: Option<RuleId>,
}
