//! What happened at a step, from its beginning to its end.

use super::super::block::Block;
use super::teller::{Chapter, Said, Teller, and, matched, plain};
use crate::kernel::documents::term::Noun;
use crate::kernel::model::evidence::{Origin, Sensitivity};
use crate::kernel::model::late::Late;
use crate::kernel::model::name::DeviationId;
use crate::kernel::model::outcome::{AttemptReason, CheckResult, StepOutcome};
use crate::kernel::records::event::{
    AdvisoryAcknowledged, AttemptStarted, CheckRecorded, ComponentConfirmed, DecisionTaken, EvidenceCaptured,
    EvidenceRedacted, StepCompleted, StepDeferred, StepFailed, StepNotApplicable, StepPerformed, StepReconfirmed,
    StepSkipped, StepStarted,
};
use crate::kernel::text::counted;

impl Teller<'_> {
    pub(super) fn started(&self, d: &StepStarted) -> Said {
        let attempts = self.run().step(&d.step).map_or(&[][..], |known| &known.attempts);
        let index = d.attempt.saturating_sub(1) as usize;
        let pass = attempts.get(index).map_or(1, |attempt| attempt.pass);
        let mut said = Said::new("Begun", format!("attempt {}", d.attempt));
        if attempts.len() > 1 {
            said.before = vec![Block::Item(format!("Attempt {}, pass {pass}", d.attempt))];
        }
        said
    }

    pub(super) fn briefed(&self) -> Said {
        Said::new(self.noun(Noun::Brief), "read and acknowledged")
    }

    pub(super) fn advised(&self, d: &AdvisoryAcknowledged) -> Said {
        let advisory = self.authored(&d.step).and_then(|step| step.advisories.get(d.advisory as usize));
        let text = advisory.map_or_else(|| format!("advisory {}", d.advisory), |a| self.plan().text(&a.text));
        Said::new("Acknowledged", format!("{}: {text}", plain(d.level)))
    }

    pub(super) fn identified(&self, d: &ComponentConfirmed) -> Said {
        let name = and("", self.plan().pack.component(&d.expected));
        let text = format!("{} given, {} expected{name}; {}", d.given, d.expected, matched(d.result));
        Said::new(self.noun(Noun::Component), text)
    }

    pub(super) fn checked(&self, d: &CheckRecorded) -> Said {
        let result = if d.result == CheckResult::Pass { "pass" } else { "FAIL" };
        Said::new("Check", format!("{result}{}{}", and("as found: ", d.as_found.as_ref()), late(d.late.as_ref())))
    }

    pub(super) fn decided(&self, d: &DecisionTaken) -> Said {
        let inputs = self.authored(&d.step).map_or(&[][..], |step| &step.inputs);
        let option = inputs.iter().flat_map(|input| &input.options).find(|option| option.id == d.option);
        let words = option.and_then(|option| option.text.as_ref());
        let words = words.map_or_else(String::new, |words| format!(" ({words})"));
        Said::new("Decision", format!("{}{words}", d.option))
    }

    pub(super) fn captured(&self, d: &EvidenceCaptured) -> Said {
        let file = &d.file;
        let origin = match file.origin {
            Origin::File => "a captured file",
            Origin::Text => "typed text",
        };
        let restricted = if d.sensitivity == Sensitivity::Restricted { "; RESTRICTED" } else { "" };
        let dropped =
            self.run().evidence().iter().any(|item| item.file.blake3 == file.blake3 && item.redacted.is_some());
        let text = format!(
            "{}, {}, {}{}, {origin}, {}, sha256 {}{}{}{}{}{restricted}{}",
            file.name,
            counted(file.size, "byte", "bytes"),
            file.media_type,
            and("NOT WHOLE: ", file.damage.map(|d| format!("{}, {}", plain(d), d.words()))),
            file.blake3,
            file.sha256.hex(),
            and("", d.caption.as_ref()),
            and("for ", d.requirement.as_ref()),
            and("last written ", file.mtime),
            and("the same bytes as in record ", d.duplicate_of),
            if dropped { "; REDACTED" } else { "" },
        );
        Said::new(self.noun(Noun::Evidence), text)
    }

    pub(super) fn redacted(&self, d: &EvidenceRedacted) -> (Chapter, Said) {
        let item = self.run().evidence().iter().find(|item| item.file.blake3 == d.blake3);
        let place = item.map_or(Chapter::Course, |item| Chapter::Step(item.step.clone()));
        let name = item.map_or("", |item| item.file.name.as_str());
        let text = format!("REDACTED: the bytes of {name} {} are dropped; {}", d.blake3, d.reason);
        (place, Said::new(self.noun(Noun::Evidence), text))
    }

    pub(super) fn performed(&self, d: &StepPerformed) -> Said {
        let outcome = match d.outcome {
            StepOutcome::Done => "done",
            StepOutcome::Cannot => "CANNOT be done",
            StepOutcome::Failed => "FAILED",
        };
        Said::new("Performed", format!("{outcome}{}", late(d.late.as_ref())))
    }

    pub(super) fn completed(&self, d: &StepCompleted) -> Said {
        Said::new("Complete", format!("attempt {}{}", d.attempt, self.through(d.deviation.as_ref())))
    }

    pub(super) fn failed(&self, d: &StepFailed) -> Said {
        Said::new("FAILED", format!("attempt {}{}", d.attempt, self.through(Some(&d.deviation))))
    }

    pub(super) fn not_applicable(&self, d: &StepNotApplicable) -> Said {
        let because = and("", d.evaluation.as_ref());
        Said::new("Not applicable", format!("{}{because}{}", plain(d.reason), self.through(d.deviation.as_ref())))
    }

    pub(super) fn skipped(&self, d: &StepSkipped) -> Said {
        Said::new("SKIPPED", format!("left out{}", self.through(Some(&d.deviation))))
    }

    pub(super) fn deferred(&self, d: &StepDeferred) -> Said {
        let text =
            format!("returned to before step {}{}", self.step(&d.return_before), self.through(Some(&d.deviation)));
        Said::new("Postponed", text)
    }

    pub(super) fn reconfirmed(&self, d: &StepReconfirmed) -> Said {
        let new = d.recalculated.as_ref().map(|new| format!("{}, {}, {}", new.value, new.verdict.word(), new.words));
        let text = format!("still holds although {}{}{}", d.because, and("now ", new), and("", d.comment.as_ref()));
        Said::new("Confirmed again", text)
    }

    pub(super) fn again(&self, d: &AttemptStarted) -> Said {
        let why = match d.reason {
            AttemptReason::Loop => "the loop goes on",
            AttemptReason::Redo => "done again",
            AttemptReason::Interruption => "begun anew, the program ended in the middle of it",
            AttemptReason::Rework => "after rework",
        };
        let because = and("", d.evaluation.as_ref());
        Said::new(
            "Opened again",
            format!("attempt {}: {why}{because}{}", d.attempt, self.through(d.deviation.as_ref())),
        )
    }

    fn through(&self, deviation: Option<&DeviationId>) -> String {
        deviation.map_or_else(String::new, |id| format!("; through {} {id}", self.noun(Noun::Deviation).within()))
    }
}

/// Both times of a late entry: when it happened, and the record's own.
pub(super) fn late(late: Option<&Late>) -> String {
    late.map_or_else(String::new, |late| format!("; LATE ENTRY: it happened {}, {}", late.event_time, late.reason))
}
