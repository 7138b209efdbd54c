//! Witness points: somebody gets notice and the opportunity to be there (FORMAT.md §2).

use super::kind::{Act, Around, Ask, At, By, Consequence, Kind, Pass, Recorded, is_given};
use crate::kernel::canon::digest::LineDigest;
use crate::kernel::model::gate::{Gate, GateCode};
use crate::kernel::model::meaning::Meaning;
use crate::kernel::model::name::{Role, StepId};
use crate::kernel::model::time::{Moment, Timestamp};
use crate::kernel::model::timing::Lapse;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who is to be told, and how long before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WitnessPoint {
    /// The role that may attend.
    pub by: Role,
    /// How long before the work goes on without the witness.
    pub notice: Lapse,
}

/// What came of a witness point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Attendance {
    /// The witness was there.
    Attended,
    /// The witness said that he does not come.
    Declined,
    /// Nobody came.
    NotAttended,
}

impl Attendance {
    /// Returns the word of the language.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Attended => "attended",
            Self::Declined => "declined",
            Self::NotAttended => "not_attended",
        }
    }
}

/// Give a witness notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotifyWitness {
    /// How: by telephone, in person.
    pub by: String,
    /// Who was told.
    pub party: String,
    /// At which step.
    pub step: StepId,
}

/// Record whether the witness came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attend {
    /// A remark.
    #[serde(default)]
    pub comment: Option<String>,
    /// Attended, declined, or nobody came.
    pub outcome: Attendance,
    /// At which step.
    pub step: StepId,
}

/// A witness was given notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WitnessNotified {
    /// Attempt.
    pub attempt: u32,
    /// Gates.
    pub gates: Vec<Gate>,
    /// Who was told.
    pub party: String,
    /// Step.
    pub step: StepId,
    /// How: by telephone, in person.
    pub way: String,
}

/// The witness came, or did not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WitnessAttended {
    /// Attempt.
    pub attempt: u32,
    /// A remark.
    pub comment: Option<String>,
    /// Gates.
    pub gates: Vec<Gate>,
    /// The records that were judged.
    pub judges: Vec<LineDigest>,
    /// `witnessed`, when somebody was there.
    pub meaning: Option<Meaning>,
    /// Attended, declined, or nobody came.
    pub outcome: Attendance,
    /// Step.
    pub step: StepId,
}

/// What a witness point waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Waits {
    /// The witness must be given notice.
    Notice(Role),
    /// It must be recorded whether the witness came; the work may go on alone after this moment.
    Attendance(Role, Timestamp),
}

/// What is remembered of a witness point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// When the witness was given notice.
    pub notified: Option<Moment>,
    /// What came of it.
    pub attended: Option<Attendance>,
}

impl Kind for WitnessPoint {
    type State = State;
    type Waits = Waits;

    fn waits(&self, _: &State, around: &dyn Around) -> Vec<Waits> {
        vec![match around.ready_at() {
            None => Waits::Notice(self.by.clone()),
            Some(until) => Waits::Attendance(self.by.clone(), until),
        }]
    }

    fn pass<I: super::Acts>(&self, waits: &Waits, at: &dyn Pass) -> Option<(Option<Role>, I)> {
        let step = at.step();
        Some(match waits {
            Waits::Notice(by) => (None, NotifyWitness { by: "telephone".into(), party: by.to_string(), step }.into()),
            Waits::Attendance(by, _) => {
                (Some(by.clone()), Attend { comment: None, outcome: Attendance::Attended, step }.into())
            }
        })
    }
}

impl Act for NotifyWitness {
    type Kind = WitnessPoint;
    type Recorded = WitnessNotified;

    fn step(&self) -> &StepId {
        &self.step
    }

    fn decide(&self, at: &At<'_, WitnessPoint>, ask: &mut dyn Ask) -> Option<WitnessNotified> {
        ask.performer();
        ask.kind(at.wanted.is_some());
        let first = at.state.is_some_and(|state| state.notified.is_none());
        ask.ask(GateCode::WitnessNotified, first, &[("step", &self.step)]);
        let told = is_given(&self.by) && is_given(&self.party);
        ask.ask(GateCode::Comment, told, &[("party", &self.party), ("by", &self.by)]);
        let gates = ask.passed()?;
        let Self { by: way, party, step } = self.clone();
        Some(WitnessNotified { attempt: at.around.attempt(), gates, party, step, way })
    }
}

impl Act for Attend {
    type Kind = WitnessPoint;
    type Recorded = WitnessAttended;

    fn step(&self) -> &StepId {
        &self.step
    }

    /// The witness says that he was there or does not come; the performer says that nobody came.
    fn decide(&self, at: &At<'_, WitnessPoint>, ask: &mut dyn Ask) -> Option<WitnessAttended> {
        ask.kind(at.wanted.is_some());
        let witness = at.wanted?;
        let told = at.state.is_some_and(|state| state.notified.is_some());
        ask.ask(GateCode::WitnessNotified, told, &[("step", &self.step)]);
        ask.ready();
        match self.outcome {
            Attendance::NotAttended => ask.performer(),
            Attendance::Attended | Attendance::Declined => {
                ask.role(&witness.by);
                ask.other_person();
            }
        }
        let worded = self.comment.as_ref().is_none_or(|c| is_given(c));
        ask.ask(GateCode::Comment, worded, &[("comment", &self.comment.is_some())]);
        let gates = ask.passed()?;
        let (attempt, judges) = (at.around.attempt(), at.around.records());
        let meaning = (self.outcome == Attendance::Attended).then_some(Meaning::Witnessed);
        let Self { comment, outcome, step } = self.clone();
        Some(WitnessAttended { attempt, comment, gates, judges, meaning, outcome, step })
    }
}

impl Recorded for WitnessNotified {
    type Kind = WitnessPoint;
    type Act = NotifyWitness;

    fn step(&self) -> &StepId {
        &self.step
    }

    fn after(&self, _: Option<&WitnessPoint>, state: &mut State, by: &By) -> Vec<Consequence> {
        state.notified = Some(by.at.clone());
        Vec::new()
    }

    fn act(self) -> NotifyWitness {
        NotifyWitness { by: self.way, party: self.party, step: self.step }
    }
}

impl Recorded for WitnessAttended {
    type Kind = WitnessPoint;
    type Act = Attend;

    fn step(&self) -> &StepId {
        &self.step
    }

    fn after(&self, _: Option<&WitnessPoint>, state: &mut State, _: &By) -> Vec<Consequence> {
        state.attended = Some(self.outcome);
        match self.outcome {
            Attendance::NotAttended => vec![Consequence::Performed, Consequence::TooEarly],
            Attendance::Attended | Attendance::Declined => vec![Consequence::Performed],
        }
    }

    fn act(self) -> Attend {
        Attend { comment: self.comment, outcome: self.outcome, step: self.step }
    }
}
