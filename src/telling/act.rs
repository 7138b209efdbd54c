//! Acts in words: what is about to be signed, and what was recorded.

use super::terms::{held, localized, noun};
use super::told::Told;
use super::value::{counts, entry, tone};
use super::work;
use crate::kernel::documents::pack::Pack;
use crate::kernel::documents::term::Noun;
use crate::kernel::model::deviation::ReviewDecision;
use crate::kernel::model::name::{OptionId, StepId};
use crate::kernel::model::opening::Binding;
use crate::kernel::model::outcome::{CheckResult, Match, StepOutcome};
use crate::kernel::records::intent::{Intent, work_act};
use crate::kernel::run::Run;

/// Returns an act in words: "release hold", where the field has no word for a hold.
#[must_use]
pub fn act(pack: &Pack, intent: &Intent) -> String {
    match intent {
        Intent::Deviate { .. } => pack.noun(Noun::Deviation).within(),
        other => localized(pack, &other.word()),
    }
}

/// Returns what an act did, read from the run behind it: "step 5 started", "0.12 bar(g), in limits".
#[must_use]
pub fn done(run: &Run, intent: &Intent) -> Told {
    if let Some(act) = intent.of_work() {
        return work::done(run, act);
    }
    let good = match intent {
        Intent::Enter { step, input, row, column, .. } | Intent::Correct { step, input, row, column, .. } => {
            counts(run, (step, input, row.as_ref(), column.as_ref()))
        }
        Intent::Check { result, .. } => *result == CheckResult::Pass,
        Intent::Perform { outcome, .. } => *outcome == StepOutcome::Done,
        Intent::ConfirmComponent { step, .. } => is_identified(run, step),
        Intent::ReviewDeviation { decision, .. } => *decision != ReviewDecision::Reject,
        _ => true,
    };
    Told::new(tone(good), words(run, intent))
}

fn is_identified(run: &Run, step: &StepId) -> bool {
    run.step(step).and_then(|known| known.current()).is_none_or(|a| a.component != Some(Match::Mismatch))
}

fn words(run: &Run, intent: &Intent) -> String {
    match intent {
        Intent::Open { .. } => "run opened".into(),
        Intent::Unlock { .. } => "session unlocked".into(),
        Intent::AcknowledgeChange { .. } => "change acknowledged".into(),
        Intent::LockSession { .. } => "session locked".into(),
        Intent::BindCrew { person, role } => held(run, &Binding { person: person.clone(), role: role.clone() }),
        Intent::RegisterInstrument { instrument, .. } => {
            format!("{} {instrument} registered", noun(run, Noun::Instrument))
        }
        Intent::RegisterMaterial { material, .. } => format!("{} {material} registered", noun(run, Noun::Material)),
        Intent::RegisterPermit { permit, .. } => format!("{} {permit} registered", noun(run, Noun::Permit)),
        Intent::Begin { step } => format!("step {step} started"),
        Intent::Acknowledge { advisory: Some(_), step } => format!("advisory of step {step} acknowledged"),
        Intent::Acknowledge { advisory: None, step } => {
            format!("{} of step {step} acknowledged", noun(run, Noun::Brief))
        }
        Intent::ConfirmComponent { step, tag } => match is_identified(run, step) {
            true => format!("{} {tag} identified", noun(run, Noun::Component)),
            false => format!("step {step} names another {} than {tag}", noun(run, Noun::Component)),
        },
        Intent::Enter { step, input, row, column, .. } => entry(run, (step, input, row.as_ref(), column.as_ref())),
        Intent::Correct { step, input, row, column, .. } => {
            format!("corrected: {}", entry(run, (step, input, row.as_ref(), column.as_ref())))
        }
        Intent::Check { result, step, .. } => match result {
            CheckResult::Pass => format!("step {step}: pass"),
            CheckResult::Fail => format!("step {step}: FAIL"),
        },
        Intent::Decide { option, step } => format!("step {step}: {}", option_words(run, step, option)),
        work_act!() => intent.of_work().map(|act| work::done(run, act).to_string()).unwrap_or_default(),
        Intent::Observe { watch, .. } => format!("{} {watch} observed", noun(run, Noun::Watch)),
        Intent::Attach { file, step, .. } => format!("step {step}: {} attached", file.name),
        Intent::Redact { .. } => "file redacted; its digests stay".into(),
        Intent::Perform { outcome, step, .. } => match outcome {
            StepOutcome::Done => format!("step {step} done"),
            StepOutcome::Cannot => format!("step {step} cannot be done"),
            StepOutcome::Failed => format!("step {step} FAILED"),
        },
        Intent::Verify { step, .. } => format!("verification of step {step} recorded"),
        Intent::ReleaseHold { step, .. } => format!("{} {step} released", noun(run, Noun::Hold)),
        Intent::Redo { step } => format!("step {step} opened again"),
        Intent::NotApplicable { step } => format!("step {step} marked not applicable"),
        Intent::Skip { step } => format!("step {step} skipped"),
        Intent::Defer { step } => format!("step {step} deferred"),
        Intent::Reconfirm { step, .. } => format!("step {step} confirmed again"),
        Intent::Deviate { .. } => {
            let raised = run.deviations().last().map(|d| format!(" {}", d.id)).unwrap_or_default();
            format!("{}{raised} recorded", noun(run, Noun::Deviation))
        }
        Intent::AmendDeviation { deviation, .. } => format!("{} {deviation} changed", noun(run, Noun::Deviation)),
        Intent::ReviewDeviation { decision, deviation, .. } => match decision {
            ReviewDecision::Accept => format!("{deviation} accepted"),
            ReviewDecision::Reject => format!("{deviation} REJECTED"),
            ReviewDecision::Return => format!("{deviation} returned"),
        },
        Intent::Sign { meaning, .. } => format!("signed: {}", localized(&run.plan().pack, meaning.word())),
        Intent::Request { .. } => "request recorded".into(),
        Intent::ImportAnswer { .. } => "answer imported".into(),
        Intent::Note { .. } => "note".into(),
        Intent::Pause { .. } => "run paused".into(),
        Intent::Resume { .. } => "run resumed".into(),
        Intent::Turnover { to, .. } => format!("{}: waits for {to}", noun(run, Noun::Turnover)),
        Intent::AcceptTurnover {} => format!("{}: accepted", noun(run, Noun::Turnover)),
        Intent::StopWork { .. } => "work stopped".into(),
        Intent::Abort { .. } => "abort begun".into(),
        Intent::ConfirmSafeState { .. } => "safe state confirmed".into(),
        Intent::Close { .. } => "run closed".into(),
    }
}

/// The words of a branch, as the author wrote them.
fn option_words(run: &Run, step: &StepId, option: &OptionId) -> String {
    let inputs = run.authored(step).map_or(&[][..], |authored| &authored.inputs);
    let chosen = inputs.iter().flat_map(|input| &input.options).find(|known| known.id == *option);
    let words = chosen.and_then(|chosen| chosen.text.as_deref());
    words.map_or_else(|| option.to_string(), str::to_owned)
}
