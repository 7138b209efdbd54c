//! The forms of the run screen, and the acts that they become.

use super::next::Asked;
use crate::kernel::canon::digest::EvidenceDigest;
use crate::kernel::model::deviation::{
    Containment, ImmediateAction, Impact, ItemDisposition, ProcessDisposition, ReviewDecision, Statement,
};
use crate::kernel::model::event::{CheckResult, Subject, SubjectKind};
use crate::kernel::model::input::{Input, InputType};
use crate::kernel::model::name::{DeviationId, OptionId, PersonId, Role, StepId, Variable};
use crate::kernel::model::record::Meaning;
use crate::kernel::model::step::Step;
use crate::kernel::run::{Intent, Run};
use crate::tui::form::{Field, Form};
use std::collections::BTreeMap;

/// Why a form was opened; decides what handing it in does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Unlock a person's session, then do the act.
    Unlock(PersonId, Option<Box<Intent>>),
    /// Sign an act with the passphrase.
    Sign(PersonId, Box<Intent>),
    /// Identify a component.
    Component(StepId),
    /// Enter a value.
    Enter(StepId, Variable, Option<OptionId>, Option<Variable>),
    /// Record a result.
    Check(StepId),
    /// Choose a branch.
    Decide(StepId),
    /// Write a deviation.
    Deviation(Option<StepId>),
    /// Correct a value.
    Correct(StepId),
    /// Leave a remark.
    Note(Option<StepId>),
    /// Pause.
    Pause,
    /// Go on.
    Resume,
    /// Stop work.
    StopWork,
    /// Abort.
    Abort,
    /// Confirm the safe state.
    SafeState,
    /// Register an instrument.
    Instrument,
    /// Bind a person to a role.
    BindCrew,
    /// Perform with another outcome than done.
    Perform(StepId),
    /// Choose the person who acts next.
    Person(StepId, Role, Asked),
    /// The second person's own observation or word.
    Verify(StepId, PersonId),
    /// The second person's comment on a hold or signature.
    Release(StepId, PersonId),
    /// Choose what another person reviews or signs.
    Review(PersonId),
    /// Choose who comes to the screen for a review or signature.
    AnyPerson,
    /// Seal the run.
    Seal(PersonId),
}

/// A form with its title and what is shown above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialog {
    /// Its title.
    pub title: String,
    /// What must be known before it is filled in.
    pub intro: Vec<String>,
    /// The fields.
    pub form: Form,
    /// What handing it in does.
    pub purpose: Purpose,
}

impl Dialog {
    /// Makes a dialog.
    #[must_use]
    pub fn new(title: impl Into<String>, intro: Vec<String>, fields: Vec<Field>, purpose: Purpose) -> Self {
        Self { title: title.into(), intro, form: Form::new(fields), purpose }
    }
}

fn options(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(id, label)| ((*id).to_owned(), (*label).to_owned())).collect()
}

/// What is signed is shown before the passphrase is asked.
#[must_use]
pub fn passphrase(run: &Run, person: &PersonId, intent: Intent) -> Dialog {
    let mut intro = vec![format!("{person} signs: {}", intent.word().replace('_', " "))];
    intro.extend(signed_content(run, &intent));
    intro.push(format!("run {}  record {}", run.id(), run.seq() + 1));
    let head = run.head().to_string();
    intro.push(format!("over everything before: {}", &head[..23.min(head.len())]));
    Dialog::new(
        "Signature",
        intro,
        vec![Field::secret(format!("Passphrase of {person}"))],
        Purpose::Sign(person.clone(), Box::new(intent)),
    )
}

fn signed_content(run: &Run, intent: &Intent) -> Vec<String> {
    match intent {
        Intent::Perform { step, .. } | Intent::ReleaseHold { step, .. } | Intent::Verify { step, .. } => {
            let title = run.authored(step).map(|s| s.title.clone()).unwrap_or_default();
            vec![format!("step {step}: {title}")]
        }
        Intent::Deviate { statement, step, .. } => {
            let facts = crate::kernel::run::facts_of(run, step.as_ref(), None, statement.process, now_of(run));
            let ruling_text = run.ruling(&facts, statement).map(|r| {
                format!(
                    "class {}; the policy says {} (rule {} of {})",
                    r.class.word(),
                    r.outcome.word(),
                    r.rule,
                    r.profile
                )
            });
            vec![
                format!("{} {}: {}", statement.code, facts.trigger.word(), statement.description),
                format!("the work goes on by: {}", statement.process.word()),
                ruling_text.unwrap_or_default(),
            ]
        }
        Intent::ReviewDeviation { deviation, decision, comment, .. } => {
            vec![format!("{deviation}: {decision:?} {}", comment.clone().unwrap_or_default())]
        }
        Intent::Sign { meaning, subject, comment } => {
            vec![format!("{} on {}: {}", meaning.word(), subject.id, comment.clone().unwrap_or_default())]
        }
        Intent::Correct { input, raw, reason, .. } => vec![format!("{input} corrected to {raw}: {reason}")],
        _ => Vec::new(),
    }
}

fn now_of(run: &Run) -> crate::kernel::model::time::Timestamp {
    run.last().map_or_else(|| crate::kernel::model::time::Timestamp::from_millis(0), |n| n.time)
}

/// The form of a value: text with unit and limits above it, or options, with the instrument where one is named.
#[must_use]
pub fn value(run: &Run, step: &Step, place: (&Variable, Option<&OptionId>, Option<&Variable>)) -> Option<Dialog> {
    let (name, row, column) = place;
    let outer = step.input(name)?;
    let input = column.and_then(|c| outer.column(c)).unwrap_or(outer);
    let label = match row.and_then(|r| outer.rows.iter().find(|x| x.id == *r)) {
        Some(row) => format!("{}: {}", row.text, input.label()),
        None => input.label().to_owned(),
    };
    let mut fields = vec![match input.kind {
        InputType::Choice => Field::choice("value", label, choices(input), true),
        InputType::Bool => Field::choice("value", label, options(&[("true", "yes"), ("false", "no")]), true),
        _ => Field::text("value", with_unit(run, input, &label), true),
    }];
    if input.instrument == crate::kernel::model::input::InstrumentUse::Required {
        let known = run
            .instruments()
            .iter()
            .map(|(tag, i)| (tag.to_string(), format!("{tag}  {}  calibration due {}", i.name, i.cal_due)));
        fields.push(Field::choice("instrument", "Instrument", known.collect(), true));
    }
    let purpose = Purpose::Enter(step.id.clone(), name.clone(), row.cloned(), column.cloned());
    let mut intro: Vec<String> = limits(run, input);
    intro.push("A value is recorded as found. Afterwards: u corrects a typing error, F4 writes a deviation.".into());
    Some(Dialog::new(format!("Step {}", step.id), intro, fields, purpose))
}

fn choices(input: &Input) -> Vec<(String, String)> {
    input.options.iter().map(|o| (o.id.to_string(), o.text.clone().unwrap_or_else(|| o.id.to_string()))).collect()
}

fn with_unit(run: &Run, input: &Input, label: &str) -> String {
    match &input.unit {
        Some(unit) => format!("{label} in {}", run.plan().pack.symbol(unit)),
        None => label.to_owned(),
    }
}

/// The limits of an input in words.
#[must_use]
pub fn limits(run: &Run, input: &Input) -> Vec<String> {
    let parameters = &run.plan().manifest.parameters;
    let unit = input.unit.as_ref().map(|u| format!(" {}", run.plan().pack.symbol(u))).unwrap_or_default();
    let mut lines = Vec::new();
    if let Some(limits) = &input.limits {
        for (name, band) in [("accept", &limits.accept), ("alert", &limits.alert), ("plausible", &limits.plausible)] {
            if let Some(band) = band {
                lines.push(format!("{name:<9} {}{unit}", band.range(parameters)));
            }
        }
    }
    if let Some(expected) = run.expected(input) {
        lines.push(format!("must equal {expected}"));
    }
    lines
}

/// How far a typed number is from its limits, in words; none while it is no number.
#[must_use]
pub fn distance(run: &Run, input: &Input, typed: &str) -> Option<String> {
    use crate::kernel::model::number::Number;
    let number = Number::typed(typed).ok()?;
    let range = input.limits.as_ref()?.accept.as_ref()?.range(&run.plan().manifest.parameters);
    if range.contains(number) {
        return Some("inside the limits".into());
    }
    let beyond = |bound: Option<Number>, word: &str| {
        let bound = bound?;
        number.distance(bound).map(|d| format!("{d} {word} the limit {bound}"))
    };
    if range.max.is_some_and(|max| number >= max) { beyond(range.max, "ABOVE") } else { beyond(range.min, "BELOW") }
}

/// The deviation form: code first, text last, everything known filled in.
#[must_use]
pub fn deviation(run: &Run, step: Option<&StepId>, process: Option<ProcessDisposition>) -> Dialog {
    let facts =
        crate::kernel::run::facts_of(run, step, None, process.unwrap_or(ProcessDisposition::Continue), now_of(run));
    let plan = run.plan();
    let codes = plan.pack.reason_codes.iter().filter(|e| e.triggers.is_empty() || e.triggers.contains(&facts.trigger));
    let codes =
        codes.map(|e| (e.code.to_string(), format!("{}  {}  ({})", e.code, e.label, e.default_class.word()))).collect();
    let alternatives = step.and_then(|s| run.authored(s)).map(|s| &s.alternatives[..]).unwrap_or_default();
    let mut ways = vec![
        ("redo", "redo: do the step again"),
        ("continue", "continue as it is"),
        ("skip", "skip the step"),
        ("not_applicable", "mark it not applicable"),
        ("stop", "stop work"),
        ("back_out", "abort and back out"),
    ];
    if !alternatives.is_empty() {
        ways.insert(1, ("alternative", "take the prepared way round"));
    }
    let mut fields = vec![
        Field::choice("code", "Reason code", codes, true),
        Field::text("description", "What happened (what, not who)", true),
        Field::text("immediate", "What was done at once", true),
        Field::choice(
            "containment",
            "Containment",
            options(&[
                ("none", "none needed"),
                ("segregated", "segregated"),
                ("tagged", "tagged"),
                ("isolated", "isolated"),
            ]),
            true,
        )
        .with("none"),
        Field::choice("process", "How the work goes on", options(&ways), true)
            .with(process.map(ProcessDisposition::word).unwrap_or_default()),
    ];
    if !alternatives.is_empty() {
        fields.push(Field::choice(
            "alternative",
            "Which way round",
            alternatives.iter().map(|a| (a.id.to_string(), a.id.to_string())).collect(),
            false,
        ));
    }
    fields.extend([
        Field::text("justification", "Why that is right (needed for continue, skip, use as is, repair)", false),
        Field::choice(
            "item",
            "What becomes of the item",
            options(&[
                ("not_affected", "not affected"),
                ("use_as_is", "use as is"),
                ("rework", "rework"),
                ("repair", "repair"),
                ("scrap_reject", "scrap or reject"),
                ("return", "return"),
                ("quarantine_pending", "quarantine, decide later"),
            ]),
            false,
        )
        .with("not_affected"),
        Field::choice(
            "safety",
            "Safety affected",
            options(&[("none", "no"), ("possible", "possibly"), ("yes", "yes")]),
            true,
        )
        .with("none"),
        Field::choice(
            "data",
            "Data affected",
            options(&[("none", "no"), ("possible", "possibly"), ("yes", "yes")]),
            true,
        )
        .with("none"),
    ]);
    let place = facts.step.as_ref().map_or_else(|| "run".to_owned(), |s| format!("step {s}"));
    let intro = vec![
        format!("{place}   {}   detected {}", facts.trigger.word(), facts.detected_at.clock()),
        format!("required  {}", facts.requirement),
        format!("as found  {}", facts.as_found),
    ];
    let number = DeviationId::numbered(run.deviations().len() + 1);
    let term = plan.pack.term("deviation");
    Dialog::new(format!("{term} {number}"), intro, fields, Purpose::Deviation(step.cloned()))
}

/// Reads the deviation form; none while a field is of the wrong form.
#[must_use]
pub fn statement(form: &Form) -> Option<Statement> {
    let word = |name: &str| form.value(name).map(|v| serde_json::Value::String(v.to_owned()));
    fn read<T: serde::de::DeserializeOwned>(value: Option<serde_json::Value>) -> Option<T> {
        serde_json::from_value(value?).ok()
    }
    Some(Statement {
        return_before: None,
        code: form.value("code")?.parse().ok()?,
        description: form.value("description").unwrap_or_default().to_owned(),
        immediate_action: ImmediateAction {
            text: form.value("immediate").unwrap_or_default().to_owned(),
            containment: read(word("containment")).unwrap_or(Containment::None),
        },
        process: read(word("process"))?,
        alternative: form
            .value("alternative")
            .filter(|_| form.value("process") == Some("alternative"))
            .and_then(|a| a.parse().ok()),
        item: read::<ItemDisposition>(word("item")),
        justification: form.value("justification").map(str::to_owned),
        affected: crate::kernel::model::deviation::Affected::default(),
        safety_impact: read(word("safety")).unwrap_or(Impact::None),
        data_integrity_impact: read(word("data")).unwrap_or(Impact::None),
        proposed: None,
        compensating_action: None,
        cause: None,
        follow_up: None,
        evidence: Vec::<EvidenceDigest>::new(),
    })
}

/// What the policy would say of the form as it stands, and what it still lacks.
#[must_use]
pub fn ruling_words(run: &Run, step: Option<&StepId>, form: &Form) -> Vec<String> {
    let Some(statement) = statement(form) else {
        return vec!["choose a code and how the work goes on to see what the policy says".into()];
    };
    let facts = crate::kernel::run::facts_of(run, step, None, statement.process, now_of(run));
    let plan = run.plan();
    let photo = run.evidence().iter().any(|e| Some(&e.step) == step && e.file.media_type.starts_with("image/"));
    let mut lines = crate::kernel::policy::form_gaps(plan, &facts, &statement, photo);
    if let Some(ruling) = run.ruling(&facts, &statement) {
        let consequence = match (ruling.outcome.word(), statement.process.accepts()) {
            ("block", true) => "BLOCK: this cannot be accepted; redo, take the alternative or back out",
            ("block", false) => "block: it may not be accepted as it is; this way out is open",
            ("review", _) => "review: go on now; FINAL only after a reviewer accepts",
            _ => "allow: recorded; nobody needs to review it",
        };
        lines.push(format!(
            "{} {}  {}  rule {} of {}",
            "class",
            ruling.class.word(),
            consequence,
            ruling.rule,
            ruling.profile
        ));
    }
    lines
}

/// Choosing who comes to the screen.
#[must_use]
pub fn person(run: &Run, step: &StepId, role: &Role, asked: Asked) -> Dialog {
    let crew = run
        .crew()
        .iter()
        .filter(|b| b.role == *role)
        .map(|b| (b.person.to_string(), format!("{} as {}", b.person, b.role)))
        .collect();
    let title = run.authored(step).map(|s| s.title.clone()).unwrap_or_default();
    let what = match asked {
        Asked::Verify => "verifies for himself or herself; what the performer observed may be hidden",
        Asked::Release => "releases the hold; until then work stands still",
        Asked::Sign(meaning) => meaning.word(),
    };
    let intro = vec![format!("Step {step}  {title}"), format!("{role} {what}"), "Hand the terminal over.".into()];
    let purpose = Purpose::Person(step.clone(), role.clone(), asked);
    Dialog::new("Second person", intro, vec![Field::choice("person", "Who", crew, true)], purpose)
}

/// The verifier's own observation.
#[must_use]
pub fn observation(run: &Run, step: &Step, person: &PersonId) -> Dialog {
    let wanted = step.verification.iter().flat_map(|v| &v.observe).filter_map(|name| step.input(name));
    let mut fields: Vec<Field> = Vec::new();
    for input in wanted {
        let label = with_unit(run, input, input.label());
        fields.push(match input.kind {
            InputType::Choice => Field { name: "observe", ..Field::choice("observe", label, choices(input), true) },
            InputType::Bool => Field::choice("observe", label, options(&[("true", "yes"), ("false", "no")]), true),
            _ => Field::text("observe", label, true),
        });
    }
    if fields.is_empty() {
        fields.push(Field::choice(
            "agree",
            "What you see",
            options(&[("yes", "as it should be"), ("no", "not as it should be")]),
            true,
        ));
    }
    let intro = vec![run.plan().text(&step.instruction), "Look for yourself, then enter what you read.".into()];
    Dialog::new(
        format!("{person} verifies step {}", step.id),
        intro,
        fields,
        Purpose::Verify(step.id.clone(), person.clone()),
    )
}

/// Builds the act of a verification out of its form.
#[must_use]
pub fn verify_intent(step: &Step, form: &Form) -> Intent {
    let names = step.verification.iter().flat_map(|v| &v.observe);
    let observed = form.fields.iter().filter(|f| f.name == "observe").map(|f| f.value.trim().to_owned());
    let values: BTreeMap<Variable, String> = names.cloned().zip(observed).collect();
    let agree = form.value("agree").map(|a| a == "yes");
    Intent::Verify { agree, step: step.id.clone(), values }
}

/// What another person may do beyond the active step: review deviations, sign the run.
#[must_use]
pub fn review(run: &Run, person: &PersonId) -> Dialog {
    let mut subjects: Vec<(String, String)> = run
        .deviations()
        .iter()
        .filter(|d| d.reviews.iter().all(|r| r.person != *person))
        .map(|d| {
            (
                d.id.to_string(),
                format!("{} {} {}: {}", d.id, d.class().word(), d.facts.trigger.word(), d.statement.description),
            )
        })
        .collect();
    subjects.push(("run".into(), "the finished run".into()));
    let fields = vec![
        Field::choice("subject", "What", subjects, true),
        Field::choice(
            "decision",
            "Decision",
            options(&[
                ("accept", "accept / approve"),
                ("reject", "reject: the run fails"),
                ("return", "return to the performer"),
            ]),
            true,
        ),
        Field::text("comment", "Comment", true),
    ];
    Dialog::new(
        format!("{person} reviews"),
        vec!["Everything you judge is named in the signed record.".into()],
        fields,
        Purpose::Review(person.clone()),
    )
}

/// Builds the act of a review.
#[must_use]
pub fn review_intent(run: &Run, form: &Form) -> Option<Intent> {
    let comment = form.value("comment").map(str::to_owned);
    let decision = match form.value("decision")? {
        "accept" => ReviewDecision::Accept,
        "reject" => ReviewDecision::Reject,
        _ => ReviewDecision::Return,
    };
    match form.value("subject")? {
        "run" => {
            let meaning = match decision {
                ReviewDecision::Accept => Meaning::Approved,
                ReviewDecision::Reject => Meaning::Rejected,
                ReviewDecision::Return => Meaning::Reviewed,
            };
            Some(Intent::Sign {
                comment,
                meaning,
                subject: Subject { id: run.id().to_string(), kind: SubjectKind::Run },
            })
        }
        id => Some(Intent::ReviewDeviation { comment, decision, deviation: id.parse().ok()?, final_class: None }),
    }
}

/// The correction form: which value, what it should have been, why.
#[must_use]
pub fn correction(run: &Run, id: &StepId) -> Option<Dialog> {
    let attempt = run.step(id)?.current()?;
    let entries: Vec<(String, String)> = attempt
        .entries
        .iter()
        .filter(|e| !e.superseded)
        .map(|e| {
            let cell = |part: Option<String>| part.map(|p| format!(" {p}")).unwrap_or_default();
            let (row, column) = (e.row.as_ref().map(ToString::to_string), e.column.as_ref().map(ToString::to_string));
            let key = format!("{}|{}|{}", e.input, row.clone().unwrap_or_default(), column.clone().unwrap_or_default());
            (key, format!("{}{}{} = {}", e.input, cell(row), cell(column), e.raw))
        })
        .collect();
    if entries.is_empty() {
        return None;
    }
    let first = entries.first().map(|(key, _)| key.clone()).filter(|_| entries.len() == 1).unwrap_or_default();
    let fields = vec![
        Field::choice("entry", "Which value", entries, true).with(first),
        Field::text("value", "What it should have been", true),
        Field::text("reason", "Why (both values stay in the record)", true),
    ];
    Some(Dialog::new(
        format!("Correct step {id}"),
        vec!["The old value is struck through, never erased.".into()],
        fields,
        Purpose::Correct(id.clone()),
    ))
}

/// Builds the act of a correction.
#[must_use]
pub fn correct_intent(step: &StepId, form: &Form) -> Option<Intent> {
    let mut parts = form.value("entry")?.split('|');
    let input = parts.next()?.parse().ok()?;
    let row = parts.next().filter(|p| !p.is_empty()).and_then(|p| p.parse().ok());
    let column = parts.next().filter(|p| !p.is_empty()).and_then(|p| p.parse().ok());
    let (raw, reason) = (form.value("value")?.to_owned(), form.value("reason")?.to_owned());
    Some(Intent::Correct { column, input, raw, reason, row, step: step.clone() })
}

/// The result of a check.
#[must_use]
pub fn check(step: &Step) -> Dialog {
    let fields = vec![
        Field::choice(
            "result",
            "Result",
            options(&[("pass", "pass: as it should be"), ("fail", "fail: not as it should be")]),
            true,
        ),
        Field::text("as_found", "As found (where it was put right)", false),
    ];
    Dialog::new(
        format!("Step {}  {}", step.id, step.title),
        vec![step.instruction.clone()],
        fields,
        Purpose::Check(step.id.clone()),
    )
}

/// Reads the result of a check.
#[must_use]
pub fn check_intent(step: &StepId, form: &Form) -> Option<Intent> {
    let result = if form.value("result")? == "pass" { CheckResult::Pass } else { CheckResult::Fail };
    Some(Intent::Check { late: None, as_found: form.value("as_found").map(str::to_owned), result, step: step.clone() })
}

/// The branches of a decision.
#[must_use]
pub fn decision(run: &Run, step: &Step) -> Dialog {
    let list = step.inputs.iter().flat_map(choices).collect();
    let intro = vec![run.plan().text(&step.instruction)];
    Dialog::new(
        format!("Decision {}", step.id),
        intro,
        vec![Field::choice("option", step.title.clone(), list, true)],
        Purpose::Decide(step.id.clone()),
    )
}
