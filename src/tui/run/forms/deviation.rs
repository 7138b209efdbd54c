//! The deviation form: everything known is filled in, the code comes first.

use super::{now_of, options};
use crate::kernel::canon::digest::EvidenceDigest;
use crate::kernel::model::deviation::{
    Containment, ImmediateAction, Impact, ItemDisposition, ProcessDisposition, Statement,
};
use crate::kernel::model::name::{DeviationId, StepId};
use crate::kernel::run::Run;
use crate::tui::form::{Field, Form};
use crate::tui::run::dialog::{Dialog, Purpose};

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
    if let Some(ruling) = crate::kernel::policy::ruling(plan, &facts, &statement) {
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
