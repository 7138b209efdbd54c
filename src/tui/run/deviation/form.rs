//! The deviation form: the code first, everything known filled in, the rest unfolded as it is needed.

use crate::kernel::documents::pack::FormDemand;
use crate::kernel::documents::step::StepType;
use crate::kernel::documents::term::Noun;
use crate::kernel::model::deviation::{Class, Facts, Outcome, ProcessDisposition, Statement, Trigger};
use crate::kernel::model::name::{DeviationId, StepId};
use crate::kernel::policy;
use crate::kernel::run::{Run, facts_of};
use crate::telling::terms::{self, localized};
use crate::tui::run::deviation::statement::{provisional, statement};
use crate::tui::run::dialog::{Dialog, Purpose};
use crate::tui::run::forms::{now_of, options};
use crate::tui::widgets::form::{Field, Form, Kind};

/// The fields that unfold when there is more to say, or when the departure is grave.
const WIDE: [&str; 12] = [
    "containment",
    "item",
    "item_type",
    "item_tag",
    "safety",
    "data",
    "proposed",
    "cause",
    "compensating",
    "follow_up",
    "prior_steps",
    "other_runs",
];

/// The deviation form. Code, description, immediate action, way on: a plain departure needs no other field.
#[must_use]
pub fn deviation(run: &Run, step: Option<&StepId>, process: Option<ProcessDisposition>) -> Dialog {
    let title = title_of(run, &DeviationId::numbered(run.deviations().len() + 1));
    let mut fields = quiet(run, step);
    fields.extend(statement_fields(run, step, process));
    let mut dialog = Dialog::new(title, Vec::new(), fields, Purpose::Deviation(step.cloned()));
    dialog.refold(run);
    dialog.form.rest();
    dialog
}

/// What a deviation is called, with its number.
pub(in crate::tui) fn title_of(run: &Run, id: &DeviationId) -> String {
    format!("{} {id}", run.plan().pack.noun(Noun::Deviation))
}

/// The fields of a statement.
pub(in crate::tui) fn statement_fields(
    run: &Run,
    step: Option<&StepId>,
    process: Option<ProcessDisposition>,
) -> Vec<Field> {
    let mut fields = vec![
        Field::choice("code", "Reason code", Vec::new(), true),
        Field::text("description", "What happened (what, not who)", true),
        Field::text("immediate", "Immediate action", true),
        Field::choice("process", "Disposition", ways(run, step), true)
            .with(process.map(ProcessDisposition::word).unwrap_or_default()),
        Field::choice("alternative", "Which alternative", alternatives(run, step), false).folded(),
        Field::text("return_before", "Come back to it before step", false).folded(),
        Field::text("justification", "Why it is right to go on like this", false).folded(),
        Field::choice(
            "more",
            "More to say",
            options(&[("no", "no"), ("yes", "yes: impact, item, cause, follow-up, files")]),
            true,
        )
        .with("no"),
    ];
    fields.extend(wide_fields(run, step));
    fields
}

/// What the form may be about where nothing is due: a file that cannot be had, an absent verifier, a hold.
fn quiet(run: &Run, step: Option<&StepId>) -> Vec<Field> {
    let Some(authored) = step.and_then(|id| run.authored(id)) else { return Vec::new() };
    if run.pending_at(&authored.id).next().is_some() {
        return Vec::new();
    }
    let missing = |id: &str| format!("the file {id} cannot be had");
    let mut list: Vec<(String, String)> =
        authored.evidence.iter().map(|e| (e.id.to_string(), missing(e.id.as_str()))).collect();
    if authored.verification.is_some() {
        list.push(("verifier".into(), "nobody can verify".into()));
    }
    if authored.kind == StepType::Hold {
        list.push(("hold".into(), localized(&run.plan().pack, "the hold is passed without release")));
    }
    let now = now_of(run);
    let unproven = run.waited(authored, &now).filter(|_| run.waits_unproven(authored, &now));
    list.extend(
        unproven.iter().map(|w| (w.least.word().to_owned(), "no clock proves that the time passed".to_owned())),
    );
    if list.is_empty() {
        return Vec::new();
    }
    list.insert(0, ("step".into(), "the step as such".into()));
    let usual = unproven.map_or("step", |waited| waited.least.word());
    vec![Field::choice("about", "What it is about", list, true).with(usual)]
}

fn wide_fields(run: &Run, step: Option<&StepId>) -> Vec<Field> {
    let kinds = KINDS.iter().map(|(id, text)| ((*id).to_owned(), localized(&run.plan().pack, text))).collect();
    let impact = options(&[("none", "no"), ("possible", "possibly"), ("yes", "yes")]);
    let named =
        step.and_then(|id| run.authored(id)?.component.as_ref()).map(|c| format!(" (the step names {})", c.tag));
    let files = run.evidence().iter().rev().map(|e| (e.file.blake3.to_string(), format!("{} {}", e.step, e.file.name)));
    vec![
        Field::choice("containment", "Containment", options(CONTAINMENTS), true).with("none").folded(),
        Field::choice("item", "What becomes of the item", options(ITEMS), false).with("not_affected").folded(),
        Field::choice("item_type", "What kind of thing is affected", kinds, false).folded(),
        Field::text("item_tag", format!("Its tag, several with commas{}", named.unwrap_or_default()), false).folded(),
        Field::choice("safety", "Safety affected", impact.clone(), true).with("none").folded(),
        Field::choice("data", "Data affected", impact, true).with("none").folded(),
        Field::choice(
            "proposed",
            "Graver than the class above (may only raise it)",
            options(&[("minor", "no"), ("major", "major"), ("critical", "critical")]),
            false,
        )
        .with("minor")
        .folded(),
        Field::text("cause", "Cause, as far as it is known", false).folded(),
        Field::text("compensating", "Compensating measure", false).folded(),
        Field::text("follow_up", "Where it is followed up", false).folded(),
        Field::text("prior_steps", "Earlier steps affected, such as 4.1, 4.2", false).folded(),
        Field::text("other_runs", "Other runs affected", false).folded(),
        Field::several("evidence", "Files that show it", files.take(40).collect()).folded(),
    ]
}

const CONTAINMENTS: &[(&str, &str)] =
    &[("none", "none needed"), ("segregated", "segregated"), ("tagged", "tagged"), ("isolated", "isolated")];

const ITEMS: &[(&str, &str)] = &[
    ("not_affected", "not affected"),
    ("use_as_is", "use as is"),
    ("rework", "rework"),
    ("repair", "repair"),
    ("scrap_reject", "scrap or reject"),
    ("return", "return"),
    ("quarantine_pending", "quarantine, decide later"),
];

const KINDS: &[(&str, &str)] = &[
    ("asset", "asset"),
    ("component", "component"),
    ("material", "material or part"),
    ("instrument", "instrument"),
    ("system", "system or host"),
    ("document", "document or record"),
    ("key", "key or credential"),
];

const WAYS: [(ProcessDisposition, &str); 8] = [
    (ProcessDisposition::Redo, "redo: do the step again"),
    (ProcessDisposition::Continue, "continue as it is"),
    (ProcessDisposition::Alternative, "take the prepared alternative"),
    (ProcessDisposition::Skip, "skip the step"),
    (ProcessDisposition::NotApplicable, "mark it not applicable"),
    (ProcessDisposition::Defer, "defer: come back to it later"),
    (ProcessDisposition::Stop, "stop work"),
    (ProcessDisposition::BackOut, "abort and back out"),
];

fn ways(run: &Run, step: Option<&StepId>) -> Vec<(String, String)> {
    let offered =
        WAYS.iter().filter(|(way, _)| *way != ProcessDisposition::Alternative || !alternatives(run, step).is_empty());
    offered.map(|(way, words)| (way.word().to_owned(), (*words).to_owned())).collect()
}

fn alternatives(run: &Run, step: Option<&StepId>) -> Vec<(String, String)> {
    let authored = step.and_then(|s| run.authored(s)).map(|s| &s.alternatives[..]).unwrap_or_default();
    authored.iter().map(|a| (a.id.to_string(), a.id.to_string())).collect()
}

/// The facts that the form would be recorded with as it stands.
fn facts(run: &Run, step: Option<&StepId>, form: &Form) -> Facts {
    let process = WAYS.iter().find(|(way, _)| form.value("process") == Some(way.word()));
    facts_by(run, step, form, process.map_or(ProcessDisposition::Continue, |(way, _)| *way))
}

/// The same for another way on; the facts of a deviation that is changed stay as they were recorded.
fn facts_by(run: &Run, step: Option<&StepId>, form: &Form, process: ProcessDisposition) -> Facts {
    let amended = form.value("amends").and_then(|id| id.parse().ok()).and_then(|id| run.deviation(&id));
    match amended {
        Some(deviation) => deviation.facts.clone(),
        None => facts_of(run, step, about(form), process, &now_of(run)),
    }
}

/// What the deviation is about, where the form says so.
#[must_use]
pub fn about(form: &Form) -> Option<&str> {
    form.value("about").filter(|about| *about != "step")
}

/// What stands above the form: what set it off, what was required, what was found.
#[must_use]
pub fn deviation_facts(run: &Run, step: Option<&StepId>, form: &Form) -> Vec<String> {
    let facts = facts(run, step, form);
    let place = facts.step.as_ref().map_or_else(|| "run".to_owned(), |s| format!("step {s}"));
    vec![
        format!("{place}   {}   detected {}", terms::trigger(run, facts.trigger), facts.detected_at.clock()),
        format!("required  {}", facts.requirement),
        format!("as found  {}", facts.as_found),
    ]
}

/// Offers the codes that fit, marks the ways that the policy blocks, and unfolds what is needed.
pub fn refold_deviation(run: &Run, step: Option<&StepId>, form: &mut Form) {
    let facts = facts(run, step, form);
    offer(form, "code", codes(run, facts.trigger));
    let marked = ways(run, step).into_iter().map(|(way, words)| {
        let mark = mark(run, step, form, &way);
        (way, format!("{words}{mark}"))
    });
    let marked = marked.collect();
    offer(form, "process", marked);
    let process = form.value("process").map(str::to_owned);
    form.unfold("alternative", false, process.as_deref() == Some("alternative"));
    form.unfold("return_before", false, process.as_deref() == Some(ProcessDisposition::Defer.word()));
    let entry = form.value("code").and_then(|c| c.parse().ok()).and_then(|c| run.plan().pack.code(&c));
    let demands = |demand: FormDemand| entry.is_some_and(|e| e.requires.contains(&demand));
    let grave = entry.is_some_and(|e| e.default_class > Class::Minor)
        || statement(form).is_ok_and(|s| run.ruling(&facts, &s).is_some_and(|r| r.class > Class::Minor));
    let wide = form.value("more") == Some("yes") || grave;
    let asked = statement(form).map(|s| run.form(&facts, &s)).unwrap_or_default();
    for name in WIDE {
        let demanded = (name.starts_with("item_") && (demands(FormDemand::AffectedItem) || asked.affected))
            || (name == "compensating" && asked.compensation);
        let once = name.starts_with("item_") || name == "compensating";
        let required = form.field(name).is_some_and(|f| f.required && !once);
        form.unfold(name, wide, demanded);
        if let Some(field) = form.field(name).filter(|_| required) {
            field.required = true;
        }
    }
    form.unfold("evidence", wide || demands(FormDemand::Photo) || asked.evidence.is_some(), false);
    let accepted = matches!(process.as_deref(), Some("continue" | "skip"));
    let kept = matches!(form.value("item"), Some("use_as_is" | "repair"));
    form.unfold("justification", wide, accepted || kept);
}

fn offer(form: &mut Form, name: &str, list: Vec<(String, String)>) {
    if let Some(field) = form.field(name) {
        field.kind = Kind::Choice(list);
        let value = field.value.clone();
        field.set(&value);
    }
}

fn codes(run: &Run, trigger: Trigger) -> Vec<(String, String)> {
    let fitting =
        run.plan().pack.reason_codes.iter().filter(|e| e.triggers.is_empty() || e.triggers.contains(&trigger));
    fitting.map(|e| (e.code.to_string(), format!("{}  {}  ({})", e.code, e.label, e.default_class.word()))).collect()
}

/// What stands behind a way on that cannot be taken; empty where it is open.
fn mark(run: &Run, step: Option<&StepId>, form: &Form, way: &str) -> String {
    let Some(statement) = provisional(form, way) else { return String::new() };
    let facts = facts_by(run, step, form, statement.process);
    let plan = run.plan();
    // Before which step one comes back is asked only when that way is chosen.
    let undecided = statement.process == ProcessDisposition::Defer && statement.return_before.is_none();
    if !undecided && !policy::is_possible(plan, &facts, &statement) {
        return "   (off: not possible here)".into();
    }
    match run.ruling(&facts, &statement) {
        Some(r) if r.outcome == Outcome::Block && statement.process.accepts() => {
            format!("   (BLOCKED: rule {}, profile {})", r.rule, r.profile)
        }
        _ => String::new(),
    }
}

/// What the policy would say of the form as it stands, and what it still lacks.
#[must_use]
pub fn ruling_words(run: &Run, step: Option<&StepId>, form: &Form) -> Vec<String> {
    let Ok(statement) = statement(form) else {
        return vec!["choose a code and a disposition to see what the policy says".into()];
    };
    let facts = facts(run, step, form);
    let mut lines = run.form_gaps(&facts, &statement, run.deviations().len());
    lines.extend(run.ruling(&facts, &statement).map(|ruling| consequence(&ruling, &statement)));
    lines
}

fn consequence(ruling: &crate::kernel::model::deviation::Ruling, statement: &Statement) -> String {
    let words = match (ruling.outcome, statement.process.accepts()) {
        (Outcome::Block, true) => "BLOCK: this cannot be accepted; redo, take the alternative or back out",
        (Outcome::Block, false) => "block: it may not be accepted as it is; this way out is open",
        (Outcome::Review, _) => "review: go on now; FINAL only after a reviewer accepts",
        (Outcome::Allow, _) => "allow: recorded; nobody needs to review it",
    };
    format!("class {}  {words}  rule {}, profile {}", ruling.class.word(), ruling.rule, ruling.profile)
}
