//! Every code that checking a document may yield: the only place where one is named.

/// How much a remark of the linter weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Locking is refused.
    Error,
    /// Worth fixing.
    Warning,
    /// Worth a thought.
    Advice,
}

impl Weight {
    /// Returns the word for screens.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Advice => "advice",
        }
    }
}

macro_rules! codes {
    ($($code:ident = $name:literal $weight:ident, $summary:literal, $why:literal, $hint:literal;)*) => {
        /// A code of the YAML door or of the linter; its name is stable.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = $summary] $code,)*
        }

        impl Code {
            /// Every code, in the order in which documents are checked.
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            /// Returns the stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$code => $name,)* }
            }

            /// Returns how much it weighs.
            #[must_use]
            pub const fn weight(self) -> Weight {
                match self { $(Self::$code => Weight::$weight,)* }
            }

            /// Returns what it says, in one line.
            #[must_use]
            pub const fn summary(self) -> &'static str {
                match self { $(Self::$code => $summary,)* }
            }

            /// Returns why it matters, in a few sentences.
            #[must_use]
            pub const fn explanation(self) -> &'static str {
                match self { $(Self::$code => $why,)* }
            }

            /// Returns what to do.
            #[must_use]
            pub const fn hint(self) -> &'static str {
                match self { $(Self::$code => $hint,)* }
            }
        }
    };
}

codes! {
    YamlSize = "yaml.size" Error, "the document is too large",
        "Documents are read whole and travel inside every bundle, so their size is bounded.",
        "split the document, or move long texts into attachments";
    YamlEncoding = "yaml.encoding" Error, "the document is not UTF-8",
        "Every text of a document may be shown to a person and is signed over; other encodings show differently on different machines.",
        "save the document as UTF-8";
    YamlForm = "yaml.form" Error, "the document is not written as its schema says",
        "An unknown field, a missing one or a value of the wrong kind is refused when the document is read: nothing is ever ignored in the field.",
        "the schemas lie in packs/schema";
    YamlTag = "yaml.tag" Error, "a tag, such as !!str",
        "A tag tells a reader to take a value for something else than it looks like. Members have one type each, and the schema says which.",
        "take the tag away; quote a value that is a text";
    YamlLost = "yaml.lost_words" Warning, "words behind an unquoted ` #` are no part of the value",
        "YAML takes ` #` for the beginning of a comment, so that the rest of the line is dropped in silence: an instruction to close valve #3 would end at `valve`.",
        "quote the value; set a real comment off by two spaces";
    YamlNotSupported = "yaml.not_supported" Error, "a word of the language that this version does not support",
        "The word is reserved. A document that uses it would be executed otherwise than it says, so it is refused by name.",
        "leave the word out, or use a version that supports it";
    YamlSignoffMeaning = "yaml.signoff_meaning" Error, "a meaning that no step is signed with",
        "A step asks for `performed`, `reviewed`, `approved`, `witnessed`, and a hold for `hold_released`. Every other meaning is signed by an act of its own, so that at a step nobody would ask for it.",
        "write the demand where the message says";
    RosterContradiction = "roster.contradiction" Error, "the roster contradicts itself",
        "A duplicate person or key, or dates in the wrong order, would leave open who signed.",
        "fix the roster and let the authority sign it again";
    Empty = "lint.empty" Error, "the procedure has no step",
        "There would be nothing to record, and a run could be closed without any work.",
        "a procedure needs a section with a step";
    DuplicateId = "lint.duplicate_id" Error, "duplicate id",
        "Records name sections, steps, inputs and requirements by their ids. Two of one name could not be told apart years later.",
        "give every section, step, input, parameter and requirement a name of its own";
    UnknownStep = "lint.unknown_step" Error, "a step is named that the procedure does not have",
        "What waits for a missing step would wait for ever.",
        "name a step of this procedure";
    UnknownSection = "lint.unknown_section" Error, "a section is named that the procedure does not have",
        "The way round or the way back would lead nowhere.",
        "name a section of this procedure";
    UnknownRole = "lint.unknown_role" Error, "a role is named that the procedure does not list",
        "`roles` tells the reader and the roster who is needed; a role that stands only at one step is overlooked when the crew is put together.",
        "list the role under `roles`";
    UnknownPermit = "lint.unknown_permit" Error, "a permit is named that the procedure does not list",
        "A permit is registered in the run under its name in the procedure; one that is not listed can never be registered, so that the step can never be begun.",
        "list the permit under `permits`";
    UnknownTag = "lint.unknown_tag" Error, "a component is named that the pack does not list",
        "The tag is what a person must find on the component; a tag that the pack does not know is mistyped or not labelled yet.",
        "list the tag in the domain pack";
    UnknownUnit = "lint.unknown_unit" Error, "a unit is named that the pack does not list",
        "Units come from the pack, so that one quantity is read in one unit everywhere.",
        "take a unit that the domain pack lists";
    WrongUnit = "lint.wrong_unit" Error, "the unit measures another quantity",
        "The input asks for one quantity and names a unit of another.",
        "take a unit of the quantity that the input asks for";
    UnknownValue = "lint.unknown_value" Error, "an expression names a value that is not known there",
        "Conditions are evaluated with what was recorded before. A value that does not exist, or is entered later, is never there.",
        "name a parameter, or an input of an earlier step";
    UnknownOption = "lint.unknown_option" Error, "an expression compares a choice with an option that it does not have",
        "The comparison never comes out equal, so that the branch is silently never taken, or always.",
        "compare with the id of an option of that choice";
    UnknownPlaceholder = "lint.unknown_placeholder" Error, "a text holds a placeholder that nothing fills",
        "`{name}` in a text stands for a parameter, in `equals` also for an earlier input. Any other name is shown with its braces, and an input that must equal it can never pass.",
        "name a parameter, or in `equals` an earlier input";
    Expression = "lint.expression" Error, "an expression does not come out as true or false",
        "Expressions know numbers, text and true or false, without conversion. Text compared with a number has no answer, and a condition that is a number has none either.",
        "compare numbers with numbers and text with text; quote option ids";
    Parameter = "lint.parameter" Error, "a parameter contradicts itself",
        "The default value must be of the parameter's type and inside its bounds.",
        "give the parameter a default inside its bounds";
    UnitMissing = "lint.unit_missing" Error, "a limit without a unit",
        "A bare number is read in whatever unit the instrument happens to show.",
        "a number with limits names its unit";
    CalcUnit = "lint.calc_unit" Error, "the result of a calculation is labelled with a unit that does not follow",
        "Units are worked out along with the formula: sums want one unit, products and quotients make new ones. A bare number in a sum takes the unit of what it stands beside, in a product it is a pure number. A label that does not follow would be believed.",
        "label the result with what comes out, give a coefficient its unit as a number parameter, or say in the pack what the unit is made of: of: {m3: 1, h: -1}, and of: {} for a share";
    DecisionRule = "lint.decision_rule" Error, "a decision rule without the uncertainty that it needs",
        "Guard bands and conditional verdicts are taken off the limits by the uncertainty of the reading. Without it the rule is the simple one under another name.",
        "give the uncertainty in the unit of the reading, or take the simple rule";
    Lapse = "lint.lapse" Error, "a length of time names something that is no duration parameter",
        "Lengths of time are written as 5min or name a duration parameter, fixed when the procedure is locked. Anything else would count as no time at all.",
        "write the length, or name a parameter of type duration";
    IfMissed = "lint.if_missed" Error, "a time limit that does not say what to do when it is missed",
        "A limit that passes is a deviation. Whoever stands there then needs the author's answer, not a guess.",
        "say in `if_missed` what is done, for example: Repeat step 4.1";
    TimingOrder = "lint.timing_order" Error, "a step that must wait longer than it may take",
        "The least time is longer than the most, so that every run misses the limit.",
        "let `min_wait` be shorter than `max_duration`";
    Deadline = "lint.deadline" Error, "a deadline that counts from a step which comes no earlier",
        "The time counts from the performing of another step. Where that step is the same or a later one, the deadline never runs when it should.",
        "count from an earlier step";
    Watch = "lint.watch" Error, "a watch that nobody could keep",
        "A watch ends after it begins, and what it reads is one number, or yes or no without an input.",
        "let `until` name a later step than `from`; give the watch a number, or no input";
    Bound = "lint.bound" Error, "a limit names something that is no number parameter",
        "Bounds are decimals or number parameters, fixed when the procedure is locked.",
        "write bounds as quoted decimals or as the name of a number parameter";
    Bands = "lint.bands" Error, "minimum is above maximum",
        "With its least value above its greatest no reading lies inside.",
        "put the smaller bound under `min`";
    AcceptOutsidePlausible = "lint.accept_outside_plausible" Error, "an acceptable reading would count as a typing error",
        "A reading outside `plausible` is asked for again. An acceptance band that reaches outside it makes good readings look like slips.",
        "widen `plausible` or narrow `accept`";
    AlertOutsideAccept = "lint.alert_outside_accept" Error, "the alert band reaches outside the acceptance band",
        "`alert` marks readings that are acceptable but worth a remark, so it lies inside `accept`.",
        "narrow `alert`";
    InputForm = "lint.input_form" Error, "an input does not fit its type",
        "Options belong to a choice; rows and columns belong to a table, both of them; `distinct` belongs to a column.",
        "give a choice options, a table rows and columns, and nothing else";
    DecisionForm = "lint.decision_form" Error, "a decision without exactly one choice",
        "A decision is taken by choosing one option; that option is what conditions compare with.",
        "give the decision exactly one input, a choice";
    StepForm = "lint.step_form" Error, "a step lacks what its type needs, or has what belongs to another type",
        "A calculation needs `calc`, a wait needs `timing.min_wait`, a witness point `witness`, a poll `poll`, a message `communicate`, a call `call`, an inspection evidence. On any other type these would never be asked for.",
        "add what the type needs, or change the type";
    OnInterruption = "lint.on_interruption" Error, "a step that cannot begin anew after an interruption",
        "What another person says is said once: a brief, a decision, a hold, a witness, a poll and a call do not begin anew. Neither does a step that forbids to be done again.",
        "leave `on_interruption` out, or let the step be done again";
    GroupForm = "lint.group_form" Error, "a group that is not a row of neighbouring steps",
        "The steps of a group stand one after the other in its section and belong to no other group; a repeated group has `until` and `max`, the others have neither.",
        "list neighbouring steps in their order; give until and max to repeat alone";
    SignoffForm = "lint.signoff_form" Error, "a signature of the performer that the step cannot ask for",
        "`performed` is signed by the performer, with the act that ends the work. Another role, a second person, or a step that ends by an act of its own would leave the demand unasked.",
        "name the role of `performed_by`, or ask for `reviewed`, `approved` or `witnessed`";
    ReservedName = "lint.reserved_name" Error, "an evidence requirement with a name of the profile",
        "What a profile demands of steps stands in the record as `profile.photo` and the like. A requirement of the author with such a name could not be told from it.",
        "give the requirement a name of its own";
    DemandTwice = "lint.demand_twice" Error, "duplicate demand",
        "Two entries that say the same are met by one person, who signs once.",
        "`count: 2` asks for two different persons";
    UnknownAttachment = "lint.unknown_attachment" Error, "a step refers to a sheet that is not there",
        "Whoever stands at the step is sent to a sheet, and nobody can open it: it is not under `attachments/` beside the procedure, so it would not be in the package either.",
        "put the file under attachments/, or fix its name";
    UnusedAttachment = "lint.unused_attachment" Warning, "a file under attachments/ that no step refers to",
        "It goes into the package, is approved with it, and nobody is ever told to look at it.",
        "let a step refer to it, or take it away";
    HoldForm = "lint.hold_form" Error, "a hold that nobody releases, or a release without a hold",
        "A hold stops the work until one named role signs. Without the role the run could never go on.",
        "a hold names who releases it: signoff: [{role: …, meaning: hold_released}]";
    TextLength = "lint.not_terminal_text" Error, "a title or instruction is empty or too long for a screen",
        "A title has 1 to 80 characters, an instruction 1 to 4000 bytes: more does not fit beside the entry fields.",
        "shorten the text, or move it into an attachment";
    EvidenceNone = "lint.evidence_none" Error, "an evidence requirement that asks for no file",
        "With `min: 0` the requirement is met by nothing.",
        "ask for at least one file, or drop the requirement";
    AlternativeShared = "lint.alternative_shared" Error, "a section serves two purposes",
        "A prepared way round is worked through for one step. A section that is also another step's way round, or the back-out, could be closed for the one and missing for the other.",
        "give each alternative a section of its own, apart from the back-out";
    Criticality = "lint.criticality" Error, "the profile is weaker than what depends on the procedure",
        "`quality` wants a closing signature, a reviewer for major and critical deviations, and nobody who accepts his own. `safety` wants besides that no deviation passes without a reviewer unless a rule names its trigger.",
        "lock the procedure with a stronger profile, or call it what it is";
    UseLevel = "lint.use_level" Error, "a step that is not for this level of use",
        "`information` is read and not worked from: it has no critical step, hold, witness, poll or second person, and nothing depends on it. `reference` is consulted at the work site: it has no critical step and no hold, and is not `safety`.",
        "use_level: continuous, or another document for these steps";
    LoopForm = "lint.loop_form" Error, "a loop that does not repeat earlier steps of its own section",
        "A pass opens the body's steps again and this one last; they stand before it in the same section, and there is at least one pass.",
        "name earlier steps of the same section and at least one pass";
    LoopExit = "lint.loop_exit" Error, "a loop that no pass can end",
        "`until` never holds, or nothing that it asks about is entered in the loop, so that every run uses up its passes and ends in a deviation.",
        "let `until` ask about an input of the loop, with a value that can be reached";
    UnreachableStep = "lint.unreachable_step" Error, "a step that can never be begun",
        "It requires a step that comes later, or one that is only entered on purpose, so that everybody would wait at this place.",
        "require earlier steps of the same way, or change the order";
    BranchNever = "lint.branch_never" Warning, "a condition that never holds",
        "No value of what it asks about makes it true, so the step is not applicable in every run.",
        "fix the condition or drop the step";
    BranchAlways = "lint.branch_always" Advice, "a condition that always holds",
        "Every value of what it asks about makes it true: the step looks like a branch and is none.",
        "fix the condition or drop it";
    BranchOverlap = "lint.branch_overlap" Warning, "two branches that both apply for one value",
        "Both conditions ask about the same values and neither contains the other, yet for some value both hold, often just at the bound. The run would take both branches.",
        "let one of the two bounds exclude the value";
    DecisionUnused = "lint.decision_unused" Warning, "a decision that decides nothing",
        "No condition asks for it and no option fails it, so that every option leads the same way.",
        "let a condition ask for it, or make the step a record";
    BackOutUnused = "lint.back_out_unused" Warning, "a back-out section that every run works through",
        "Only the section that `back_out` names is kept for an abort; any other is part of the ordinary work, whatever its kind.",
        "name the section under `back_out`";
    VerificationForm = "lint.verification_form" Error, "the verifier has nothing proper to observe",
        "An independent verifier reads for himself, so `observe` names inputs of this step; tables cannot be compared.",
        "let `observe` name plain inputs of the step";
    VerificationRole = "lint.verification_role" Warning, "performer and verifier hold the same role",
        "They must be two persons in any case; one role for both makes it easy to find only one of them on shift.",
        "let another role verify";
    CriticalUnverified = "lint.critical_unverified" Warning, "a critical step that leaves nothing to look at",
        "The step is irreversible or unacceptable when wrong, yet no second person verifies or signs it and no file shows it.",
        "let a second person verify the step, or ask for evidence";
    SeveralActions = "lint.several_actions" Warning, "an instruction with more than one action",
        "Whoever is interrupted between two actions does not know which one was done. Acts are written in capitals; each has a step of its own.",
        "make a step of each action";
    AdvisoryAction = "lint.advisory_action" Warning, "an action inside an advisory",
        "Warnings, cautions and notes are read, not performed: an action in them is done without sign-off, or overlooked.",
        "make the action a step; let the advisory say the danger and what follows from it";
    AdvisoryDensity = "lint.advisory_density" Warning, "too many warnings and cautions in a section",
        "When every step shouts, nobody listens. More than one warning or caution a step, over three or more of them, is read past.",
        "keep those whose consequence is grave; move the rest into the brief or the basis";
    TitleWords = "lint.title_words" Warning, "a title of more than seven words",
        "Titles stand in outlines, lists and reports; what does not fit in seven words belongs into the instruction.",
        "shorten the title";
    UnusedParameter = "lint.unused_parameter" Warning, "a parameter that nothing uses",
        "A site value that no limit, condition or text names changes nothing, though whoever locks the procedure may believe that it does.",
        "use the parameter or drop it";
    UnusedInput = "lint.unused_input" Advice, "an optional input that nothing uses",
        "It may be left empty, is held against nothing and named nowhere: typing it costs time and proves little.",
        "require it, hold it against something, or drop it";
    PackCodes = "lint.pack_codes" Error, "the pack has no reason code",
        "Every deviation names one; without any, no deviation could be recorded and every run would be stuck.",
        "list at least one reason code";
    PackTerm = "lint.pack_term" Warning, "a term for a word that asrun does not use",
        "Terms replace the nouns that FORMAT.md lists and the roles of the procedure. Any other word is replaced nowhere, often because it is misspelt.",
        "use a listed noun or a role of the procedure, or drop the term";
    TriggerWithoutCode = "lint.trigger_without_code" Warning, "a deviation that no reason code fits",
        "Codes may be bound to triggers. Where none fits a deviation that this procedure can trigger, nobody could record it and the run would be stuck.",
        "add the trigger to a code, or a code without triggers for all that is left";
    ReasonCodeNoWay = "lint.reason_code_no_way" Warning, "a reason code that leaves no way on",
        "For one of its triggers the profile blocks, and the code allows only ways that a block refuses.",
        "allow redo, alternative, stop or back_out for the code, or fix the profile's rule";
    PolicyLastRule = "lint.policy_last_rule" Error, "some deviations match no rule",
        "The first rule that matches says what follows. What matches none would have no outcome.",
        "let the last rule match everything: when: {}";
    PolicyDeadRule = "lint.policy_dead_rule" Warning, "a rule that is never reached",
        "An earlier rule matches everything, and the first match wins.",
        "move the rule that matches everything to the end";
    PolicyLayers = "lint.policy_layers" Error, "the profile demands an external layer",
        "No external layer exists in this version, so that no run under this profile could ever become FINAL.",
        "external layers are not supported by this version: layers: []";
    PolicyRoles = "lint.policy_roles" Error, "nobody may review deviations",
        "Without a reviewing role every deviation stays open and no run with one becomes FINAL.",
        "name at least one role that reviews deviations";
    PolicySupervisor = "lint.policy_supervisor" Warning, "a code demands a supervisor whom the profile does not let review",
        "Deviations with that code are accepted by a supervisor alone; where that role does not review, they stay open for ever.",
        "add supervisor to review.by, or drop the demand from the code";
    PolicyContradiction = "lint.policy_contradiction" Error, "a closing signature that excludes its own role",
        "Whoever could give it is among those whose signature does not count.",
        "take the role out of `not`, or let another role sign";
    HardStop = "lint.hard_stop" Error, "a hard stop that no finding has",
        "`hard_stops` turns pending findings of the policy stage into FAIL, by their codes. A code that none of them has stops nothing.",
        "take one of the codes that the message lists";
    PolicyForm = "lint.policy_form" Error, "a form that nobody could complete",
        "A run can be aborted before its first step is begun. Then no file can be attached, and a form that demands one would keep the run from ever being closed.",
        "let an earlier rule match abort and emergency_departure, or give the procedure a back-out";
    PolicyUnreachable = "lint.policy_unreachable" Warning, "the roster has too few persons for what FINAL needs",
        "A review, a closing signature or an approval asks for more persons in a role than the roster has.",
        "grant the role to more persons, or fix the profile";
    RoleUnfilled = "lint.role_unfilled" Warning, "a role of the procedure that nobody in the roster holds",
        "The run could not be opened with a full crew, or would be stuck at the first step of that role.",
        "grant the role in the roster";
    SecondPerson = "lint.second_person" Warning, "a step that needs two persons where the roster has one",
        "Verifier and releaser must be another person than the performer; the roster has the same single person for both.",
        "grant one of the roles to somebody else";
}

impl Code {
    /// Returns the code of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|code| code.name() == name).copied()
    }
}
