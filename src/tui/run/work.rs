//! The kinds of work with acts of their own, as the run screen shows them: what Enter opens, and what is seen.

use super::dialog::{Dialog, Purpose};
use super::forms::options;
use super::forms::plain::{Plain, WHO, yes_no};
use super::forms::value::{instrument, limits, reading};
use crate::kernel::documents::pack::Pack;
use crate::kernel::documents::step::Step;
use crate::kernel::documents::term::Noun;
use crate::kernel::model::input::InstrumentUse;
use crate::kernel::model::name::{PersonId, Role, StepId};
use crate::kernel::records::intent::Intent;
use crate::kernel::run::{Attempt, Run};
use crate::kernel::work::calculate::Calculate;
use crate::kernel::work::communicate::CommunicationKind;
use crate::kernel::work::poll::PollEntry;
use crate::kernel::work::sample::Sample;
use crate::kernel::work::{Waits, witness};
use crate::telling;
use crate::telling::terms::{self, localized};
use crate::tui::ground::theme::Role as Tone;
use crate::tui::widgets::form::Field;

/// The act that needs no form.
pub(super) fn at_once(step: &StepId, waits: &Waits) -> Option<Intent> {
    match waits {
        Waits::Calculate(_) => Some(Calculate { step: step.clone() }.into()),
        Waits::Sample(_) | Waits::Communicate(_) | Waits::Witness(_) | Waits::GoNoGo(_) | Waits::Call(_) => None,
    }
}

/// The form that Enter opens; none where it needs none.
pub(super) fn form(run: &Run, step: &StepId, waits: &Waits, person: &PersonId) -> Option<Dialog> {
    match waits {
        Waits::Calculate(_) => None,
        Waits::Sample(_) => more(run, step),
        Waits::Communicate(_) => run.authored(step).map(|step| message(run, step)),
        Waits::Witness(witness::Waits::Notice(role)) => Some(notify(&run.plan().pack, step, role)),
        Waits::Witness(witness::Waits::Attendance(role, _)) => Some(attend(run, step, role, person)),
        Waits::GoNoGo(asked) => Some(poll(run, step, &asked.role)),
        Waits::Call(_) => Some(bundle(step)),
    }
}

/// Tells whether a row wants an instrument and none is registered yet: that comes first.
pub(super) fn lacks_instrument(run: &Run, step: &StepId) -> bool {
    let sample = run.authored(step).and_then(|step| step.sample.as_ref());
    let asks = |sample: &Sample| sample.table.columns.iter().any(|c| c.instrument == InstrumentUse::Required);
    run.instruments().is_empty() && sample.is_some_and(asks)
}

/// One more row of a sample than the step waits for; none at a step that takes no rows.
pub(super) fn more(run: &Run, step: &StepId) -> Option<Dialog> {
    let step = run.authored(step)?;
    let sample = step.sample.as_ref()?;
    let columns = &sample.table.columns;
    let mut fields: Vec<Field> = columns.iter().map(|column| reading("values", run, column, column.label())).collect();
    if columns.iter().any(|column| column.instrument == InstrumentUse::Required) {
        fields.push(instrument(run));
    }
    if columns.iter().any(|c| c.limits.as_ref().is_some_and(|limits| limits.plausible.is_some())) {
        let label = "What seems implausible was read again";
        fields.push(Field::choice("read_again", label, options(&[("true", "yes"), ("false", "no")]), false));
    }
    let taken = run.step(&step.id).and_then(|s| s.current()).map_or(0, |attempt| attempt.work.sample.rows);
    let intro = columns.iter().flat_map(|column| {
        limits(run, column).into_iter().map(|line| format!("{}: {}", column.label(), line.trim_end()))
    });
    let plain =
        Plain { columns: columns.iter().map(|c| c.id.to_string()).collect(), ..Plain::at("take_sample", &step.id) };
    Some(plain.form(format!("{}, row {}", sample.table.label(), taken + 1), intro.collect(), fields))
}

/// What the author wrote for the kind of a step.
pub(super) fn written(run: &Run, step: &Step) -> Option<String> {
    let plan = run.plan();
    let message = step.communicate.as_ref().map(|c| format!("To {}: \"{}\"", c.to, plan.text(&c.message)));
    let call = step.call.as_ref().map(|c| format!("Procedure {}  package {}", c.procedure, &c.package.hex()[..16]));
    message.or(call)
}

/// What was done of it, and by whom.
pub(super) fn done(run: &Run, step: &Step, attempt: &Attempt) -> Vec<(Tone, String)> {
    let mut lines = answers(run, step, attempt);
    lines.extend(attendance(run, step, attempt).map(|text| (Tone::Text, text)));
    lines.extend(attempt.work.call.bundle.map(|bundle| (Tone::Ok, format!("Bundle {}", &bundle.hex()[..16]))));
    lines
}

fn answers(run: &Run, step: &Step, attempt: &Attempt) -> Vec<(Tone, String)> {
    let of_role = |asked: &PollEntry| attempt.work.poll.of(&asked.role).collect::<Vec<_>>();
    let given =
        step.poll.iter().flat_map(|asked| of_role(asked).into_iter().map(move |(who, answer)| (asked, who, answer)));
    given
        .map(|(asked, who, answer)| {
            let role = terms::role(run, &asked.role);
            let who = if asked.count.get() > 1 { format!(" ({who})") } else { String::new() };
            let told = telling::work::answer(&role, answer);
            (Tone::of(told.tone), format!("{told}{who}"))
        })
        .collect()
}

fn attendance(run: &Run, step: &Step, attempt: &Attempt) -> impl Iterator<Item = String> {
    let witness = step.witness.as_ref().map(|w| terms::role(run, &w.by)).unwrap_or_default();
    let state = &attempt.work.witness;
    let told = state.notified.as_ref().map(|at| format!("Notice to the {witness} at {}", at.time().clock()));
    let came = state.attended.map(|outcome| format!("The {witness}: {}", telling::work::attendance(outcome)));
    told.into_iter().chain(came)
}

/// Where the bundle of a called procedure lies.
fn bundle(step: &StepId) -> Dialog {
    let fields = vec![Field::text("bundle", "Where the bundle of the called procedure lies", true)];
    Dialog::new(format!("Call of step {step}"), Vec::new(), fields, Purpose::Call(step.clone()))
}

/// Saying the message of a step, and hearing it back.
fn message(run: &Run, step: &Step) -> Dialog {
    let wanted = step.communicate.as_ref();
    let message = wanted.map(|w| run.plan().text(&w.message)).unwrap_or_default();
    let mut fields = vec![Field::text("party", "To whom it was said", true)];
    if wanted.is_some_and(|w| w.kind == CommunicationKind::ThreeWay) {
        fields.push(Field::text("repeat_back", "What was said back", true));
        fields.push(yes_no("confirmed", "Was it repeated rightly, and confirmed"));
    }
    let to = wanted.map(|w| w.to.clone()).unwrap_or_default();
    let mut intro = vec![format!("To {to}, say:"), format!("  {message}")];
    if fields.len() > 1 {
        intro.push("Let it be repeated back, word for word; write down what you hear, then confirm it.".into());
    }
    Plain::at("communicate", &step.id).form("Say the message", intro, fields)
}

/// Giving a witness notice.
pub(super) fn notify(pack: &Pack, step: &StepId, role: &Role) -> Dialog {
    let fields = vec![Field::text("party", "Who was told", true), Field::text("by", "How, such as telephone", true)];
    Plain::at("notify_witness", step).form(format!("Notice to the {}", pack.role(role).within()), Vec::new(), fields)
}

/// Whether a witness came; the witness says so, or the performer that nobody came.
fn attend(run: &Run, step: &StepId, role: &Role, performer: &PersonId) -> Dialog {
    let pack = &run.plan().pack;
    let there = localized(pack, "the witness was there");
    let absent = localized(pack, "the witness waives it");
    let ways = [("attended", there.as_str()), ("declined", absent.as_str()), ("not_attended", "nobody came")];
    let mut who = terms::holders(run, role);
    who.push((performer.to_string(), format!("{performer}, where nobody came")));
    let fields = vec![
        Field::choice("outcome", "Attendance", options(&ways), true),
        Field::choice(WHO, "Who says so", who, true),
        Field::text("comment", "Comment", false),
    ];
    Plain::at("attend", step).form(format!("{} of step {step}", pack.noun(Noun::Witness)), Vec::new(), fields)
}

/// The answer of a role to go or no-go.
fn poll(run: &Run, step: &StepId, role: &Role) -> Dialog {
    let answered = run.step(step).and_then(|s| s.current()).map(|a| &a.work.poll);
    let mut who = terms::holders(run, role);
    who.retain(|(id, _)| !answered.is_some_and(|given| given.of(role).any(|(p, _)| p.as_str() == id)));
    let fields = vec![
        Field::choice(WHO, "Who answers", who, true),
        Field::choice("answer", "Answer", options(&[("go", "GO"), ("no_go", "NO GO")]), true),
        Field::text("comment", "Why (needed for no go)", false),
    ];
    let mut plain = Plain::at("poll", step);
    plain.fixed.push(("role", role.to_string()));
    plain.form(format!("{}: go or no-go", run.plan().pack.role(role)), Vec::new(), fields)
}
