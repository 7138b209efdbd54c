//! What another person fills in: who it is, what he or she sees, what is judged.

use crate::kernel::documents::step::Step;
use crate::kernel::documents::term::Noun;
use crate::kernel::model::deviation::ReviewDecision;
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{PersonId, Role, StepId, Variable};
use crate::kernel::model::subject::{Subject, SubjectKind};
use crate::kernel::records::intent::Intent;
use crate::kernel::run::Run;
use crate::telling::terms::{self, localized};
use crate::tui::run::dialog::{Dialog, Purpose};
use crate::tui::run::forms::options;
use crate::tui::run::forms::value::reading;
use crate::tui::run::next::Asked;
use crate::tui::widgets::form::{Field, Form, Kind};
use std::collections::BTreeMap;

/// Choosing who comes to the screen.
#[must_use]
pub fn person(run: &Run, step: &StepId, role: &Role, asked: Asked) -> Dialog {
    let mut crew = terms::holders(run, role);
    let meaning = match asked {
        Asked::Verify => None,
        Asked::Release => Some(Meaning::HoldReleased),
        Asked::Sign(meaning) => Some(meaning.meaning()),
    };
    // Different persons are counted: who gave it already is not asked again.
    if let Some((meaning, attempt)) = meaning.zip(run.step(step).and_then(|s| s.current())) {
        crew.retain(|(id, _)| !attempt.signed.iter().any(|(r, m, p)| r == role && *m == meaning && p.as_str() == id));
    }
    let title = run.authored(step).map(|s| s.title.clone()).unwrap_or_default();
    let what = match asked {
        Asked::Verify => "verifies for himself or herself; what was observed before may be hidden".to_owned(),
        Asked::Release => localized(&run.plan().pack, "releases the hold; until then work waits"),
        Asked::Sign(meaning) => format!("signs: {}", localized(&run.plan().pack, meaning.word())),
    };
    let intro = vec![
        format!("Step {step}  {title}"),
        format!("{} {what}", run.plan().pack.role(role)),
        "Hand the terminal over.".into(),
    ];
    let purpose = Purpose::Person(step.clone(), role.clone(), asked);
    Dialog::new("Second person", intro, vec![Field::choice("person", "Who", crew, true)], purpose)
}

/// Choosing who comes to the screen for a review or a signature on the run.
#[must_use]
pub fn anybody_else(run: &Run, performer: &PersonId) -> Dialog {
    let others: BTreeMap<String, String> = run
        .crew()
        .iter()
        .filter(|b| b.person != *performer)
        .map(|b| (b.person.to_string(), terms::held(run, b)))
        .collect();
    let pack = &run.plan().pack;
    let fields = vec![Field::choice("person", "Who", others.into_iter().collect(), true)];
    let intro = vec![localized(
        pack,
        &format!("{} of the deviation forms, or a signature on the run.", pack.noun(Noun::Review)),
    )];
    Dialog::new("Second person", intro, fields, Purpose::AnyPerson)
}

/// What a second person fills in who releases a hold.
#[must_use]
pub fn release(run: &Run, step: &StepId, person: &PersonId) -> Dialog {
    let text = run.authored(step).map(|a| run.plan().text(&a.instruction)).unwrap_or_default();
    let fields = vec![Field::text("comment", "Comment", false)];
    let purpose = Purpose::Release(step.clone(), person.clone());
    Dialog::new(format!("{person} releases {} {step}", terms::noun(run, Noun::Hold)), vec![text], fields, purpose)
}

/// The verifier's own observation.
#[must_use]
pub fn observation(run: &Run, step: &Step, person: &PersonId) -> Dialog {
    let wanted = step.verification.iter().flat_map(|v| &v.observe).filter_map(|name| step.input(name));
    let mut fields: Vec<Field> = Vec::new();
    for input in wanted {
        fields.push(reading("observe", run, input, input.label()).needed());
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
                format!(
                    "{} {} {}: {}",
                    d.id,
                    d.class().word(),
                    terms::trigger(run, d.facts.trigger),
                    d.statement.description
                ),
            )
        })
        .collect();
    subjects.push((RUN.into(), "the finished run".into()));
    let fields = vec![
        Field::choice("subject", "What", subjects, true),
        Field::choice("decision", "Decision", decisions(true), true),
        Field::choice(
            "final_class",
            "Class from now on (leave it empty: as it stands)",
            options(&[("minor", "minor"), ("major", "major"), ("critical", "critical")]),
            false,
        )
        .folded(),
        Field::text("comment", "Comment", true),
    ];
    Dialog::new(
        format!("{person}: {}", terms::noun(run, Noun::Review)),
        vec!["Everything you decide on is named in the signed record.".into()],
        fields,
        Purpose::Review(person.clone()),
    )
}

/// What can be decided: a deviation may go back to the performer, the finished run only stands or falls.
fn decisions(returns: bool) -> Vec<(String, String)> {
    let mut list = options(&[
        ("accept", "accept / approve"),
        ("reject", "reject: the run fails"),
        ("return", "return: it is to be written anew"),
    ]);
    list.truncate(if returns { 3 } else { 2 });
    list
}

/// Offers the decisions that fit what is reviewed.
pub fn refold_review(form: &mut Form) {
    let returns = form.value("subject").is_none_or(|subject| subject != RUN);
    let judged = form.value("subject").is_some() && returns;
    form.unfold("final_class", judged, false);
    if let Some(field) = form.field("decision") {
        field.kind = Kind::Choice(decisions(returns));
        let value = field.value.clone();
        field.set(&value);
    }
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
    let subject = form.value("subject")?;
    if subject != RUN {
        let deviation = subject.parse().ok()?;
        let class = form.value("final_class").map(|c| serde_json::from_value(c.into()));
        return Some(Intent::ReviewDeviation { comment, decision, deviation, final_class: class.transpose().ok()? });
    }
    let meaning = match decision {
        ReviewDecision::Accept => Meaning::Approved,
        ReviewDecision::Reject => Meaning::Rejected,
        ReviewDecision::Return => return None,
    };
    Some(Intent::Sign { comment, meaning, subject: Subject { id: run.id().to_string(), kind: SubjectKind::Run } })
}

/// The run as a whole among the things to be reviewed.
const RUN: &str = "run";
