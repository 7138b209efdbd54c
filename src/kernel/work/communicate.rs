//! Telling others: notices and three-way communication (FORMAT.md §2).

use super::kind::{Act, Around, Ask, At, By, Consequence, Kind, Pass, Recorded, is_given};
use crate::kernel::model::gate::{Gate, GateCode};
use crate::kernel::model::name::{Role, StepId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How something is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommunicationKind {
    /// Said, and that is all.
    Notify,
    /// Said, repeated back, and the repetition confirmed.
    ThreeWay,
}

/// What a `communicate` step says, and to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// How.
    pub kind: CommunicationKind,
    /// To whom: a post, not a person.
    pub to: String,
    /// The words that are said.
    pub message: String,
}

/// Say something to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Communicate {
    /// Whether it was understood.
    #[serde(default)]
    pub confirmed: bool,
    /// Who was told.
    pub party: String,
    /// What the other said back.
    #[serde(default)]
    pub repeat_back: Option<String>,
    /// At which step.
    pub step: StepId,
}

/// Something was said to somebody, and perhaps repeated back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CommunicationRecorded {
    /// Attempt.
    pub attempt: u32,
    /// Whether it was understood; a notice always is.
    pub confirmed: bool,
    /// Gates.
    pub gates: Vec<Gate>,
    /// The words that were said.
    pub message: String,
    /// How it was told.
    pub mode: CommunicationKind,
    /// Who was told.
    pub party: String,
    /// What the other said back.
    pub repeat_back: Option<String>,
    /// Step.
    pub step: StepId,
}

/// The message must be said, and understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waits;

impl Kind for Message {
    type State = ();
    type Waits = Waits;

    fn waits(&self, (): &(), _: &dyn Around) -> Vec<Waits> {
        vec![Waits]
    }

    fn pass<I: super::Acts>(&self, _: &Waits, at: &dyn Pass) -> Option<(Option<Role>, I)> {
        let repeat_back = (self.kind == CommunicationKind::ThreeWay).then(|| "as said".into());
        Some((None, Communicate { confirmed: true, party: "simulated".into(), repeat_back, step: at.step() }.into()))
    }
}

impl Act for Communicate {
    type Kind = Message;
    type Recorded = CommunicationRecorded;

    fn step(&self) -> &StepId {
        &self.step
    }

    fn decide(&self, at: &At<'_, Message>, ask: &mut dyn Ask) -> Option<CommunicationRecorded> {
        let around = at.around;
        ask.performer();
        ask.kind(at.wanted.is_some());
        let wanted = at.wanted?;
        ask.ready();
        ask.ask(GateCode::Comment, is_given(&self.party), &[("party", &self.party)]);
        let three_way = wanted.kind == CommunicationKind::ThreeWay;
        let understood = self.repeat_back.as_deref().is_some_and(is_given) == three_way;
        ask.ask(GateCode::Understood, understood, &[("mode", &if three_way { "three_way" } else { "notify" })]);
        let gates = ask.passed()?;
        Some(CommunicationRecorded {
            attempt: around.attempt(),
            confirmed: self.confirmed || !three_way,
            gates,
            message: around.text(&wanted.message),
            mode: wanted.kind,
            party: self.party.clone(),
            repeat_back: self.repeat_back.clone(),
            step: self.step.clone(),
        })
    }
}

impl Recorded for CommunicationRecorded {
    type Kind = Message;
    type Act = Communicate;

    fn step(&self) -> &StepId {
        &self.step
    }

    fn after(&self, _: Option<&Message>, (): &mut (), _: &By) -> Vec<Consequence> {
        if self.confirmed { vec![Consequence::Performed] } else { Vec::new() }
    }

    fn act(self) -> Communicate {
        let Self { confirmed, party, repeat_back, step, .. } = self;
        Communicate { confirmed, party, repeat_back, step }
    }
}
